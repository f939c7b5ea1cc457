// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_dataset.hpp"

#include <cstdint>  // uint64_t
#include <optional>

namespace thorax::tools {

namespace {

constexpr const char* repack = "; rewrite the file with: h5repack -l CONTI -f NONE in.h5 out.h5";

void expect_bytes(const hdf5_cursor& layout, std::uint64_t demanded, std::uint64_t found)
{
  if (demanded != found)
    layout.refuse("its type and extents demand " + std::to_string(demanded) + " bytes, it says that it has " +
                  std::to_string(found));
}

hdf5_elements find_contiguous(hdf5_space& space, hdf5_cursor& layout, std::uint64_t demanded)
{
  const std::optional<std::uint64_t> address = layout.address();
  const std::uint64_t bytes = layout.length();
  if (!address && demanded != 0) return {"has no numbers, they were never written; save the model again", {}};
  expect_bytes(layout, demanded, bytes);
  if (demanded == 0) return {};
  hdf5_cursor data = space.claim(*address, demanded, "the numbers of a dataset");
  return {{}, data.take(demanded)};
}

}  // namespace

hdf5_elements find_elements(hdf5_space& space, hdf5_cursor layout, const hdf5_datatype& type,
                            const hdf5_dataspace& extents)
{
  constexpr std::uint32_t compact = 0;
  constexpr std::uint32_t contiguous = 1;
  constexpr std::uint32_t chunked = 2;
  constexpr std::uint32_t pieced_together = 3;
  const std::uint32_t version = layout.u8();
  if (version == 1 || version == 2) return {std::string{"is laid out as before 2004"} + repack, {}};
  if (version < 3 || version > 5) layout.refuse("expected version 1 to 5, found " + std::to_string(version));
  const std::uint32_t kind = layout.u8();
  if (kind == chunked) return {std::string{"is stored in chunks"} + repack, {}};
  if (kind == pieced_together)
    return {"is pieced together from other datasets (a virtual dataset); save it as a dataset of its own", {}};
  const std::optional<std::uint64_t> demanded = checked_product(extents.elements, type.bytes);
  if (!demanded) layout.refuse("it has more bytes than 64 bits can count");
  if (kind == contiguous) return find_contiguous(space, layout, *demanded);
  if (kind != compact) layout.refuse("expected storage of kind 0 to 3, found " + std::to_string(kind));
  const std::uint32_t bytes = layout.u16();
  expect_bytes(layout, *demanded, bytes);
  return {{}, layout.take(bytes)};
}

std::string refusal_of(const hdf5_datatype& type)
{
  if (type.format) return {};
  return "holds " + type.words + "; expected floating-point numbers of 16, 32 or 64 bits";
}

}  // namespace thorax::tools
