// SPDX-License-Identifier: MIT
//
// pickle_by_hand: pickles and files of torch.save, written opcode by opcode.

#pragma once

#include "support/zip_by_hand.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace thorax::tests::pickled {

inline std::string text(const std::string& characters)
{
  std::string bytes = "X";
  append_number<std::uint32_t>(bytes, characters.size());
  return bytes + characters;
}

/// returns:  LONG1 of 8 bytes
inline std::string integer(std::int64_t value)
{
  std::string bytes = "\x8a\x08";
  append_number<std::uint64_t>(bytes, static_cast<std::uint64_t>(value));
  return bytes;
}

inline std::string tuple(const std::vector<std::string>& items)
{
  std::string bytes = "(";
  for (const std::string& each : items) bytes += each;
  return bytes + "t";
}

inline std::string integers(const std::vector<std::int64_t>& values)
{
  std::string bytes = "(";
  for (const std::int64_t each : values) bytes += integer(each);
  return bytes + "t";
}

inline std::string list(const std::vector<std::string>& items)
{
  std::string bytes = "](";
  for (const std::string& each : items) bytes += each;
  return bytes + "e";
}

inline std::string dictionary(const std::vector<std::pair<std::string, std::string>>& items)
{
  std::string bytes = "}(";
  for (const auto& [key, value] : items) bytes += text(key) + value;
  return bytes + "u";
}

inline std::string global(const std::string& module, const std::string& name)
{
  return "c" + module + "\n" + name + "\n";
}

inline std::string ordered_dictionary() { return global("collections", "OrderedDict") + ")R"; }

inline std::string stored(const std::string& key, std::int64_t count, const std::string& name = "FloatStorage")
{
  return tuple({text("storage"), global("torch", name), text(key), text("cpu"), integer(count)}) + "Q";
}

/// A storage as it was named before PyTorch 1.6.
inline std::string stored_before(const std::string& key, std::int64_t count, const std::string& name = "FloatStorage")
{
  return tuple({text("storage"), global("torch", name), text(key), text("cpu"), integer(count), "N"}) + "Q";
}

inline std::string tensor(const std::string& numbers, std::int64_t offset, const std::vector<std::int64_t>& sizes,
                          const std::vector<std::int64_t>& strides)
{
  return global("torch._utils", "_rebuild_tensor_v2") +
         tuple({numbers, integer(offset), integers(sizes), integers(strides), "\x89", ordered_dictionary()}) + "R";
}

inline std::string whole(const std::string& opcodes) { return "\x80\x02" + opcodes + "."; }

/// returns:  float32 numbers 0, 1, 2, … as they lie in a file
inline std::string numbered_floats(std::size_t count)
{
  std::string bytes(4 * count, '\0');
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = static_cast<float>(i);
    std::memcpy(bytes.data() + 4 * i, &number, 4);
  }
  return bytes;
}

/// returns:  a file as torch.save writes it since PyTorch 1.6; storage number i has the key "i"
inline std::string torch_zip(const std::string& opcodes, const std::vector<std::string>& storages,
                             const std::string& order = "little")
{
  std::vector<zip_member_by_hand> members{{"tiny/data.pkl", whole(opcodes), true, false},
                                          {"tiny/byteorder", order, true, false}};
  for (std::size_t i = 0; i < storages.size(); ++i)
    members.push_back({"tiny/data/" + std::to_string(i), storages[i], true, false});
  members.push_back({"tiny/version", "3\n", true, false});
  return make_zip(members, true).bytes;
}

inline std::string legacy_head(const std::string& protocol = integer(1001), const std::string& is_little = "\x88")
{
  return whole("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19") + whole(protocol) +
         whole(dictionary({{"protocol_version", integer(1001)}, {"little_endian", is_little}}));
}

struct legacy_storage_by_hand {
  std::string key;
  std::int64_t count{};
  std::string bytes;
};

/// returns:  a file as torch.save wrote it before PyTorch 1.6
inline std::string legacy_torch(const std::string& opcodes, const std::vector<legacy_storage_by_hand>& storages,
                                const std::string& head = legacy_head())
{
  std::vector<std::string> keys;
  for (const auto& each : storages) keys.push_back(text(each.key));
  std::string file = head + whole(opcodes) + whole(list(keys));
  for (const auto& each : storages) {
    append_number<std::uint64_t>(file, static_cast<std::uint64_t>(each.count));
    file += each.bytes;
  }
  return file;
}

}  // namespace thorax::tests::pickled
