// SPDX-License-Identifier: MIT
//
// safetensors: a file of named tensors, mapped into memory and read without copies where alignment allows.
// It knows nothing about networks.

#pragma once

#include <thorax/base/error.hpp>                // error
#include <thorax/base/file.hpp>                 // mapped_file
#include <thorax/model/safetensors_header.hpp>  // read_safetensors_header

#include <algorithm>  // sort, lower_bound
#include <cstddef>    // byte, size_t
#include <cstdint>    // uintptr_t
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>  // move
#include <vector>

namespace thorax {

/// Everything a safetensors file holds. The numbers stay where they are until they are asked for.
class safetensors_file {
public:
  /// throws:  error{file_unreadable}; error{format_refused}
  explicit safetensors_file(const std::filesystem::path& path) : safetensors_file{mapped_file{path}, path} {}

  /// A file that is in memory already, embedded in the program for example. `bytes` must outlive it;
  /// `name` begins every sentence about it.
  static safetensors_file from_bytes(std::span<const std::byte> bytes, std::string name)
  {
    return safetensors_file{std::nullopt, bytes, std::move(name)};
  }

  /// What sentences about this file begin with.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// All tensors, in the order of their numbers.
  [[nodiscard]] const std::vector<tensor_record>& tensors() const { return header_.tensors; }

  /// returns:  the tensor of that name, or nullptr
  [[nodiscard]] const tensor_record* find(std::string_view wanted) const
  {
    const auto& records = header_.tensors;
    const auto place =
      std::lower_bound(by_name_.begin(), by_name_.end(), wanted,
                       [&](std::size_t i, std::string_view key) { return records[i].name < key; });
    return place != by_name_.end() && records[*place].name == wanted ? &records[*place] : nullptr;
  }

  /// returns:  the tensor of that name
  /// throws:   error{does_not_fit} if there is none
  [[nodiscard]] const tensor_record& at(std::string_view wanted) const
  {
    const tensor_record* record = find(wanted);
    if (record == nullptr)
      throw error{error_code::does_not_fit, name_ + ": expected a tensor " + shown(wanted) +
                                              ", found none among " + std::to_string(tensors().size()) +
                                              "; is it a file for this network?"};
    return *record;
  }

  /// All texts of `__metadata__` by key.
  [[nodiscard]] const metadata_map& metadata() const { return header_.metadata; }

  [[nodiscard]] std::optional<std::string_view> metadata(std::string_view key) const
  {
    const auto place = header_.metadata.find(key);
    if (place == header_.metadata.end()) return std::nullopt;
    return place->second.text;
  }

  /// The whole file.
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

  /// A tensor's numbers as they lie in the file.
  [[nodiscard]] std::span<const std::byte> bytes(const tensor_record& record) const
  {
    return bytes_.subspan(header_.payload + record.begin, record.end - record.begin);
  }

  /// Says that a part of the file's bytes will not be read again soon; see mapped_file::set_aside.
  void set_aside(std::span<const std::byte> part) const
  {
    if (file_) file_->set_aside(part);
  }

  /// returns:  the numbers themselves if they are stored as F32 and aligned; nothing if they must be copied
  [[nodiscard]] std::optional<std::span<const float>> floats(const tensor_record& record) const
  {
    const std::span<const std::byte> packed = bytes(record);
    const bool is_aligned = reinterpret_cast<std::uintptr_t>(packed.data()) % alignof(float) == 0;
    if (record.format != storage::f32 || !is_aligned) return std::nullopt;
    return std::span{reinterpret_cast<const float*>(packed.data()), record.size()};
  }

  /// throws:  error{does_not_fit} if a tensor is not stored as F32, F16 or BF16
  void ensure_holds_weights(const tensor_record& record) const
  {
    if (!holds_weights(record.format))
      refuse(record, "expected F32, F16 or BF16, found " + std::string{name_of(record.format)} + "; convert it first");
  }

  /// Converts a tensor's numbers to float, exactly.
  ///
  /// throws:  error{does_not_fit} if it is not stored as F32, F16 or BF16, or `numbers` has another size
  void copy_to(const tensor_record& record, std::span<float> numbers) const
  {
    ensure_holds_weights(record);
    if (record.size() != numbers.size())
      refuse(record, "expected " + std::to_string(numbers.size()) + " numbers, found " +
                       std::to_string(record.size()) + " (" + shape_text(record.shape) + ")");
    unpack(record.format, bytes(record), numbers);
  }

private:
  [[noreturn]] void refuse(const tensor_record& record, const std::string& what) const
  {
    throw error{error_code::does_not_fit, name_ + ": tensor " + shown(record.name) + ": " + what};
  }

  safetensors_file(mapped_file file, const std::filesystem::path& path)
    : safetensors_file{std::move(file), {}, "'" + path.string() + "'"}
  {
  }

  safetensors_file(std::optional<mapped_file> file, std::span<const std::byte> bytes, std::string name)
    : file_{std::move(file)}, bytes_{file_ ? file_->bytes() : bytes}, name_{std::move(name)},
      header_{read_safetensors_header(bytes_, name_)}, by_name_(header_.tensors.size())
  {
    for (std::size_t i = 0; i < by_name_.size(); ++i) by_name_[i] = i;
    std::sort(by_name_.begin(), by_name_.end(),
              [&](std::size_t a, std::size_t b) { return tensors()[a].name < tensors()[b].name; });
  }

  std::optional<mapped_file> file_;
  std::span<const std::byte> bytes_;
  std::string name_;
  safetensors_header header_;
  std::vector<std::size_t> by_name_;
};

}  // namespace thorax
