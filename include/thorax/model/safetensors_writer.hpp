// SPDX-License-Identifier: MIT
//
// safetensors_writer: named tensors become a safetensors file. The same input always gives the same bytes.

#pragma once

#include <thorax/base/error.hpp>                // error
#include <thorax/base/file.hpp>                 // write_file
#include <thorax/model/json_writer.hpp>         // json_of
#include <thorax/model/safetensors_header.hpp>  // shape_text
#include <thorax/model/storage.hpp>             // storage, pack

#include <cmath>    // isfinite, isinf
#include <cstddef>  // byte, size_t
#include <cstdint>  // uint64_t
#include <cstring>  // memcpy
#include <filesystem>
#include <functional>  // less
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thorax {

/// A tensor to be written: borrowed numbers in row-major order.
struct named_tensor {
  std::string name;
  std::vector<std::size_t> shape;
  std::span<const float> numbers;
  storage format{storage::f32};
};

/// Texts for `__metadata__`; sorted, so that the file does not depend on the order of insertion.
using metadata_texts = std::map<std::string, std::string, std::less<>>;

namespace detail {

inline void check_writable(const named_tensor& tensor)
{
  const auto refuse = [&](error_code code, const std::string& what) {
    throw error{code, "cannot write tensor " + shown(tensor.name) + ": " + what};
  };
  if (tensor.name == "__metadata__") refuse(error_code::wrong_usage, "the format keeps this name for itself");
  if (!holds_weights(tensor.format))
    refuse(error_code::wrong_usage, "expected F32, F16 or BF16, found " + std::string{name_of(tensor.format)});
  const std::optional<std::size_t> bytes = demanded_bytes({tensor.name, tensor.format, tensor.shape, 0, 0});
  if (bytes != tensor.numbers.size() * bytes_of(tensor.format))
    refuse(error_code::wrong_usage, "its " + std::to_string(tensor.numbers.size()) +
                                      " numbers do not fill the shape " + shape_text(tensor.shape));
  if (tensor.format == storage::f32) return;
  for (const float number : tensor.numbers) {
    const float kept = tensor.format == storage::f16 ? f16_value(f16_bits(number)) : bf16_value(bf16_bits(number));
    if (std::isfinite(number) && std::isinf(kept))
      refuse(error_code::number_not_finite, json_of(number) + " would become infinite as " +
                                              std::string{name_of(tensor.format)} + "; store it as F32");
  }
}

inline std::string header_json(std::span<const named_tensor> tensors, const metadata_texts& metadata)
{
  std::string json = "{";
  if (!metadata.empty()) {
    json += "\"__metadata__\":{";
    for (const auto& [key, text] : metadata) json += json_of(key) + ':' + json_of(text) + ',';
    json.back() = '}';
    json += ',';
  }
  std::size_t place = 0;
  for (const named_tensor& tensor : tensors) {
    const std::size_t end = place + tensor.numbers.size() * bytes_of(tensor.format);
    json += json_of(tensor.name) + ":{\"dtype\":\"" + std::string{name_of(tensor.format)} +
            "\",\"shape\":" + json_array(tensor.shape) + ",\"data_offsets\":[" + std::to_string(place) + ',' +
            std::to_string(end) + "]},";
    place = end;
  }
  if (json.back() == ',') json.pop_back();
  return json += '}';
}

}  // namespace detail

/// returns:  the bytes of a safetensors file: tensors in the order given, metadata sorted, the header padded
///           with spaces so that the payload begins at a multiple of 64 bytes
/// throws:   error{wrong_usage} for names that repeat or are not UTF-8, or numbers that do not fill the shape;
///           error{number_not_finite} if a finite number would become infinite
inline std::vector<std::byte> encode_safetensors(std::span<const named_tensor> tensors,
                                                 const metadata_texts& metadata = {})
{
  constexpr std::size_t alignment = 64;
  std::set<std::string_view> names;
  std::size_t payload_bytes = 0;
  for (const named_tensor& each : tensors) {
    detail::check_writable(each);
    if (!names.insert(each.name).second)
      throw error{error_code::wrong_usage, "cannot write tensor " + shown(each.name) + " twice"};
    payload_bytes += each.numbers.size() * bytes_of(each.format);
  }
  std::string header = detail::header_json(tensors, metadata);
  const std::size_t payload = (detail::length_bytes + header.size() + alignment - 1) / alignment * alignment;
  header.resize(payload - detail::length_bytes, ' ');
  if (header.size() > detail::most_header_bytes)
    throw error{error_code::limit_exceeded, "cannot write a header of " + std::to_string(header.size()) +
                                              " bytes, at most 100000000 can be read; shorten the metadata"};
  const std::uint64_t length = header.size();
  std::vector<std::byte> file(payload + payload_bytes);
  std::memcpy(file.data(), &length, detail::length_bytes);
  std::memcpy(file.data() + detail::length_bytes, header.data(), header.size());
  std::span<std::byte> rest = std::span{file}.subspan(payload);
  for (const named_tensor& each : tensors) {
    const std::size_t bytes = each.numbers.size() * bytes_of(each.format);
    pack(each.numbers, each.format, rest.first(bytes));
    rest = rest.subspan(bytes);
  }
  return file;
}

/// Writes the tensors to `path` as a whole or not at all.
///
/// throws:  what encode_safetensors throws; error{file_unwritable}
/// memory:  a second copy of the numbers while it writes
inline void write_safetensors(const std::filesystem::path& path, std::span<const named_tensor> tensors,
                              const metadata_texts& metadata = {})
{
  write_file(path, encode_safetensors(tensors, metadata));
}

}  // namespace thorax
