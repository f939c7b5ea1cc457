// SPDX-License-Identifier: MIT
//
// with_outputs: the same network with another number of outputs, for programs that learn from a file or a folder how
// many findings there are.

#pragma once

#include <thorax/base/ensure.hpp>  // ensure
#include <thorax/plan/draft.hpp>   // draft

#include <utility>  // move

namespace thorax {

namespace detail {

/// returns:  the number of the last linear layer, behind which nothing has weights
constexpr std::size_t last_linear(const draft& written)
{
  std::size_t i = written.ops.size();
  while (i > 0 && written.ops[i - 1].kind != op_kind::linear) {
    --i;
    const op& behind = written.ops[i];
    const bool keeps_channels = behind.norm_before == none && behind.weight == none;
    ensure(keeps_channels, "only a network that ends with a linear layer can get another number of outputs");
  }
  ensure(i > 0, "a network without a linear layer cannot get another number of outputs");
  return i - 1;
}

}  // namespace detail

/// Changes the last linear layer, and what stands behind it, to `outputs` numbers.
///
/// accepts:  a network as written, before any pass, that ends with a linear layer and ops without weights
/// throws:   error{does_not_fit} for another network, or fewer than one output
constexpr draft with_outputs(draft written, int outputs)
{
  ensure(outputs > 0, "a network needs at least one output");
  const std::size_t first = detail::last_linear(written);
  const auto widen = [&](slice& maps) {
    maps.shape.channels = outputs;
    written.buffer_of(maps).shape.channels = outputs;
  };
  const auto parameter_of = [&](int number) -> parameter& { return written.parameters[static_cast<std::size_t>(number)]; };
  const int last = static_cast<int>(written.parameters.size()) - 1;
  ensure(written.ops[first].bias == last && written.ops[first].weight == last - 1,
         "only a network whose last two parameters are its last linear layer's can get another number of outputs");
  parameter& weight = parameter_of(written.ops[first].weight);
  parameter& bias = parameter_of(written.ops[first].bias);
  weight.shape[0] = bias.shape[0] = outputs;
  bias.offset = weight.offset + weight.size();
  written.parameter_floats = bias.offset + bias.size();
  for (std::size_t i = first; i < written.ops.size(); ++i) {
    const int was = written.ops[i].out.buffer;
    if (i > first) written.ops[i].in.shape.channels = outputs;
    widen(written.ops[i].out);
    for (part& each : written.parts)
      if (each.out.buffer == was) each.out.shape.channels = outputs;
  }
  written.logits.shape.channels = written.output.shape.channels = outputs;
  return written;
}

}  // namespace thorax
