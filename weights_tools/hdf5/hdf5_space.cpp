// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_space.hpp"

#include "hdf5/hdf5_checksum.hpp"  // is_hdf5_checksum

#include <iterator>   // prev
#include <limits>
#include <utility>  // move

namespace thorax::tools {

namespace {

// An honest file's texts and paths are a part of it; a path repeats its folders once for each object.
std::size_t budget_for(std::size_t file_bytes)
{
  constexpr std::size_t least = std::size_t{4} << 20;
  constexpr std::size_t times = 8;
  if (file_bytes > (std::numeric_limits<std::size_t>::max() - least) / times)
    return std::numeric_limits<std::size_t>::max();
  return least + times * file_bytes;
}

}  // namespace

hdf5_space::hdf5_space(hdf5_context context, std::span<const std::byte> bytes, std::size_t base)
  : context_{std::move(context)}, bytes_{bytes}, base_{base}, budget_{budget_for(bytes.size())}
{
}

std::size_t hdf5_space::place_of(std::uint64_t address) const
{
  return address > bytes_.size() ? base_ + bytes_.size() : base_ + static_cast<std::size_t>(address);
}

hdf5_cursor hdf5_space::claim(std::uint64_t address, std::uint64_t size, std::string_view what)
{
  if (address > bytes_.size() || size > bytes_.size() - address)
    context_.damaged(what, place_of(address),
                     "expected " + std::to_string(size) + " bytes at address " + std::to_string(address) +
                       " before the file's end at " + std::to_string(bytes_.size()));
  if (size != 0) mark(address, address + size, what);
  return {context_, what, claimed(address, size), place_of(address)};
}

void hdf5_space::mark(std::uint64_t begin, std::uint64_t end, std::string_view what)
{
  auto after = claimed_.lower_bound(begin);
  const auto before = after == claimed_.begin() ? claimed_.end() : std::prev(after);
  const bool overlaps_after = after != claimed_.end() && after->first < end;
  const bool overlaps_before = before != claimed_.end() && before->second > begin;
  if (overlaps_after || overlaps_before)
    context_.damaged(what, place_of(begin), "two parts of the file lie in the same place, or one is linked twice");
  if (after != claimed_.end() && after->first == end) {
    end = after->second;
    claimed_.erase(after);
  }
  if (before != claimed_.end() && before->second == begin) before->second = end;
  else claimed_.emplace(begin, end);
}

std::span<const std::byte> hdf5_space::claimed(std::uint64_t address, std::uint64_t size) const
{
  return bytes_.subspan(static_cast<std::size_t>(address), static_cast<std::size_t>(size));
}

void hdf5_space::expect_checksum(std::uint64_t address, std::uint64_t size, std::uint32_t stored,
                                 std::string_view what) const
{
  if (!is_hdf5_checksum(stored, claimed(address, size)))
    context_.damaged(what, place_of(address), "its checksum is not that of its bytes");
}

void hdf5_space::charge(std::size_t bytes)
{
  if (bytes > budget_)
    context_.unsupported("the names and texts of the file are many times larger than the file; expected weights, "
                         "found a file made to fill the memory");
  budget_ -= bytes;
}

}  // namespace thorax::tools
