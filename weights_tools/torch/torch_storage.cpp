// SPDX-License-Identifier: MIT
//
// torch_storage: persistent ids, as torch/serialization.py writes them.

#include "torch/torch_storage.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // shown

#include <array>
#include <cstdint>  // uint32_t, uint64_t
#include <limits>
#include <optional>
#include <string_view>
#include <utility>  // pair
#include <vector>

namespace thorax::tools {

namespace {

constexpr std::uint64_t most_bytes = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t most_key_bytes = 64;  // PyTorch writes a number; a long key could be compared for ever

constexpr std::array<std::pair<std::string_view, storage>, 10> storage_formats{{
  {"torch FloatStorage", storage::f32},
  {"torch HalfStorage", storage::f16},
  {"torch BFloat16Storage", storage::bf16},
  {"torch DoubleStorage", storage::f64},
  {"torch LongStorage", storage::i64},
  {"torch IntStorage", storage::i32},
  {"torch ShortStorage", storage::i16},
  {"torch CharStorage", storage::i8},
  {"torch ByteStorage", storage::u8},
  {"torch BoolStorage", storage::boolean},
}};

std::optional<storage> format_of(const pickle_value& storage_class)
{
  if (storage_class.kind != pickle_kind::global) return std::nullopt;
  for (const auto& [name, format] : storage_formats)
    if (name == storage_class.text) return format;
  return std::nullopt;
}

}  // namespace

torch_storages declared_storages(const pickle& object, const std::string& where)
{
  torch_storages storages;
  for (const pickle_value& reference : object.values) {
    if (reference.kind != pickle_kind::reference) continue;
    const auto refuse = [&](const std::string& what) {
      throw error{error_code::format_refused, where + ": " + what};
    };
    const std::vector<std::uint32_t>& items = object.values[reference.items[0]].items;
    const auto at = [&](std::size_t i) -> const pickle_value& { return object.values[items[i]]; };
    const auto is = [&](std::size_t i, pickle_kind kind) { return at(i).kind == kind; };
    // The old form has a sixth: what the storage is a part of, None since the old form was young.
    if ((items.size() != 5 && items.size() != 6) || !is(0, pickle_kind::text) || at(0).text != "storage" ||
        !is(2, pickle_kind::text) || !is(3, pickle_kind::text) || !is(4, pickle_kind::integer) ||
        (items.size() == 6 && !is(5, pickle_kind::none)))
      refuse("expected a storage with class, key, place and count in a persistent id; is it damaged?");
    if (at(2).text.size() > most_key_bytes) refuse("storage " + shown(at(2).text) + " has too long a key");
    const std::string key{at(2).text};
    const std::optional<storage> format = format_of(at(1));
    if (!format) refuse("storage " + shown(key) + " has no class of PyTorch's; is it damaged?");
    if (at(4).integer < 0 || static_cast<std::uint64_t>(at(4).integer) > most_bytes / bytes_of(*format))
      refuse("storage " + shown(key) + " declares " + std::to_string(at(4).integer) + " numbers; is it damaged?");
    const torch_storage declared{*format, static_cast<std::size_t>(at(4).integer), {}};
    const auto [known, is_new] = storages.emplace(key, declared);
    if (!is_new && (known->second.format != declared.format || known->second.count != declared.count))
      refuse("storage " + shown(key) + " is declared twice, and differently; is it damaged?");
  }
  return storages;
}

}  // namespace thorax::tools
