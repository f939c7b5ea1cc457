// SPDX-License-Identifier: MIT
//
// torch_view: _rebuild_tensor_v2 and its kin, as torch/_utils.py understands them.

#include "torch/torch_view.hpp"

#include "foreign_tensor.hpp"  // has_numbers

#include <thorax/base/error.hpp>                // error
#include <thorax/model/safetensors_header.hpp>  // shape_text

#include <cstdint>  // uint32_t, uint64_t
#include <limits>
#include <optional>
#include <span>
#include <utility>  // move

namespace thorax::tools {

namespace {

constexpr std::size_t most_dimensions = 32;

constexpr std::string_view rebuild_parameter = "torch._utils _rebuild_parameter";

/// returns:  a + b * c, unless it is more than 64 bits hold
std::optional<std::uint64_t> sum_of(std::uint64_t a, std::uint64_t b, std::uint64_t c)
{
  if (c != 0 && b > (std::numeric_limits<std::uint64_t>::max() - a) / c) return std::nullopt;
  return a + b * c;
}

bool is_contiguous(const torch_view& tensor)
{
  std::size_t expected = 1;
  for (std::size_t i = tensor.shape.size(); i > 0; --i) {
    if (tensor.shape[i - 1] != 1 && tensor.strides[i - 1] != expected) return false;
    expected *= tensor.shape[i - 1];
  }
  return true;
}

/// Reads one tensor. Its sentences name it.
class tensor_reader {
public:
  tensor_reader(const pickle& object, const torch_storages& storages, std::string where)
    : object_{object}, storages_{storages}, where_{std::move(where)}
  {
  }

  [[nodiscard]] torch_view read(const pickle_value& call) const;

private:
  [[noreturn]] void refuse(const std::string& what) const
  {
    throw error{error_code::format_refused, where_ + ": " + what};
  }
  [[nodiscard]] const pickle_value& at(std::uint32_t number) const { return object_.values[number]; }
  [[nodiscard]] const std::vector<std::uint32_t>& arguments_of(const pickle_value& call) const
  {
    return at(call.items[1]).items;
  }
  [[nodiscard]] const pickle_value& tensor_in(const pickle_value& call) const;
  void check_rest(const std::vector<std::uint32_t>& arguments) const;
  [[nodiscard]] std::size_t whole(const pickle_value& value) const;
  [[nodiscard]] std::vector<std::size_t> whole_numbers(const pickle_value& tuple) const;
  void check_reach(torch_view& tensor) const;

