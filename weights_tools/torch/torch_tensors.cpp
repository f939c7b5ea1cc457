// SPDX-License-Identifier: MIT
//
// torch_tensors: from dictionaries in dictionaries to a list, within bounds.

#include "torch/torch_tensors.hpp"

#include "torch/torch_view.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // shown
#include <thorax/model/utf8.hpp>         // first_invalid_utf8

#include <cstdint>  // uint32_t
#include <set>
#include <string_view>
#include <utility>  // move

namespace thorax::tools {

namespace {

constexpr std::size_t most_depth = 32, most_name_bytes = 512;

/// Walks dictionaries in dictionaries without recursion.
class flattener {
public:
  flattener(const pickle& object, const torch_storages& storages, std::size_t file_bytes,
            const std::string& where);

  std::vector<foreign_tensor> run();

private:
  struct open_dictionary {
    const std::vector<std::uint32_t>* items{};
    std::size_t next{};
    std::size_t path{};  // how long the path is before its keys
  };

  [[noreturn]] void refuse(const std::string& what, error_code code = error_code::limit_exceeded) const
  {
    throw error{code, where_ + ": " + what};
  }
  void step();
  void enter(const pickle_value& dictionary);
  void add(const pickle_value& call);

  const pickle& object_;
  const torch_storages& storages_;
  const std::string& where_;
  std::size_t most_steps_;
  std::size_t bytes_left_;
  std::vector<open_dictionary> open_;
  std::string path_;
  std::set<std::string> names_;
  std::vector<foreign_tensor> tensors_;
};

// What an honest file names several times, an average of weights for example, it names a few times. Many times is
// made to fill the memory (the "billion laughs").
flattener::flattener(const pickle& object, const torch_storages& storages, std::size_t file_bytes,
                     const std::string& where)
  : object_{object}, storages_{storages}, where_{where}, most_steps_{4 * object.values.size() + 1'000},
    bytes_left_{8 * file_bytes + (std::size_t{1} << 20)}
{
}

std::vector<foreign_tensor> flattener::run()
{
  const pickle_value& root = object_.values[object_.root];
  if (root.kind != pickle_kind::dictionary)
    refuse("expected a dictionary of tensors, found " + std::string{described(root.kind)} +
             "; save model.state_dict() in PyTorch",
           error_code::format_refused);
  enter(root);
  for (std::size_t steps = 0; !open_.empty(); ++steps) {
    if (steps > most_steps_) refuse("its dictionaries name each other again and again; was it made to harm?");
    step();
  }
  return std::move(tensors_);
}

void flattener::enter(const pickle_value& dictionary)
{
  if (open_.size() == most_depth)
    refuse("has dictionaries more than " + std::to_string(most_depth) + " deep in each other, at " + shown(path_));
  open_.push_back({&dictionary.items, 0, path_.size()});
}

void flattener::step()
{
  open_dictionary& inner = open_.back();
  path_.resize(inner.path);
  if (inner.next == inner.items->size()) return open_.pop_back();
  const pickle_value& key = object_.values[(*inner.items)[inner.next]];
  const pickle_value& value = object_.values[(*inner.items)[inner.next + 1]];
  inner.next += 2;
  if (key.kind != pickle_kind::text || (value.kind != pickle_kind::dictionary && value.kind != pickle_kind::call))
    return;
  if (path_.size() + key.text.size() >= most_name_bytes)
    refuse("the name of a tensor is longer than " + std::to_string(most_name_bytes) +
           " bytes: " + shown(key.text));
  if (open_.size() > 1) path_ += '.';
  path_ += key.text;
  if (value.kind == pickle_kind::dictionary) enter(value);
  else add(value);
}

void flattener::add(const pickle_value& call)
{
  const std::string tensor = "tensor " + shown(path_);
  if (first_invalid_utf8(path_) != std::string_view::npos)
    refuse("the name of " + tensor + " is not UTF-8", error_code::format_refused);
  if (!names_.insert(path_).second) refuse("has two tensors " + shown(path_), error_code::format_refused);
  const torch_view found = read_torch_view(object_, call, storages_, where_ + ": " + tensor);
  const std::size_t head = 256 + 2 * path_.size();  // about what the tensor takes beside its numbers
  const std::size_t numbers = decoded_count(found);
  if (bytes_left_ < head || numbers > (bytes_left_ - head) / sizeof(float))
    refuse(tensor +
           ": its numbers and those before it are more than eight times the file; was it made to harm? Save "
           "contiguous tensors only");
  bytes_left_ -= head + numbers * sizeof(float);
  tensors_.push_back({path_, found.numbers->format, found.shape, decoded(found), ""});
}

}  // namespace

std::vector<foreign_tensor> flattened(const pickle& object, const torch_storages& storages, std::size_t file_bytes,
                                      const std::string& where)
{
  return flattener{object, storages, file_bytes, where}.run();
}

}  // namespace thorax::tools
