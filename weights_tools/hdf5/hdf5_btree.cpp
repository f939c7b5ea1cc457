// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_btree.hpp"

#include <bit>      // bit_width
#include <cstddef>  // size_t
#include <limits>
#include <string>
#include <vector>

namespace thorax::tools {

namespace {

// Every level multiplies the entries; no file has room for more.
constexpr std::uint32_t most_levels = 32;
constexpr std::uint32_t any_level = most_levels;  // the root says how many there are

void visit_symbol_level(hdf5_space& space, std::uint64_t address, std::uint32_t level,
                        const std::function<void(std::uint64_t)>& visit)
{
  const std::size_t offset = space.context().offset_bytes;
  const std::size_t length = space.context().length_bytes;
  const std::size_t head_bytes = 8 + 2 * offset;
  hdf5_cursor head = space.claim(address, head_bytes, "a B-tree node");
  head.expect_signature("TREE");
  if (const std::uint32_t kind = head.u8(); kind != 0)
    head.refuse("expected a node of a group, found one of kind " + std::to_string(kind));
  const std::uint32_t found = head.u8();
  if (found >= most_levels) head.refuse("expected at most 31 levels, found level " + std::to_string(found));
  if (level == any_level) level = found;
  if (found != level)
    head.refuse("expected a node of level " + std::to_string(level) + ", found level " + std::to_string(found));
  const std::uint32_t entries = head.u16();
  // A key stands before every child and after the last one.
  hdf5_cursor rest = space.claim(address + head_bytes, entries * (length + offset) + length, "a B-tree node");
  for (std::uint32_t i = 0; i < entries; ++i) {
    rest.length();
    const std::uint64_t child = rest.defined_address("a child");
    if (level == 0) visit(child);
    else visit_symbol_level(space, child, level - 1, visit);
  }
}

// Bytes of a field that has to count up to `most`.
constexpr std::size_t bytes_to_count(std::uint64_t most)
{
  return (static_cast<std::size_t>(std::bit_width(most)) + 7) / 8;
}

/// How the nodes of one level are laid out.
struct node_layout {
  std::uint64_t most_records{};  ///< in a node
  std::uint64_t most_below{};    ///< in a node and everything under it
};

class record_tree {
public:
  record_tree(hdf5_space& space, std::uint64_t header, hdf5_record_kind kind, std::uint64_t record_bytes,
              const std::function<void(hdf5_cursor)>& visit)
    : space_{&space}, visit_{&visit}, kind_{static_cast<std::uint32_t>(kind)}, record_bytes_{record_bytes}
  {
    const std::size_t size = 16 + space.context().offset_bytes + 2 + space.context().length_bytes;
    hdf5_cursor head = space.claim(header, size + 4, "a B-tree");
    head.expect_signature("BTHD");
    head.expect_version(0);
    expect_kind(head);
    node_bytes_ = head.u32();
    if (const std::uint32_t found = head.u16(); found != record_bytes)
      head.refuse("expected records of " + std::to_string(record_bytes) + " bytes, found " +
                  std::to_string(found));
    const std::uint32_t depth = head.u16();
    head.skip(2);  // when nodes are split and merged
    const std::optional<std::uint64_t> root = head.address();
    const std::uint32_t records = head.u16();
    const std::uint64_t total = head.length();
    space.expect_checksum(header, size, head.u32(), "a B-tree");
    plan_levels(head, depth);
    if (root) read_node(*root, depth, records);
    if (seen_ != total)
      head.refuse("expected " + std::to_string(total) + " records, found " + std::to_string(seen_));
  }

private:
  void expect_kind(hdf5_cursor& cursor) const
  {
    const std::uint32_t found = cursor.u8();
    if (found != kind_)
      cursor.refuse("expected records of kind " + std::to_string(kind_) + ", found kind " + std::to_string(found));
  }