  const pickle& object_;
  const torch_storages& storages_;
  std::string where_;
};

/// returns:  the call that rebuilds a tensor, out of the one that makes it a parameter
const pickle_value& tensor_reader::tensor_in(const pickle_value& call) const
{
  if (at(call.items[0]).text != rebuild_parameter) return call;
  const auto& arguments = arguments_of(call);
  if (arguments.size() != 3 || at(arguments[0]).kind != pickle_kind::call ||
      at(at(arguments[0]).items[0]).text == rebuild_parameter || at(arguments[1]).kind != pickle_kind::boolean ||
      at(arguments[2]).kind != pickle_kind::dictionary)
    refuse("expected a tensor, whether it is trained, and hooks in _rebuild_parameter; is it damaged?");
  return at(arguments[0]);
}

/// Arguments since PyTorch 0.4: whether it is trained, hooks, and notes as that the numbers are to be negated.
void tensor_reader::check_rest(const std::vector<std::uint32_t>& arguments) const
{
  if ((arguments.size() != 6 && arguments.size() != 7) || at(arguments[4]).kind != pickle_kind::boolean ||
      at(arguments[5]).kind != pickle_kind::dictionary)
    refuse("expected storage, offset, sizes, strides, whether it is trained, and hooks; is it damaged?");
  if (arguments.size() == 7 && at(arguments[6]).kind != pickle_kind::none &&
      (at(arguments[6]).kind != pickle_kind::dictionary || !at(arguments[6]).items.empty()))
    refuse("is a conjugated or negated view; save its clone() in PyTorch");
}

std::size_t tensor_reader::whole(const pickle_value& value) const
{
  if (value.kind != pickle_kind::integer || value.integer < 0)
    refuse("its offset, sizes and strides must be integers of at least 0; is it damaged?");
  return static_cast<std::size_t>(value.integer);
}

std::vector<std::size_t> tensor_reader::whole_numbers(const pickle_value& tuple) const
{
  if (tuple.kind != pickle_kind::tuple || tuple.items.size() > most_dimensions)
    refuse("its sizes and strides must be tuples of at most " + std::to_string(most_dimensions) +
           " integers; is it damaged?");
  std::vector<std::size_t> numbers;
  for (const std::uint32_t each : tuple.items) numbers.push_back(whole(at(each)));
  return numbers;
}

/// Fills in the count and makes sure that the numbers farthest from the offset lie in the storage.
void tensor_reader::check_reach(torch_view& tensor) const
{
  std::optional<std::uint64_t> count = 1, last = tensor.offset;
  bool is_empty = false;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    if (tensor.shape[i] == 0) is_empty = true;
    if (count && tensor.shape[i] != 0) count = sum_of(0, *count, tensor.shape[i]);
    if (last && tensor.shape[i] != 0) last = sum_of(*last, tensor.shape[i] - 1, tensor.strides[i]);
  }
  if (!count) refuse("its sizes " + shape_text(tensor.shape) + " have more numbers than 64 bits can count");
  tensor.count = is_empty ? 0 : *count;
  if (!is_empty && (!last || *last >= tensor.numbers->count))
    refuse("its sizes " + shape_text(tensor.shape) + ", strides " + shape_text(tensor.strides) + " and offset " +
           std::to_string(tensor.offset) + " leave its storage of " + std::to_string(tensor.numbers->count) +
           " numbers; was the file made to harm? Take it from a source that you trust");
}

torch_view tensor_reader::read(const pickle_value& call) const
{
  const pickle_value& rebuilt = tensor_in(call);
  const auto& arguments = arguments_of(rebuilt);
  if (at(rebuilt.items[0]).text == "torch._utils _rebuild_tensor_v2") check_rest(arguments);
  else if (arguments.size() != 4) refuse("expected storage, offset, sizes and strides; is it damaged?");
  const pickle_value& reference = at(arguments[0]);
  if (reference.kind != pickle_kind::reference)
    refuse("expected a storage, found " + std::string{described(reference.kind)});
  // declared_storages has seen every reference: its third item is a key of the map.
  const torch_storage& numbers = storages_.find(at(at(reference.items[0]).items[2]).text)->second;
  torch_view tensor{&numbers, whole(at(arguments[1])), whole_numbers(at(arguments[2])),
                    whole_numbers(at(arguments[3])), 0};
  if (tensor.shape.size() != tensor.strides.size())
    refuse("has " + std::to_string(tensor.shape.size()) + " sizes and " + std::to_string(tensor.strides.size()) +
           " strides; is it damaged?");
  check_reach(tensor);
  return tensor;
}

}  // namespace

torch_view read_torch_view(const pickle& object, const pickle_value& call, const torch_storages& storages,
                           const std::string& where)
{
  return tensor_reader{object, storages, where}.read(call);
}

std::size_t decoded_count(const torch_view& tensor)
{
  return has_numbers(tensor.numbers->format) ? tensor.count : 0;
}

std::vector<float> decoded(const torch_view& tensor)
{
  std::vector<float> numbers(decoded_count(tensor));
  if (numbers.empty()) return numbers;
  const storage format = tensor.numbers->format;
  const std::size_t bytes = bytes_of(format);
  if (is_contiguous(tensor)) {
    unpack(format, tensor.numbers->bytes.subspan(tensor.offset * bytes, tensor.count * bytes), numbers);
    return numbers;
  }
  std::vector<std::size_t> index(tensor.shape.size());
  std::size_t place = tensor.offset;
  for (float& number : numbers) {
    unpack(format, tensor.numbers->bytes.subspan(place * bytes, bytes), {&number, 1});
    // The next index: the last dimension counts fastest.
    for (std::size_t i = index.size(); i > 0; --i) {
      place += tensor.strides[i - 1];
      if (++index[i - 1] < tensor.shape[i - 1]) break;
      place -= tensor.strides[i - 1] * tensor.shape[i - 1];
      index[i - 1] = 0;
    }
  }
  return numbers;
}

}  // namespace thorax::tools
