// SPDX-License-Identifier: MIT
//
// network_weights: the numbers of a network, checked against its plan tensor by tensor; shared, never changed.

#pragma once

#include <thorax/base/ensure.hpp>         // ensure
#include <thorax/model/weights_file.hpp>  // weights_file, weights_metadata
#include <thorax/plan/names.hpp>          // name_of, extents_text

#include <cstddef>  // size_t
#include <memory>   // make_unique, unique_ptr
#include <mutex>    // call_once, once_flag
#include <set>
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax {

namespace detail {

inline std::vector<std::size_t> shape_of(const parameter& tensor)
{
  return {tensor.shape, tensor.shape + tensor.rank};
}

/// Every tensor of the file belongs to the network, or is one that PyTorch counts training steps with.
inline void refuse_strangers(const safetensors_file& file, const std::set<std::string>& known)
{
  for (const tensor_record& tensor : file.tensors())
    if (!known.contains(tensor.name) && !tensor.name.ends_with(".num_batches_tracked"))
      throw error{error_code::does_not_fit, file.name() + ": tensor " + shown(tensor.name) +
                                              " has no place in the network; is it a file for this network?"};
}

}  // namespace detail

/// The parameters of a plan, in a mapped file or in memory. Numbers that are stored in 16 bits become floats when
/// somebody wants them.
class network_weights {
public:
  /// Takes what a plan needs from a file.
  ///
  /// throws:  error{does_not_fit} for a tensor that is missing, superfluous, of other extents, or of a format that is no
  ///          weight's
  network_weights(const plan_view& plan, weights_file file)
    : file_{std::make_unique<weights_file>(std::move(file))}, metadata_{file_->metadata()}
  {
    const safetensors_file& tensors = file_->tensors();
    std::set<std::string> known;
    for (const parameter& wanted : plan.parameters) {
      known.insert(name_of(plan, wanted));
      const tensor_record& found = checked(plan, wanted);
      records_.push_back(&found);
      tensors.ensure_holds_weights(found);
    }
    detail::refuse_strangers(tensors, known);
  }

  /// Takes all parameters of a plan in their order.
  ///
  /// throws:  error{does_not_fit} unless there are plan.parameter_floats numbers
  network_weights(const plan_view& plan, std::vector<float> numbers, weights_metadata metadata)
    : metadata_{std::move(metadata)}, whole_{std::make_unique<conversion>()}
  {
    whole_->own = std::move(numbers);
    ensure(whole_->own.size() == plan.parameter_floats, error_code::does_not_fit, [&] {
      return "the network has " + std::to_string(plan.parameter_floats) + " parameters, found " +
             std::to_string(whole_->own.size()) + " numbers";
    });
    for (const parameter& wanted : plan.parameters) whole_->pointers.push_back(whole_->own.data() + wanted.offset);
  }

  /// returns:  the numbers of one parameter: in the file if they can be used as they lie, else in `room`
  [[nodiscard]] const float* numbers(int parameter, std::vector<float>& room) const
  {
    const auto k = static_cast<std::size_t>(parameter);
    if (!file_) return whole_->pointers[k];
    if (const auto in_place = file_->tensors().floats(*records_[k])) return in_place->data();
    room.resize(records_[k]->size());
    file_->tensors().copy_to(*records_[k], room);
    return room.data();
  }

  /// Says that a parameter will not be read again soon; its pages of the file need not be held in memory.
  void set_aside(int parameter) const
  {
    if (file_) file_->tensors().set_aside(file_->tensors().bytes(*records_[static_cast<std::size_t>(parameter)]));
  }

  /// returns:  one pointer a parameter, for those who need all at once
  /// memory:   the first call converts what is stored in 16 bits, which then stays
  [[nodiscard]] const float* const* pointers() const
  {
    if (file_) std::call_once(whole_->once, [&] { convert_all(); });
    return whole_->pointers.data();
  }
  [[nodiscard]] const weights_metadata& metadata() const { return metadata_; }

  /// Whether the numbers were protected by a checksum; files from elsewhere are not.
  [[nodiscard]] bool has_checksum() const { return file_ != nullptr && file_->has_checksum(); }

private:
  const tensor_record& checked(const plan_view& plan, const parameter& wanted) const
  {
    const std::string name = name_of(plan, wanted);
    const tensor_record& found = file_->tensors().at(name);
    ensure(found.shape == detail::shape_of(wanted), error_code::does_not_fit, [&] {
      return file_->tensors().name() + ": tensor '" + name + "': expected " + extents_text(wanted) + ", found " +
             shape_text(found.shape) + "; was the file made for another network, or for other findings?";
    });
    return found;
  }

  void convert_all() const
  {
    const safetensors_file& tensors = file_->tensors();
    std::size_t converted = 0;
    for (const tensor_record* each : records_)
      if (!tensors.floats(*each)) converted += each->size();
    whole_->own.resize(converted);
    float* next = whole_->own.data();
    for (const tensor_record* each : records_) {
      const auto in_place = tensors.floats(*each);
      whole_->pointers.push_back(in_place ? in_place->data() : next);
      if (in_place) continue;
      tensors.copy_to(*each, {next, each->size()});
      next += each->size();
    }
  }

  /// All numbers as floats; a file's are converted by the first who asks.
  struct conversion {
    std::once_flag once;
    std::vector<float> own;
    std::vector<const float*> pointers;
  };

  std::unique_ptr<weights_file> file_;
  weights_metadata metadata_;
  std::vector<const tensor_record*> records_;
  std::unique_ptr<conversion> whole_{std::make_unique<conversion>()};
};

}  // namespace thorax
