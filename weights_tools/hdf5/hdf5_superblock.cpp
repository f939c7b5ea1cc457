// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_superblock.hpp"

#include "hdf5/hdf5_bytes.hpp"     // hdf5_context, hdf5_cursor
#include "hdf5/hdf5_checksum.hpp"  // is_hdf5_checksum

#include <thorax/base/error.hpp>  // error

#include <string_view>

namespace thorax::tools {

namespace {

constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";

constexpr bool is_width(std::size_t bytes) { return bytes == 2 || bytes == 4 || bytes == 8; }

void read_widths(hdf5_cursor& cursor, hdf5_context& context)
{
  context.offset_bytes = cursor.u8();
  context.length_bytes = cursor.u8();
  if (!is_width(context.offset_bytes) || !is_width(context.length_bytes))
    cursor.refuse("expected offsets and lengths of 2, 4 or 8 bytes, found " +
                  std::to_string(context.offset_bytes) + " and " + std::to_string(context.length_bytes));
}

// Versions 0 and 1; version 1 has one field more.
hdf5_superblock read_old(hdf5_cursor& cursor, hdf5_context& context, std::uint32_t version)
{
  hdf5_superblock block;
  cursor.expect_version(0);  // of the free space
  cursor.expect_version(0);  // of the root group's entry
  cursor.skip(1);
  cursor.expect_version(0);  // of shared messages
  read_widths(cursor, context);
  cursor.skip(1 + 2 + 2 + 4);  // reserved, group K twice, flags
  if (version == 1) cursor.skip(2 + 2);
  block.base = static_cast<std::size_t>(cursor.defined_address("its base"));
  cursor.address();  // free space
  block.end = static_cast<std::size_t>(cursor.defined_address("its end"));
  if (cursor.address())
    context.unsupported("it is one part of a file that is split over several; join them with h5repart");
  cursor.address();  // the root group's entry begins with the place of its name, which it does not have
  block.root = cursor.defined_address("the root group");
  return block;
}

// Versions 2 and 3; in version 3 a flag says that a program is writing the file.
hdf5_superblock read_new(hdf5_cursor& cursor, hdf5_context& context, std::uint32_t version)
{
  hdf5_superblock block;
  read_widths(cursor, context);
  const std::uint32_t flags = cursor.u8();
  if (version == 3 && flags != 0)
    context.unsupported("the file was not closed by the program that wrote it; close it there, or repair it with: "
                        "h5clear -s");
  block.base = static_cast<std::size_t>(cursor.defined_address("its base"));
  block.extension = cursor.address();
  block.end = static_cast<std::size_t>(cursor.defined_address("its end"));
  block.root = cursor.defined_address("the root group");
  return block;
}

}  // namespace

std::optional<std::size_t> hdf5_signature_place(std::span<const std::byte> file)
{
  // The places are 0, 512, 1024, 2048, …
  for (std::size_t place = 0; place < file.size() && file.size() - place >= signature.size();
       place = place == 0 ? 512 : 2 * place)
    if (text_of(file.subspan(place, signature.size())) == signature) return place;
  return std::nullopt;
}

hdf5_superblock read_hdf5_superblock(std::span<const std::byte> file, const std::string& name)
{
  hdf5_context context{name, {}, 8, 8};
  const std::optional<std::size_t> place = hdf5_signature_place(file);
  if (!place) context.unsupported("expected the signature of HDF5, found none; is it an HDF5 file?");
  const std::span<const std::byte> bytes = file.subspan(*place);
  hdf5_cursor cursor{context, "the superblock", bytes, *place};
  cursor.skip(signature.size());
  const std::uint32_t version = cursor.u8();
  if (version > 3) cursor.refuse("expected version 0 to 3, found " + std::to_string(version));
  hdf5_superblock block = version < 2 ? read_old(cursor, context, version) : read_new(cursor, context, version);
  block.offset_bytes = context.offset_bytes;
  block.length_bytes = context.length_bytes;
  if (version >= 2) {
    const std::span<const std::byte> summed = bytes.first(cursor.position());
    if (!is_hdf5_checksum(cursor.u32(), summed)) cursor.refuse("its checksum is not that of its bytes");
  }
  block.bytes = cursor.position();
  if (block.base != *place)
    cursor.refuse("expected its own place as the base address, found " + std::to_string(block.base));
  if (block.end < *place + block.bytes || block.end > file.size())
    cursor.refuse("expected a file of " + std::to_string(block.end) + " bytes, found " +
                  std::to_string(file.size()));
  return block;
}

}  // namespace thorax::tools
