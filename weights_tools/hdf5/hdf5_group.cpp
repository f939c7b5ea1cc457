// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_group.hpp"

#include "hdf5/hdf5_btree.hpp"         // visit_symbol_nodes, visit_records
#include "hdf5/hdf5_fractal_heap.hpp"  // hdf5_fractal_heap
#include "hdf5/hdf5_heap.hpp"          // hdf5_local_heap

#include <thorax/model/json_writer.hpp>  // shown

#include <algorithm>  // sort, adjacent_find
#include <optional>
#include <string_view>

namespace thorax::tools {

namespace {

[[noreturn]] void refuse_path(const hdf5_space& space, std::string_view name, const char* kind)
{
  space.context().unsupported("the link " + shown(name) + " is " + kind +
                              ", which is not followed; save the weights again as one file without such links");
}

void add_link(hdf5_space& space, const hdf5_cursor& cursor, std::string_view name, std::uint64_t address,
              std::vector<hdf5_link>& links)
{
  if (name.empty() || name == "." || name.find('/') != std::string_view::npos ||
      name.find('\0') != std::string_view::npos)
    cursor.refuse("expected the name of a member of a group, found " + shown(name));
  space.charge(sizeof(hdf5_link) + name.size());
  links.push_back({std::string{name}, address});
}

void read_symbol_node(hdf5_space& space, std::uint64_t address, const hdf5_local_heap& names,
                      std::vector<hdf5_link>& links)
{
  constexpr std::size_t head_bytes = 8;
  hdf5_cursor head = space.claim(address, head_bytes, "a symbol table node");
  head.expect_signature("SNOD");
  head.expect_version(1);
  head.skip(1);
  const std::uint32_t entries = head.u16();
  const std::size_t entry_bytes = 2 * space.context().offset_bytes + 8 + 16;
  hdf5_cursor rest = space.claim(address + head_bytes, entries * entry_bytes, "a symbol table node");
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::string_view name = names.name(rest.defined_address("a name"));
    const std::optional<std::uint64_t> object = rest.address();
    const std::uint32_t kind = rest.u32();
    rest.skip(4 + 16);  // reserved, what is known of the object without reading it
    if (kind == 2) refuse_path(space, name, "a path within the file (a soft link)");
    if (kind > 2) rest.refuse("expected an entry of kind 0, 1 or 2, found " + std::to_string(kind));
    if (!object) rest.refuse("the member " + shown(name) + " has no address");
    add_link(space, rest, name, *object, links);
  }
}

}  // namespace

void read_symbol_table(hdf5_space& space, hdf5_cursor message, std::vector<hdf5_link>& links)
{
  const std::uint64_t tree = message.defined_address("a B-tree");
  const hdf5_local_heap names{space, message.defined_address("a local heap")};
  visit_symbol_nodes(space, tree, [&](std::uint64_t node) { read_symbol_node(space, node, names, links); });
}

void read_link(hdf5_space& space, hdf5_cursor message, std::vector<hdf5_link>& links)
{
  message.expect_version(1);
  const std::uint32_t flags = message.u8();
  const std::uint32_t kind = (flags & 0x08U) != 0 ? message.u8() : 0;
  if ((flags & 0x04U) != 0) message.skip(8);  // creation order
  if ((flags & 0x10U) != 0) message.skip(1);  // ASCII or UTF-8
  const std::uint64_t name_bytes = message.number(std::size_t{1} << (flags & 3U));
  const std::string_view name = text_of(message.take(name_bytes));
  if (kind == 1) refuse_path(space, name, "a path within the file (a soft link)");
  if (kind == 64) refuse_path(space, name, "a path into another file (an external link)");
  if (kind != 0) refuse_path(space, name, "of a kind that only the program that wrote it knows");
  add_link(space, message, name, message.defined_address("a member"), links);
}

void read_dense_links(hdf5_space& space, hdf5_cursor message, std::vector<hdf5_link>& links)
{
  message.expect_version(0);
  const std::uint32_t flags = message.u8();
  if ((flags & 1U) != 0) message.skip(8);  // the largest creation index
  const std::optional<std::uint64_t> heap_address = message.address();
  const std::optional<std::uint64_t> names = message.address();
  if (!heap_address) return;  // all of its links are messages
  if (!names) message.refuse("its links have no index");
  hdf5_fractal_heap heap{space, *heap_address, "a link"};
  const std::size_t record_bytes = 4 + heap.id_bytes();  // hash of the name, number of the link
  visit_records(space, *names, hdf5_record_kind::link_name, record_bytes, [&](hdf5_cursor record) {
    record.skip(4);
    read_link(space, heap.object(record), links);
  });
}

void sort_links(const hdf5_space& space, std::vector<hdf5_link>& links)
{
  std::sort(links.begin(), links.end(), [](const hdf5_link& a, const hdf5_link& b) { return a.name < b.name; });
  const auto twin = std::adjacent_find(links.begin(), links.end(),
                                       [](const hdf5_link& a, const hdf5_link& b) { return a.name == b.name; });
  if (twin != links.end())
    space.context().unsupported("two members of the group have the name " + shown(twin->name) +
                                "; was the file changed?");
}

}  // namespace thorax::tools
