// SPDX-License-Identifier: MIT
//
// safetensors_header: what stands in front of the numbers, read strictly. Whatever is not exactly as the
// format promises is refused with the tensor's name.

#pragma once

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_reader.hpp>  // json_reader
#include <thorax/model/json_writer.hpp>  // shown
#include <thorax/model/storage.hpp>      // storage
#include <thorax/model/utf8.hpp>         // first_invalid_utf8

#include <algorithm>   // sort
#include <bit>         // endian
#include <cstddef>     // byte, size_t
#include <cstdint>     // uint64_t
#include <cstring>     // memcpy
#include <functional>  // less
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>    // tie
#include <utility>  // move
#include <vector>

namespace thorax {

/// One tensor of the file. Its numbers are the bytes [begin, end) of the payload.
struct tensor_record {
  std::string name;
  storage format{storage::f32};
  std::vector<std::size_t> shape;
  std::size_t begin{};
  std::size_t end{};

  /// How many numbers; a tensor without dimensions holds one.
  [[nodiscard]] std::size_t size() const { return (end - begin) / bytes_of(format); }
};

/// A text of the file's `__metadata__` and where it stands.
struct metadata_value {
  std::string text;
  std::size_t position{};  ///< of its first byte after the opening quote, counted from the file's begin
};

using metadata_map = std::map<std::string, metadata_value, std::less<>>;

struct safetensors_header {
  std::vector<tensor_record> tensors;  ///< in the order of their numbers
  metadata_map metadata;
  std::size_t payload{};  ///< where the payload begins in the file
};

/// returns:  "64x3x7x7"; "scalar" for a tensor without dimensions
inline std::string shape_text(std::span<const std::size_t> shape)
{
  if (shape.empty()) return "scalar";
  std::string text;
  for (const std::size_t extent : shape) text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

namespace detail {

inline constexpr std::size_t length_bytes = 8;
inline constexpr std::uint64_t most_header_bytes = 100'000'000;  // the limit of the format's first reader

/// returns:  the cure for a file that begins as another program's does, or the usual question
inline std::string_view cure_for(std::span<const std::byte> file)
{
  const std::string_view begin{reinterpret_cast<const char*>(file.data()), std::min<std::size_t>(file.size(), 4)};
  const bool is_foreign = begin == "PK\x03\x04" || begin == "\x89HDF" || begin.starts_with("\x80\x02");
  return is_foreign ? "; it is a file of Keras or PyTorch: import it with thorax-weights first"
                    : "; is it a whole safetensors file?";
}

/// returns:  the header's JSON, known to lie in the file, to begin with `{` and to be UTF-8
inline std::string_view header_text(std::span<const std::byte> file, const std::string& name)
{
  static_assert(std::endian::native == std::endian::little, "safetensors is little-endian");
  const auto refuse = [&](const std::string& what) {
    throw error{error_code::format_refused, name + ": " + what + std::string{cure_for(file)}};
  };
  if (file.size() < length_bytes) refuse("expected at least 8 bytes, found " + std::to_string(file.size()));
  std::uint64_t length{};
  std::memcpy(&length, file.data(), length_bytes);
  if (length > most_header_bytes)
    refuse("a header of " + std::to_string(length) + " bytes is announced, at most 100000000 are read");
  if (length > file.size() - length_bytes)
    refuse("a header of " + std::to_string(length) + " bytes is announced, but only " +
           std::to_string(file.size() - length_bytes) + " follow");
  const std::string_view text{reinterpret_cast<const char*>(file.data()) + length_bytes,
                              static_cast<std::size_t>(length)};
  if (!text.starts_with('{')) refuse("the header does not begin with '{'");
  if (const std::size_t place = first_invalid_utf8(text); place != std::string_view::npos)
    refuse("the header is not UTF-8 at its byte " + std::to_string(place));
  return text;
}

inline void read_metadata(json_reader& json, metadata_map& metadata)
{
  json.object([&](std::string key) {
    if (metadata.contains(key)) json.refuse("__metadata__ has " + shown(key) + " twice");
    json.skip_spaces();
    const std::size_t position = length_bytes + json.position() + 1;
    metadata.emplace(std::move(key), metadata_value{json.string(), position});
  });
}

inline storage read_format(json_reader& json, const std::string& tensor)
{
  const std::string name = json.string();
  const std::optional<storage> format = storage_named(name);
  if (!format)
    json.refuse("tensor " + shown(tensor) + ": the number format " + shown(name) +
                " is unknown; convert it to F32, F16 or BF16");
  return *format;
}

inline std::vector<std::size_t> read_whole_numbers(json_reader& json)
{
  std::vector<std::size_t> numbers;
  json.array([&] { numbers.push_back(json.whole_number()); });
  return numbers;
}

inline tensor_record read_tensor(json_reader& json, std::string name)
{
  tensor_record tensor{std::move(name), {}, {}, 0, 0};
  std::string seen;
  const auto refuse = [&](const std::string& what) { json.refuse("tensor " + shown(tensor.name) + ": " + what); };
  json.object([&](const std::string& key) {
    const char mark = key == "dtype" ? 'd' : key == "shape" ? 's' : key == "data_offsets" ? 'o' : '?';
    if (mark == '?') refuse("expected dtype, shape and data_offsets, found " + shown(key));
    if (seen.find(mark) != std::string::npos) refuse("has " + shown(key) + " twice");
    seen += mark;
    if (mark == 'd') tensor.format = read_format(json, tensor.name);
    else if (mark == 's') tensor.shape = read_whole_numbers(json);
    else {
      const std::vector<std::size_t> offsets = read_whole_numbers(json);
      if (offsets.size() != 2) refuse("expected 2 data_offsets, found " + std::to_string(offsets.size()));
      tensor.begin = offsets[0];
      tensor.end = offsets[1];
    }
  });
  for (const auto& [mark, key] : {std::pair{'d', "dtype"}, {'s', "shape"}, {'o', "data_offsets"}})
    if (seen.find(mark) == std::string::npos) refuse(std::string{"has no "} + key);
  return tensor;
}

/// returns:  the bytes that format and shape demand; nothing if they do not fit 64 bits
inline std::optional<std::size_t> demanded_bytes(const tensor_record& tensor)
{
  // A zero among the extents must not hide that the others overflow.
  std::size_t bytes = bytes_of(tensor.format);
  bool is_empty = false;
  for (const std::size_t extent : tensor.shape) {
    if (extent == 0) is_empty = true;
    else if (bytes > std::numeric_limits<std::size_t>::max() / extent) return std::nullopt;
    else bytes *= extent;
  }
  return is_empty ? 0 : bytes;
}

inline void check_size(const tensor_record& tensor, const std::string& name)
{
  const auto refuse = [&](const std::string& what) {
    throw error{error_code::format_refused, name + ": tensor " + shown(tensor.name) + ": " + what};
  };
  const std::string offsets = "[" + std::to_string(tensor.begin) + ", " + std::to_string(tensor.end) + "]";
  if (tensor.end < tensor.begin) refuse("its data_offsets " + offsets + " end before they begin");
  const std::optional<std::size_t> bytes = demanded_bytes(tensor);
  const std::string described = std::string{name_of(tensor.format)} + " " + shape_text(tensor.shape);
  if (!bytes) refuse(described + " has more bytes than 64 bits can count");
  if (*bytes != tensor.end - tensor.begin)
    refuse(described + " has " + std::to_string(*bytes) + " bytes, but its data_offsets " + offsets + " span " +
           std::to_string(tensor.end - tensor.begin) + "; the file was written wrongly");
}

/// Sorts the tensors by place and refuses holes, overlaps and a payload of another size.
inline void check_layout(std::vector<tensor_record>& tensors, std::size_t payload_bytes, const std::string& name)
{
  std::sort(tensors.begin(), tensors.end(), [](const tensor_record& a, const tensor_record& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  std::size_t covered = 0;
  for (const tensor_record& tensor : tensors) {
    check_size(tensor, name);
    if (tensor.begin != covered)
      throw error{error_code::format_refused,
                  name + ": tensor " + shown(tensor.name) + ": expected its numbers at byte " +
                    std::to_string(covered) + " of the payload, found them at " + std::to_string(tensor.begin) +
                    (tensor.begin < covered ? "; tensors may not overlap" : "; there may be no hole")};
    covered = tensor.end;
  }
  if (covered != payload_bytes)
    throw error{error_code::format_refused, name + ": the tensors need a payload of " + std::to_string(covered) +
                                              " bytes, found " + std::to_string(payload_bytes) +
                                              "; was the file cut short or joined with another?"};
}

}  // namespace detail

/// Reads the header of a whole safetensors file; `name` begins every sentence about it.
///
/// returns:  its tensors and metadata; every record lies within the file
/// throws:   error{format_refused}
/// memory:   at most proportional to the header, whatever the header says
inline safetensors_header read_safetensors_header(std::span<const std::byte> file, const std::string& name)
{
  const std::string_view text = detail::header_text(file, name);
  safetensors_header header;
  header.payload = detail::length_bytes + text.size();
  json_reader json{text, name + ": header"};
  std::set<std::string> names;
  json.object([&](std::string key) {
    if (!names.insert(key).second) json.refuse("the header has " + shown(key) + " twice");
    if (key == "__metadata__") detail::read_metadata(json, header.metadata);
    else header.tensors.push_back(detail::read_tensor(json, std::move(key)));
  });
  json.expect_end();
  detail::check_layout(header.tensors, file.size() - header.payload, name);
  return header;
}

}  // namespace thorax
