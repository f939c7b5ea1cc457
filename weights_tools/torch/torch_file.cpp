// SPDX-License-Identifier: MIT
//
// torch_file: the two forms of torch.save, as torch/serialization.py reads them.

#include "torch/torch_file.hpp"

#include "torch/little_endian.hpp"
#include "torch/pickle.hpp"
#include "torch/torch_storage.hpp"
#include "torch/torch_tensors.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // shown

#include <algorithm>  // min
#include <cstdint>    // int64_t
#include <set>
#include <string_view>

namespace thorax::tools {

namespace {

constexpr std::string_view magic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";  // 0x1950a86a20f9469cfc6c

[[noreturn]] void refuse(const std::string& name, const std::string& what)
{
  throw error{error_code::format_refused, name + ": " + what};
}

std::string_view text_of(std::span<const std::byte> bytes)
{
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// returns:  the prefix of all members, with its '/'; "" if no member is `<prefix>/data.pkl`
std::string prefix_of(const zip_archive& archive)
{
  for (const zip_archive::member& each : archive.members()) {
    const std::size_t slash = each.name.find('/');
    if (slash != std::string::npos && each.name.substr(slash) == "/data.pkl")
      return each.name.substr(0, slash + 1);
  }
  return {};
}

/// A file of the old form: five pickles, one behind the other, then the storages.
class legacy_reader {
public:
  legacy_reader(std::span<const std::byte> file, const std::string& name) : file_{file}, name_{name} {}

  std::vector<foreign_tensor> read();

private:
  pickle next_pickle(const std::string& what)
  {
    pickle next = walk_pickle(file_.subspan(place_), name_ + ": " + what);
    place_ += next.bytes;
    return next;
  }
  void check_head();
  void bind(const pickle& keys, torch_storages& storages);
  std::span<const std::byte> next_storage(const std::string& key, const torch_storage& declared);

  std::span<const std::byte> file_;
  const std::string& name_;
  std::size_t place_{};
};

/// Reads the first three pickles: magic number, protocol and the machine that wrote.
void legacy_reader::check_head()
{
  const pickle first = next_pickle("magic number");
  const pickle_value& number = first.values[first.root];
  if (number.kind != pickle_kind::wide_integer || number.text != magic) refuse(name_, "is no file of torch.save");
  const pickle second = next_pickle("protocol");
  const pickle_value& protocol = second.values[second.root];
  if (protocol.kind != pickle_kind::integer || protocol.integer != 1001)
    refuse(name_, "expected protocol 1001 of torch.save, found another; load it in PyTorch and save it again");
  const pickle third = next_pickle("machine");
  const pickle_value& machine = third.values[third.root];
  bool is_little = false;
  if (machine.kind == pickle_kind::dictionary)
    for (std::size_t i = 0; i < machine.items.size(); i += 2) {
      const pickle_value &key = third.values[machine.items[i]], &value = third.values[machine.items[i + 1]];
      if (key.text == "little_endian" && value.kind == pickle_kind::boolean) is_little = value.integer == 1;
    }
  if (!is_little)
    refuse(name_, "expected numbers written lowest byte first, found others; load it in PyTorch on such a machine "
                  "and save it again");
}

std::span<const std::byte> legacy_reader::next_storage(const std::string& key, const torch_storage& declared)
{
  const std::size_t left = file_.size() - place_;
  const auto say = [&](const std::string& what) { refuse(name_, "storage " + shown(key) + ": " + what); };
  if (left < sizeof(std::int64_t)) say("the file ends before it; was it cut short? Copy it again");
  const auto count = little_endian<std::int64_t>(file_, place_);
  if (count < 0 || static_cast<std::uint64_t>(count) != declared.count)
    say("expected " + std::to_string(declared.count) + " numbers, found " + std::to_string(count));
  if (declared.declared_bytes() > left - sizeof count)
    say("expected " + std::to_string(declared.declared_bytes()) + " bytes, only " +
        std::to_string(left - sizeof count) + " follow; was the file cut short? Copy it again");
  const auto bytes = file_.subspan(place_ + sizeof count, declared.declared_bytes());
  place_ += sizeof count + bytes.size();
  return bytes;
}

void legacy_reader::bind(const pickle& keys, torch_storages& storages)
{
  const pickle_value& list = keys.values[keys.root];
  if (list.kind != pickle_kind::list)
    refuse(name_, "expected a list of storages behind the tensors; is it damaged?");
  std::set<std::string_view> seen;
  for (const std::uint32_t each : list.items) {
    const pickle_value& key = keys.values[each];
    const auto found = storages.find(key.text);
    if (key.kind != pickle_kind::text || found == storages.end() || !seen.insert(key.text).second)
      refuse(name_,
             "its list of storages has " + shown(key.text) + ", which no tensor uses or which was there before");
    found->second.bytes = next_storage(found->first, found->second);
  }
  for (const auto& [key, declared] : storages)
    if (!seen.contains(key)) refuse(name_, "storage " + shown(key) + " is used, but not in the file");
  if (place_ != file_.size())
    refuse(name_,
           std::to_string(file_.size() - place_) + " bytes follow the last storage; was it joined with another?");
}

std::vector<foreign_tensor> legacy_reader::read()
{
  check_head();
  const pickle object = next_pickle("tensors");
  const pickle keys = next_pickle("list of storages");
  torch_storages storages = declared_storages(object, name_);
  bind(keys, storages);
  return flattened(object, storages, file_.size(), name_);
}

}  // namespace

bool is_torch_zip(const zip_archive& archive) { return !prefix_of(archive).empty(); }

std::vector<foreign_tensor> read_torch_zip(const zip_archive& archive, const std::string& name)
{
  const std::string prefix = prefix_of(archive);
  const zip_archive::member* data = archive.find(prefix + "data.pkl");
  if (prefix.empty() || data == nullptr) refuse(name, "has no data.pkl, so it is not of torch.save");
  if (archive.find(prefix + "constants.pkl") != nullptr)
    refuse(name, "is a TorchScript program; load it with torch.jit.load and save its state_dict() by torch.save");
  if (const auto* order = archive.find(prefix + "byteorder");
      order != nullptr && text_of(order->bytes) != "little")
    refuse(name, "expected the byte order 'little', found " + shown(text_of(order->bytes)) +
                   "; load it in PyTorch on a little-endian machine and save it again");
  const pickle object = walk_pickle(data->bytes, name + ": " + shown(data->name));
  if (object.bytes != data->bytes.size())
    refuse(name, shown(data->name) + " goes on behind its pickle; is it damaged?");
  torch_storages storages = declared_storages(object, name);
  for (auto& [key, declared] : storages) {
    const zip_archive::member* stored = archive.find(prefix + "data/" + key);
    if (stored == nullptr) refuse(name, "storage " + shown(key) + " is used, but not in the file");
    if (stored->bytes.size() != declared.declared_bytes())
      refuse(name, "storage " + shown(key) + ": expected " + std::to_string(declared.declared_bytes()) +
                     " bytes, found " + std::to_string(stored->bytes.size()));
    declared.bytes = stored->bytes;
  }
  std::size_t file_bytes = 0;
  for (const zip_archive::member& each : archive.members()) file_bytes += each.bytes.size();
  return flattened(object, storages, file_bytes, name);
}

bool is_legacy_torch(std::span<const std::byte> file)
{
  std::string_view text = text_of(file.first(std::min<std::size_t>(file.size(), 32)));
  if (text.size() < 2 || text[0] != '\x80' || text[1] < 2 || text[1] > 5) return false;
  text.remove_prefix(2);
  // A frame and its 8 bytes, since protocol 4.
  if (text.size() > 9 && text[0] == '\x95') text.remove_prefix(9);
  return text.starts_with("\x8a\x0a") && text.substr(2).starts_with(magic);
}

std::vector<foreign_tensor> read_legacy_torch(std::span<const std::byte> file, const std::string& name)
{
  return legacy_reader{file, name}.read();
}

}  // namespace thorax::tools
