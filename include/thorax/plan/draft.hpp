// SPDX-License-Identifier: MIT
//
// draft: a plan that can still grow. Lowering writes it, passes improve it; the same code runs inside the
// compiler, for a network's own input, and at run time, for any other.

#pragma once

#include <thorax/base/ensure.hpp>  // ensure
#include <thorax/plan/op.hpp>      // op, buffer, norm, parameter, part, slice

#include <initializer_list>
#include <string_view>
#include <vector>

namespace thorax {

/// Operations in the order in which they run, and all that they refer to by number.
struct draft {
  std::vector<op> ops;
  std::vector<buffer> buffers;
  std::vector<norm> norms;
  std::vector<parameter> parameters;
  std::vector<part> parts;
  slice input;                     ///< the film as it enters
  slice logits;                    ///< what a softmax or sigmoid at the end reads; else the output
  slice output;                    ///< what the last op makes
  std::vector<slice> features;     ///< where a network is split: what one half makes and the other begins with
  std::size_t parameter_floats{};  ///< of all parameters
  std::size_t folded_floats{};     ///< of all norms' scales and shifts
  std::size_t arena_floats{};      ///< for one sample; 0 until place_in_arena has run
  int open_part{none};             ///< while lowering: where the next op stands
  int youngest_root{none};         ///< while lowering: the last part without a parent

  // Planning happens once, and layers call these dozens of times: inlined, they would be a tenth of all code.

  /// Room for about `count` ops: growing step by step is what costs a compiler most.
  constexpr void reserve(std::size_t count)
  {
    ops.reserve(count);
    buffers.reserve(count);
    norms.reserve(count / 4);
    parameters.reserve(count);
    parts.reserve(count);
  }

  [[gnu::cold, gnu::noinline]] constexpr slice new_buffer(extents shape)
  {
    buffers.push_back({shape, false, 0});
    return {static_cast<int>(buffers.size()) - 1, 0, shape};
  }

  /// returns:  the number of a new parameter with up to four extents
  [[gnu::cold, gnu::noinline]] constexpr int new_parameter(parameter_kind kind, std::initializer_list<int> shape)
  {
    parameter made{kind, open_part, static_cast<int>(shape.size()), {1, 1, 1, 1}, parameter_floats,
                   static_cast<int>(ops.size())};
    int rank = 0;
    for (const int length : shape) made.shape[rank++] = length;
    parameter_floats += made.size();
    parameters.push_back(made);
    return static_cast<int>(parameters.size()) - 1;
  }

  /// returns:  the number of a new norm with its four parameters
  [[gnu::cold, gnu::noinline]] constexpr int new_norm(int channels, double epsilon, bool epsilon_is_default)
  {
    norm made{new_parameter(parameter_kind::norm_weight, {channels}), channels, epsilon, epsilon_is_default,
              folded_floats};
    new_parameter(parameter_kind::norm_bias, {channels});
    new_parameter(parameter_kind::running_mean, {channels});
    new_parameter(parameter_kind::running_variance, {channels});
    folded_floats += 2 * static_cast<std::size_t>(channels);
    norms.push_back(made);
    return static_cast<int>(norms.size()) - 1;
  }

  /// Adds an op; its part and position are filled in here.
  [[gnu::cold, gnu::noinline]] constexpr slice emit(op made)
  {
    made.part = open_part;
    made.position = static_cast<int>(ops.size());
    ops.push_back(made);
    return made.out;
  }

  /// Copies `from` to `to`, as an op; plan/elide_copies.hpp removes almost all of these again.
  constexpr void emit_copy(slice from, slice to) { emit({.kind = op_kind::activation, .in = from, .out = to}); }

  /// Opens a part inside the open one. Brothers of the same word are numbered from 1; an only one goes
  /// without a number unless it is `repeated`.
  [[gnu::cold, gnu::noinline]] constexpr int enter(std::string_view word, bool repeated)
  {
    int& youngest = open_part == none ? youngest_root : parts[static_cast<std::size_t>(open_part)].youngest;
    part opened{word, repeated ? 1 : none, open_part, static_cast<int>(ops.size()), 0, {}, youngest};
    for (int i = youngest; i != none; i = parts[static_cast<std::size_t>(i)].elder) {
      part& brother = parts[static_cast<std::size_t>(i)];
      if (brother.word != word) continue;
      if (brother.number == none) brother.number = 1;
      opened.number = brother.number + 1;
      break;
    }
    youngest = static_cast<int>(parts.size());
    parts.push_back(opened);
    return open_part = static_cast<int>(parts.size()) - 1;
  }

  [[gnu::cold, gnu::noinline]] constexpr void leave(int opened, slice out)
  {
    part& closed = parts[static_cast<std::size_t>(opened)];
    closed.last_op = static_cast<int>(ops.size());
    closed.out = out;
    open_part = closed.parent;
  }

  [[nodiscard]] constexpr buffer& buffer_of(const slice& maps)
  {
    return buffers.data()[maps.buffer];
  }
  [[nodiscard]] constexpr const buffer& buffer_of(const slice& maps) const
  {
    return buffers.data()[maps.buffer];
  }

  /// returns:  do these maps fill a buffer of their own?
  [[nodiscard]] constexpr bool is_whole(const slice& maps) const
  {
    return maps.first_channel == 0 && maps.shape == buffer_of(maps).shape;
  }
};

}  // namespace thorax
