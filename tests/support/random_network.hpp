// SPDX-License-Identifier: MIT
//
// random_network: networks that nobody thought of, as drafts: chains, appends inside appends, transitions, and
// layers that users may write: one that keeps half of the channels, one with two readers of the same norm.

#pragma once

#include <thorax/plan/draft.hpp>  // draft

#include "support/random_maps.hpp"  // drawing

#include <algorithm>  // max
#include <utility>    // move

namespace thorax::tests {

/// How many outputs convolutions have: any few, or as many as whole vectors, which kernels treat in other ways. Maps are
/// larger then, too.
enum class filter_counts { few, of_vectors };

/// Writes a random network as lowering would. Norms have a large epsilon, so that no channel of equal numbers
/// makes the network's answer hang on a rounding.
class random_network {
public:
  explicit random_network(drawing& draw, filter_counts filters = filter_counts::few) : draw_{draw}, filters_{filters} {}

  draft written()
  {
    const int larger = filters_ == filter_counts::few ? 0 : 5;
    plan_.input = plan_.new_buffer({draw_.between(1, 3), draw_.between(5, 9) + larger, draw_.between(5, 9) + larger});
    slice maps = chain(plan_.input, draw_.between(2, 8), 0);
    maps = layer(maps, [&](slice in) { return head(in); });
    plan_.output = maps;
    const op& last = plan_.ops.back();
    plan_.logits = gives_probabilities(last.kind) ? last.in : plan_.output;
    plan_.buffer_of(plan_.logits).kept = true;
    plan_.buffer_of(plan_.output).kept = true;
    return std::move(plan_);
  }

private:
  /// A layer is a part; what `write` returns is its output.
  template<class Write>
  slice layer(slice in, Write&& write)
  {
    const int opened = plan_.enter("part", false);
    const slice out = write(in);
    plan_.leave(opened, out);
    return out;
  }

  slice chain(slice in, int layers, int depth)
  {
    for (int i = 0; i < layers; ++i) in = layer(in, [&](slice arriving) { return any(arriving, depth); });
    return in;
  }

  slice any(slice in, int depth)
  {
    const bool may_shrink = depth == 0 && in.shape.height > 3 && in.shape.width > 3;
    switch (draw_.between(0, 13)) {
      case 0:
      case 1: return convolution(in, may_shrink ? draw_.between(1, 2) : 1);
      case 2: return norm(in);
      case 3: return relu(in);
      case 4:
      case 5: return relu(norm(in));
      case 6: return dropout(in);
      case 7: return may_shrink ? transition(in) : convolution(norm(in), 1);
      case 8: return max_pool(in, may_shrink ? 2 : 1);
      case 9: return draw_.yes() ? probabilities(in) : keep_half(in);
      case 10: return two_readers(in);
      default: return depth < 3 ? append(in, depth) : relu(norm(in));
    }
  }

  slice head(slice in)
  {
    slice maps = global_average_pool(in);
    if (draw_.yes()) maps = norm(maps);
    if (draw_.yes()) maps = relu(linear(maps, draw_.between(3, 6)));
    if (draw_.yes()) maps = dropout(maps);
    maps = linear(maps, 3);
    return draw_.yes() ? probabilities(maps) : maps;
  }

  slice emit(op_kind kind, slice in, extents out, window moving = {})
  {
    return plan_.emit({.kind = kind, .in = in, .out = plan_.new_buffer(out), .moving = moving});
  }

  slice convolution(slice in, int stride)
  {
    const int kernel = draw_.yes() ? 1 : 3;
    const window moving{kernel, stride, kernel / 2};
    const int filters = filters_ == filter_counts::few ? draw_.between(1, 5) : 16 * draw_.between(1, 3);
    const int weight = plan_.new_parameter(parameter_kind::weight, {filters, in.shape.channels, kernel, kernel});
    const extents out{filters, moving.places(in.shape.height), moving.places(in.shape.width)};
    return plan_.emit({.kind = op_kind::convolution, .in = in, .out = plan_.new_buffer(out), .moving = moving,
                       .weight = weight});
  }

  slice linear(slice in, int outputs)
  {
    const int weight = plan_.new_parameter(parameter_kind::weight, {outputs, in.shape.channels});
    const int bias = plan_.new_parameter(parameter_kind::bias, {outputs});
    return plan_.emit({.kind = op_kind::linear, .in = in, .out = plan_.new_buffer({outputs, 1, 1}), .weight = weight,
                       .bias = bias});
  }

  slice norm(slice in)
  {
    const int rule = plan_.new_norm(in.shape.channels, 0.1, false);
    return plan_.emit({.kind = op_kind::activation, .in = in, .out = plan_.new_buffer(in.shape), .norm_before = rule});
  }

  slice relu(slice in)
  {
    return plan_.emit({.kind = op_kind::activation, .in = in, .out = plan_.new_buffer(in.shape), .relu_before = true});
  }

  slice dropout(slice in)
  {
    return plan_.emit({.kind = op_kind::dropout, .in = in, .out = plan_.new_buffer(in.shape), .rate = 0.25F});
  }

  slice probabilities(slice in) { return emit(draw_.yes() ? op_kind::softmax : op_kind::sigmoid, in, in.shape); }

  slice global_average_pool(slice in) { return emit(op_kind::global_average_pool, in, {in.shape.channels, 1, 1}); }

  slice max_pool(slice in, int stride)
  {
    const window moving{3, stride, 1};
    return emit(op_kind::max_pool, in,
                {in.shape.channels, moving.places(in.shape.height), moving.places(in.shape.width)}, moving);
  }

  slice average_pool(slice in)
  {
    const window moving{2, draw_.between(1, 2), 0};
    return emit(op_kind::average_pool, in,
                {in.shape.channels, moving.places(in.shape.height), moving.places(in.shape.width)}, moving);
  }

  slice transition(slice in)
  {
    if (draw_.yes()) in = relu(norm(in));
    const slice pooled = average_pool(convolution(in, 1));
    return draw_.yes() ? average_pool(pooled) : pooled;
  }

  slice concatenated(slice first, slice second)
  {
    const slice whole = plan_.new_buffer({first.shape.channels + second.shape.channels, first.shape.height,
                                          first.shape.width});
    plan_.emit_copy(first, {whole.buffer, 0, first.shape});
    plan_.emit_copy(second, {whole.buffer, first.shape.channels, second.shape});
    return whole;
  }

  slice append(slice in, int depth) { return concatenated(in, chain(in, draw_.between(1, 4), depth + 1)); }

  slice two_readers(slice in)
  {
    const slice read = draw_.yes() ? relu(norm(in)) : norm(in);
    const slice one = convolution(read, 1);
    return concatenated(one, convolution(read, 1));
  }

  slice keep_half(slice in)
  {
    const int half = std::max(in.shape.channels / 2, 1);
    const int first = draw_.yes() ? 0 : in.shape.channels - half;
    return {in.buffer, in.first_channel + first, {half, in.shape.height, in.shape.width}};
  }

  drawing& draw_;
  filter_counts filters_;
  draft plan_;
};

}  // namespace thorax::tests
