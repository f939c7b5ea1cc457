// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_bytes.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // shown

#include <limits>

namespace thorax::tools {

void hdf5_context::damaged(std::string_view what, std::size_t at, const std::string& problem) const
{
  throw error{error_code::format_refused, name + ": " + (path.empty() ? "" : shown(path) + ": ") +
                                            std::string{what} + " at byte " + std::to_string(at) + ": " + problem +
                                            "; was the file cut short or changed?"};
}

void hdf5_context::unsupported(const std::string& problem) const
{
  throw error{error_code::format_refused, name + ": " + (path.empty() ? "" : shown(path) + ": ") + problem};
}

std::uint64_t hdf5_cursor::number(std::size_t bytes)
{
  std::uint64_t value = 0;
  std::size_t shift = 0;
  for (const std::byte each : take(bytes)) {
    value |= std::uint64_t{std::to_integer<std::uint8_t>(each)} << shift;
    shift += 8;
  }
  return value;
}

std::optional<std::uint64_t> hdf5_cursor::address()
{
  const std::size_t bytes = context_->offset_bytes;
  const std::uint64_t value = number(bytes);
  const std::uint64_t undefined = std::numeric_limits<std::uint64_t>::max() >> (8 * (8 - bytes));
  if (value == undefined) return std::nullopt;
  return value;
}

std::uint64_t hdf5_cursor::defined_address(std::string_view of)
{
  const std::optional<std::uint64_t> value = address();
  if (!value) refuse("expected the address of " + std::string{of} + ", found that there is none");
  return *value;
}

std::span<const std::byte> hdf5_cursor::take(std::uint64_t bytes)
{
  if (bytes > left())
    refuse("expected " + std::to_string(bytes) + " bytes from its byte " + std::to_string(position_) +
           " on, found " + std::to_string(left()));
  const auto count = static_cast<std::size_t>(bytes);
  const std::span<const std::byte> taken = bytes_.subspan(position_, count);
  position_ += count;
  return taken;
}

hdf5_cursor hdf5_cursor::piece(std::uint64_t bytes, std::string_view what)
{
  const std::size_t begin = at_ + position_;
  return {*context_, what, take(bytes), begin};
}

void hdf5_cursor::expect_signature(std::string_view signature)
{
  const std::string_view found = text_of(take(signature.size()));
  if (found != signature) refuse("expected the signature " + shown(signature) + ", found " + shown(found));
}

void hdf5_cursor::expect_version(std::uint32_t version)
{
  const std::uint32_t found = u8();
  if (found != version) refuse("expected version " + std::to_string(version) + ", found " + std::to_string(found));
}

}  // namespace thorax::tools