  // A node has a fixed size, which decides how many records fit and so how wide its counts are.
  void plan_levels(const hdf5_cursor& head, std::uint32_t depth)
  {
    constexpr std::uint64_t frame = 4 + 1 + 1 + 4;  // signature, version, type, checksum
    if (depth >= most_levels) head.refuse("it has " + std::to_string(depth) + " levels");
    if (node_bytes_ < frame + record_bytes_) head.refuse("its nodes are too small for a record");
    const std::uint64_t in_leaf = (node_bytes_ - frame) / record_bytes_;
    levels_.push_back({in_leaf, in_leaf});
    for (std::uint32_t level = 1; level <= depth; ++level) {
      const std::uint64_t below = levels_.back().most_below;
      const std::uint64_t pointer = pointer_bytes(level);
      if (node_bytes_ < frame + pointer + record_bytes_ + pointer)
        head.refuse("its nodes are too small for a child");
      const std::uint64_t records = (node_bytes_ - frame - pointer) / (record_bytes_ + pointer);
      if (below > std::numeric_limits<std::uint64_t>::max() / (records + 1) - 1)
        head.refuse("its " + std::to_string(depth) + " levels could hold more records than 64 bits can count");
      levels_.push_back({records, (records + 1) * below + records});
    }
  }

  // Address, number of records in the child, and, unless it is a leaf, in all of its tree.
  [[nodiscard]] std::size_t pointer_bytes(std::uint32_t level) const
  {
    const std::size_t total = level > 1 ? bytes_to_count(levels_[level - 1].most_below) : 0;
    return space_->context().offset_bytes + bytes_to_count(levels_[0].most_records) + total;
  }

  void read_node(std::uint64_t address, std::uint32_t level, std::uint64_t records)
  {
    const std::uint64_t pointers = level == 0 ? 0 : (records + 1) * pointer_bytes(level);
    const std::uint64_t size = 4 + 1 + 1 + records * record_bytes_ + pointers;
    hdf5_cursor node = space_->claim(address, size + 4, "a B-tree node");
    if (records > levels_[level].most_records)
      node.refuse("expected at most " + std::to_string(levels_[level].most_records) + " records, found " +
                  std::to_string(records));
    node.expect_signature(level == 0 ? "BTLF" : "BTIN");
    node.expect_version(0);
    expect_kind(node);
    hdf5_cursor own = node.piece(records * record_bytes_, "a record of a B-tree");
    hdf5_cursor children = node.piece(pointers, "a B-tree node");
    space_->expect_checksum(address, size, node.u32(), "a B-tree node");
    for (std::uint64_t i = 0; i <= records; ++i) {
      if (level > 0) read_child(children, level);
      if (i == records) break;
      ++seen_;
      (*visit_)(own.piece(record_bytes_, "a record of a B-tree"));
    }
  }

  void read_child(hdf5_cursor& pointers, std::uint32_t level)
  {
    hdf5_cursor pointer = pointers.piece(pointer_bytes(level), "a B-tree node");
    const std::uint64_t address = pointer.defined_address("a child");
    const std::uint64_t records = pointer.number(bytes_to_count(levels_[0].most_records));
    read_node(address, level - 1, records);
  }

  hdf5_space* space_;
  const std::function<void(hdf5_cursor)>* visit_;
  std::uint32_t kind_;
  std::uint64_t record_bytes_;
  std::uint64_t node_bytes_{};
  std::uint64_t seen_{};
  std::vector<node_layout> levels_;
};

}  // namespace

void visit_symbol_nodes(hdf5_space& space, std::uint64_t root, const std::function<void(std::uint64_t)>& visit)
{
  visit_symbol_level(space, root, any_level, visit);
}

void visit_records(hdf5_space& space, std::uint64_t header, hdf5_record_kind kind, std::uint64_t record_bytes,
                   const std::function<void(hdf5_cursor)>& visit)
{
  record_tree{space, header, kind, record_bytes, visit};
}

}  // namespace thorax::tools
