// SPDX-License-Identifier: MIT
//
// network_weights: the numbers of a network, checked against its plan tensor by tensor; shared, never changed.

#pragma once

#include <thorax/base/ensure.hpp>         // ensure
#include <thorax/model/weights_file.hpp>  // weights_file, weights_metadata
#include <thorax/plan/names.hpp>          // name_of, extents_text

#include <cstddef>  // size_t
#include <memory>   // make_unique, unique_ptr
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

/// One pointer a parameter of a plan: into a mapped file where the numbers can be used as they lie, else into
/// memory of its own.
class network_weights {
public:
  /// Takes what a plan needs from a file.
  ///
  /// throws:  error{does_not_fit} for a tensor that is missing, superfluous, or of other extents
  network_weights(const plan_view& plan, weights_file file)
    : file_{std::make_unique<weights_file>(std::move(file))}, metadata_{file_->metadata()}
  {
    const safetensors_file& tensors = file_->tensors();
    std::set<std::string> known;
    std::size_t converted = 0;
    for (const parameter& wanted : plan.parameters) {
      known.insert(name_of(plan, wanted));
      if (!tensors.floats(checked(plan, wanted))) converted += wanted.size();
    }
    detail::refuse_strangers(tensors, known);
    own_.resize(converted);
    float* next = own_.data();
    for (const parameter& wanted : plan.parameters) {
      const tensor_record& found = tensors.at(name_of(plan, wanted));
      const auto in_place = tensors.floats(found);
      tensors_.push_back(in_place ? in_place->data() : next);
      if (in_place) continue;
      tensors.copy_to(found, {next, wanted.size()});
      next += wanted.size();
    }
  }

  /// Takes all parameters of a plan in their order.
  ///
  /// throws:  error{does_not_fit} unless there are plan.parameter_floats numbers
  network_weights(const plan_view& plan, std::vector<float> numbers, weights_metadata metadata)
    : metadata_{std::move(metadata)}, own_{std::move(numbers)}
  {
    ensure(own_.size() == plan.parameter_floats, error_code::does_not_fit, [&] {
      return "the network has " + std::to_string(plan.parameter_floats) + " parameters, found " +
             std::to_string(own_.size()) + " numbers";
    });
    for (const parameter& wanted : plan.parameters) tensors_.push_back(own_.data() + wanted.offset);
  }

  [[nodiscard]] const float* const* pointers() const { return tensors_.data(); }
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

  std::unique_ptr<weights_file> file_;
  weights_metadata metadata_;
  std::vector<float> own_;
  std::vector<const float*> tensors_;
};

}  // namespace thorax
