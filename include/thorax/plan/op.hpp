// SPDX-License-Identifier: MIT
//
// op: one step of a plan as plain data. Everything a kernel is told about a network stands here: kind,
// extents, channels of buffers, parameters by number. No type of the network reaches a kernel.

#pragma once

#include <thorax/tensor/extents.hpp>  // extents

#include <cstddef>      // size_t
#include <string_view>

namespace thorax {

/// "There is none": no bias, no norm, no parent.
inline constexpr int none = -1;

/// The closed set of what a backend must be able to do.
enum class op_kind {
  convolution,          ///< square window over channels, weights out × in × kernel × kernel
  linear,               ///< a matrix times the 1x1 maps, weights out × in
  max_pool,             ///< largest of each window; cells outside the maps do not count
  average_pool,         ///< mean of each window; no padding
  global_average_pool,  ///< mean of each channel
  activation,           ///< copies; all it does is in norm_before and relu_before
  dropout,              ///< in training some numbers become 0 and the others grow to keep the mean
  softmax,              ///< over the channels of each pixel
  sigmoid               ///< of each number by itself
};

/// returns:  does it make probabilities of logits?
constexpr bool gives_probabilities(op_kind kind)
{
  return kind == op_kind::softmax || kind == op_kind::sigmoid;
}

/// returns:  does it multiply by weights?
constexpr bool is_product(op_kind kind) { return kind == op_kind::convolution || kind == op_kind::linear; }

/// Channels [first_channel, first_channel + shape.channels) of a buffer.
struct slice {
  int buffer{none};
  int first_channel{};
  extents shape{};

  friend constexpr bool operator==(const slice&, const slice&) = default;
};

/// A square window: its side, how far it moves, and the rim of zeros (convolution) or nothing (pooling).
struct window {
  int kernel{1};
  int stride{1};
  int padding{};

  /// returns:  does it have pixels, move, and reach into the maps?
  [[nodiscard]] constexpr bool is_possible() const
  {
    return kernel > 0 && stride > 0 && padding >= 0 && padding < kernel;
  }

  /// returns:  how many places the window finds along `length` pixels
  [[nodiscard]] constexpr int places(int length) const
  {
    return length + 2 * padding < kernel ? 0 : (length + 2 * padding - kernel) / stride + 1;
  }

  /// returns:  the same for height and width
  [[nodiscard]] constexpr extents places(const extents& in) const
  {
    return {in.channels, places(in.height), places(in.width)};
  }

  friend constexpr bool operator==(const window&, const window&) = default;
};

/// A window of one pixel that visits all: what there is when there is no window.
inline constexpr window each_pixel{};

/// out = kind(activated(in)), activated again behind it; see backend/activation_rule.hpp for "activated".
struct op {
  op_kind kind{op_kind::activation};
  slice in{};
  slice out{};
  window moving{};         ///< convolution and pooling
  int weight{none};        ///< number of a parameter
  int bias{none};          ///< number of a parameter
  int norm_before{none};   ///< number of a norm, applied to `in` as it is read
  bool relu_before{};      ///< after norm_before
  int norm_after{none};    ///< number of a norm, applied to `out` as it is written
  bool relu_after{};       ///< after norm_after
  window mean_before{};    ///< convolution that predicts: it reads means over such windows of the activated input
  window max_after{};      ///< convolution that predicts: of what it activated, it writes the largest in such windows
  float rate{};            ///< dropout: the share of numbers that become 0
  int part{none};          ///< where in the network it stands
  int position{};          ///< its number before any pass has run

  [[nodiscard]] constexpr bool has_rule_before() const { return norm_before != none || relu_before; }
  [[nodiscard]] constexpr bool has_rule_after() const { return norm_after != none || relu_after; }

  /// returns:  what a convolution makes before max_after
  [[nodiscard]] constexpr extents convolved() const
  {
    const extents made = moving.places(mean_before.places(in.shape));
    return {out.shape.channels, made.height, made.width};
  }

  /// returns:  multiplications of a convolution or linear layer for one sample, else 0
  [[nodiscard]] constexpr std::size_t macs() const
  {
    if (kind == op_kind::linear) return in.shape.size() * out.shape.size();
    if (kind != op_kind::convolution) return 0;
    const auto side = static_cast<std::size_t>(moving.kernel);
    return convolved().size() * static_cast<std::size_t>(in.shape.channels) * side * side;
  }
};

/// Feature maps that exist while a plan runs, for one sample.
struct buffer {
  extents shape{};
  bool kept{};            ///< somebody outside the plan reads it: never fused away, never overwritten
  std::size_t offset{};   ///< in floats for one sample; a batch of n lies at n · offset
};

enum class parameter_kind { weight, bias, norm_weight, norm_bias, running_mean, running_variance };

/// returns:  what optimizers change; running statistics are only averaged
constexpr bool is_trainable(parameter_kind kind)
{
  return kind != parameter_kind::running_mean && kind != parameter_kind::running_variance;
}

/// One tensor of a weights file.
struct parameter {
  parameter_kind kind{parameter_kind::weight};
  int part{none};           ///< whose parameter; gives the first words of its name
  int rank{1};
  int shape[4]{1, 1, 1, 1};
  std::size_t offset{};     ///< in the flat array of all parameters
  int position{};           ///< of the op that it belongs to

  [[nodiscard]] constexpr std::size_t size() const
  {
    std::size_t product = 1;
    for (int i = 0; i < rank; ++i) product *= static_cast<std::size_t>(shape[i]);
    return product;
  }

  /// How many numbers meet in one output: what initialization scales by.
  [[nodiscard]] constexpr int fan_in() const { return shape[1] * shape[2] * shape[3]; }
};

/// A batch normalization: four parameters in a row, and its place in the array of folded scales and shifts.
struct norm {
  int first_parameter{none};  ///< weight, bias, running mean, running variance follow each other
  int channels{};
  double epsilon{};
  bool epsilon_is_default{};  ///< a weights file may say that its backbone used another one
  std::size_t offset{};       ///< of its scales in the folded array; its shifts lie `channels` behind
};

/// A named part of the network, or one layer of it; parts form a tree.
struct part {
  std::string_view word;  ///< its name without the number
  int number{none};       ///< among its brothers of the same word; none for an only one
  int parent{none};
  int first_op{};         ///< ops [first_op, last_op) before any pass has run
  int last_op{};
  slice out{};            ///< what it produces, kept true by every pass
  int elder{none};        ///< the brother before it
  int youngest{none};     ///< its last child
};

}  // namespace thorax
