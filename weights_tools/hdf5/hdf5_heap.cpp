// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_heap.hpp"

#include <algorithm>  // sort, lower_bound, adjacent_find, min

namespace thorax::tools {

namespace {

hdf5_cursor read_segment(hdf5_space& space, std::uint64_t address)
{
  const std::size_t widths = 2 * space.context().length_bytes + space.context().offset_bytes;
  hdf5_cursor head = space.claim(address, 8 + widths, "a local heap");
  head.expect_signature("HEAP");
  head.expect_version(0);
  head.skip(3);
  const std::uint64_t size = head.length();
  head.length();  // the free list
  return space.claim(head.defined_address("its names"), size, "the names of a local heap");
}

}  // namespace

hdf5_local_heap::hdf5_local_heap(hdf5_space& space, std::uint64_t address) : segment_{read_segment(space, address)}
{
  hdf5_cursor whole = segment_;
  text_ = text_of(whole.take(whole.left()));
}

std::string_view hdf5_local_heap::name(std::uint64_t place) const
{
  if (place >= text_.size())
    segment_.refuse("expected a name at " + std::to_string(place) + ", found " + std::to_string(text_.size()) +
                    " bytes");
  const std::string_view rest = text_.substr(static_cast<std::size_t>(place));
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) segment_.refuse("the name at " + std::to_string(place) + " has no end");
  return rest.substr(0, end);
}

std::span<const std::byte> hdf5_global_heaps::object(std::uint64_t collection, std::uint32_t number)
{
  auto place = collections_.find(collection);
  if (place == collections_.end()) place = collections_.emplace(collection, read(collection)).first;
  const std::vector<entry>& entries = place->second;
  const auto found =
    std::lower_bound(entries.begin(), entries.end(), number,
                     [](const entry& each, std::uint32_t wanted) { return each.number < wanted; });
  if (found == entries.end() || found->number != number)
    space_->context().damaged("a global heap", space_->place_of(collection),
                              "expected an object of number " + std::to_string(number) + ", found none");
  return found->bytes;
}

std::vector<hdf5_global_heaps::entry> hdf5_global_heaps::read(std::uint64_t collection)
{
  const std::size_t head_bytes = 8 + space_->context().length_bytes;
  hdf5_cursor head = space_->claim(collection, head_bytes, "a global heap");
  head.expect_signature("GCOL");
  head.expect_version(1);
  head.skip(3);
  const std::uint64_t size = head.length();
  if (size < head_bytes) head.refuse("its size is only " + std::to_string(size) + " bytes");
  hdf5_cursor rest = space_->claim(collection + head_bytes, size - head_bytes, "a global heap");
  std::vector<entry> entries;
  // What is left may be too short for an object; it is free then.
  while (rest.left() >= head_bytes) {
    const std::uint32_t number = rest.u16();
    rest.skip(2 + 4);  // references, reserved
    const std::uint64_t bytes = rest.length();
    if (number == 0) break;  // free space, always the last
    entries.push_back({number, rest.take(bytes)});
    rest.skip(std::min<std::uint64_t>((8 - bytes % 8) % 8, rest.left()));
  }
  std::sort(entries.begin(), entries.end(), [](const entry& a, const entry& b) { return a.number < b.number; });
  const auto twin = std::adjacent_find(entries.begin(), entries.end(),
                                       [](const entry& a, const entry& b) { return a.number == b.number; });
  if (twin != entries.end()) rest.refuse("it has object " + std::to_string(twin->number) + " twice");
  return entries;
}

}  // namespace thorax::tools
