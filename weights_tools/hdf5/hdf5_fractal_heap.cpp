// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_fractal_heap.hpp"

#include "hdf5/hdf5_btree.hpp"     // visit_records
#include "hdf5/hdf5_checksum.hpp"  // is_hdf5_checksum

#include <algorithm>  // upper_bound, fill_n, min
#include <bit>        // bit_width, has_single_bit
#include <iterator>   // prev
#include <string>

namespace thorax::tools {

namespace {

constexpr std::uint32_t bits_of(std::uint64_t power_of_two)
{
  return static_cast<std::uint32_t>(std::bit_width(power_of_two)) - 1;
}

// Bytes of a field that has to count up to `most`.
constexpr std::size_t bytes_to_count(std::uint64_t most)
{
  return (static_cast<std::size_t>(std::bit_width(most)) + 7) / 8;
}

}  // namespace

hdf5_fractal_heap::hdf5_fractal_heap(hdf5_space& space, std::uint64_t address, std::string_view what)
  : space_{&space}, what_{what}, address_{address}
{
  const std::size_t offset = space.context().offset_bytes;
  const std::size_t length = space.context().length_bytes;
  const std::size_t size = 22 + 12 * length + 3 * offset;
  hdf5_cursor head = space.claim(address, size + 4, "a fractal heap");
  head.expect_signature("FRHP");
  head.expect_version(0);
  id_bytes_ = head.u16();
  if (head.u16() != 0) head.refuse("its objects are compressed, which is not read");
  has_block_checksums_ = (head.u8() & 2U) != 0;
  const std::uint64_t most_managed = head.u32();
  head.length();  // the next number of a huge object
  const std::optional<std::uint64_t> huge_tree = head.address();
  head.length();  // free space
  head.address();
  head.skip(4 * length);  // managed space, allocated, where the next block goes, managed objects
  head.skip(4 * length);  // bytes and number of huge objects, then of tiny ones
  read_table(head);
  const std::optional<std::uint64_t> root = head.address();
  const std::uint32_t rows = head.u16();
  space.expect_checksum(address, size, head.u32(), "a fractal heap");
  head_bytes_ = 5 + offset + (space_bits_ + 7) / 8;
  place_bytes_ = (space_bits_ + 7) / 8;
  size_bytes_ = std::min<std::size_t>((bits_of(most_direct_bytes_) + 7) / 8, bytes_to_count(most_managed));
  read_root(root, rows);
  if (huge_tree) read_huge(*huge_tree);
}

// "Doubling table": how large the blocks of each row are.
void hdf5_fractal_heap::read_table(hdf5_cursor& head)
{
  width_ = head.u16();
  first_bytes_ = head.length();
  most_direct_bytes_ = head.length();
  space_bits_ = head.u16();
  head.skip(2);  // rows at the beginning
  for (const std::uint64_t power : {width_, first_bytes_, most_direct_bytes_})
    if (!std::has_single_bit(power)) head.refuse("expected a power of two, found " + std::to_string(power));
  // No file has more than 2^56 bytes, and with this no offset in the heap overflows.
  if (space_bits_ > 56 || bits_of(first_bytes_) + bits_of(width_) > space_bits_ ||
      first_bytes_ > most_direct_bytes_ || bits_of(most_direct_bytes_) > space_bits_)
    head.refuse("its blocks do not fit its " + std::to_string(space_bits_) + " bits of offsets");
}

void hdf5_fractal_heap::read_root(std::optional<std::uint64_t> root, std::uint32_t rows)
{
  if (!root) return;
  if (rows == 0) read_block(*root, 0, first_bytes_);
  else read_rows(*root, 0, rows);
}

std::uint64_t hdf5_fractal_heap::bytes_in_row(std::uint32_t row) const
{
  return row == 0 ? first_bytes_ : first_bytes_ << (row - 1);
}

void hdf5_fractal_heap::read_block_head(hdf5_cursor& cursor, std::string_view signature, std::uint64_t begin) const
{
  cursor.expect_signature(signature);
  cursor.expect_version(0);
  if (cursor.defined_address("its heap") != address_) cursor.refuse("it belongs to another heap");
  if (const std::uint64_t found = cursor.number(place_bytes_); found != begin)
    cursor.refuse("expected the heap's offset " + std::to_string(begin) + ", found " + std::to_string(found));
}

// An indirect block: rows of direct blocks, then rows of blocks like itself.
void hdf5_fractal_heap::read_rows(std::uint64_t address, std::uint64_t begin, std::uint32_t rows)
{
  const std::size_t offset = space_->context().offset_bytes;
  const std::uint32_t most_rows = space_bits_ - bits_of(first_bytes_) - bits_of(width_) + 1;
  const std::uint64_t size = head_bytes_ + rows * width_ * offset;
  hdf5_cursor cursor = space_->claim(address, size + 4, "a block of a fractal heap");
  if (rows > most_rows)
    cursor.refuse("expected at most " + std::to_string(most_rows) + " rows, found " + std::to_string(rows));
  read_block_head(cursor, "FHIB", begin);
  hdf5_cursor entries = cursor.piece(size - head_bytes_, "a block of a fractal heap");
  space_->expect_checksum(address, size, cursor.u32(), "a block of a fractal heap");
  std::uint64_t place = begin;
  for (std::uint32_t row = 0; row < rows; ++row)
    for (std::uint64_t column = 0; column < width_; ++column) {
      read_child(entries, place, row);
      place += bytes_in_row(row);
    }
}

void hdf5_fractal_heap::read_child(hdf5_cursor& entries, std::uint64_t begin, std::uint32_t row)
{
  const std::optional<std::uint64_t> address = entries.address();
  if (!address) return;  // not needed so far
  const std::uint64_t bytes = bytes_in_row(row);
  if (bytes <= most_direct_bytes_) return read_block(*address, begin, bytes);
  // As many rows as make its share; always fewer than here.
  const std::uint32_t first_row_bits = bits_of(first_bytes_) + bits_of(width_);
  if (bits_of(bytes) < first_row_bits) entries.refuse("a row of its blocks is larger than the block around it");
  read_rows(*address, begin, bits_of(bytes) - first_row_bits + 1);
}

void hdf5_fractal_heap::read_block(std::uint64_t address, std::uint64_t begin, std::uint64_t bytes)
{
  hdf5_cursor cursor = space_->claim(address, bytes, "a block of a fractal heap");
  const hdf5_cursor whole = cursor;
  read_block_head(cursor, "FHDB", begin);
  if (has_block_checksums_) {
    // It is made while its own field is zero.
    const std::size_t field = cursor.position();
    const std::uint32_t stored = cursor.u32();
    const std::span<const std::byte> claimed = space_->claimed(address, bytes);
    std::vector<std::byte> copy(claimed.begin(), claimed.end());
    std::fill_n(copy.data() + field, 4, std::byte{});
    if (!is_hdf5_checksum(stored, copy)) cursor.refuse("its checksum is not that of its bytes");
  }
  blocks_.push_back({begin, address, whole});
}

// Objects too large for blocks are found by their number.
void hdf5_fractal_heap::read_huge(std::uint64_t tree)
{
  const hdf5_context& context = space_->context();
  const std::size_t direct = context.offset_bytes + context.length_bytes;
  if (direct < id_bytes_) return;  // their numbers say where they are
  const std::size_t record = direct + context.length_bytes;
  visit_records(*space_, tree, hdf5_record_kind::huge_object, record, [&](hdf5_cursor each) {
    const std::uint64_t address = each.defined_address("a large object");
    const std::uint64_t bytes = each.length();
    const std::uint64_t number = each.length();
    if (!huge_.emplace(number, huge_object{address, bytes}).second)
      each.refuse("object " + std::to_string(number) + " stands there twice");
  });
}

hdf5_cursor hdf5_fractal_heap::object(hdf5_cursor& id)
{
  hdf5_cursor own = id.piece(id_bytes_, "the number of an object in a fractal heap");
  const std::uint32_t kind = own.u8();
  if (kind == 0x00) return managed(own);
  if (kind == 0x10) return huge(own);
  own.refuse("expected kind 0 (in a block) or 16 (large), found " + std::to_string(kind));
}

hdf5_cursor hdf5_fractal_heap::managed(hdf5_cursor id) const
{
  const std::uint64_t begin = id.number(place_bytes_);
  const std::uint64_t bytes = id.number(size_bytes_);
  const auto after = std::upper_bound(blocks_.begin(), blocks_.end(), begin,
                                      [](std::uint64_t wanted, const block& each) { return wanted < each.begin; });
  if (after == blocks_.begin()) id.refuse("its place " + std::to_string(begin) + " is in no block");
  hdf5_cursor found = std::prev(after)->bytes;
  const std::uint64_t place = begin - std::prev(after)->begin;
  const std::size_t head = head_bytes_ + (has_block_checksums_ ? 4 : 0);
  if (place < head || place > found.left() || bytes > found.left() - place)
    id.refuse("its " + std::to_string(bytes) + " bytes at " + std::to_string(begin) + " are not within a block");
  found.skip(place);
  return found.piece(bytes, what_);
}

hdf5_cursor hdf5_fractal_heap::huge(hdf5_cursor id)
{
  const hdf5_context& context = space_->context();
  if (context.offset_bytes + context.length_bytes < id_bytes_) {
    const std::uint64_t address = id.defined_address("a large object");
    return space_->claim(address, id.length(), what_);
  }
  const std::uint64_t number = id.number(std::min<std::size_t>(id.left(), context.length_bytes));
  const auto found = huge_.find(number);
  if (found == huge_.end()) id.refuse("there is no large object of number " + std::to_string(number));
  return space_->claim(found->second.address, found->second.bytes, what_);
}

}  // namespace thorax::tools
