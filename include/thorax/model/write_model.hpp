// SPDX-License-Identifier: MIT
//
// write_model: a network's parameters become a weights file with all that belongs to them.

#pragma once

#include <thorax/model/model.hpp>         // any_model
#include <thorax/model/weights_file.hpp>  // write_weights, named_tensor

#include <algorithm>  // max
#include <cmath>      // abs
#include <cstddef>    // size_t
#include <cstdint>  // uint64_t
#include <filesystem>
#include <string>
#include <vector>

namespace thorax {

/// returns:  the network's tensors by name, borrowed from the model
template<predicting_backend Backend>
std::vector<named_tensor> named_tensors(const any_model<Backend>& net)
{
  const plan_view& plan = net.plan();
  std::vector<named_tensor> tensors;
  for (std::size_t k = 0; k < plan.parameters.size(); ++k) {
    const parameter& each = plan.parameters[k];
    tensors.push_back({name_of(plan, each), detail::shape_of(each), {net.weights().pointers()[k], each.size()}});
  }
  return tensors;
}

/// returns:  the network's answer to the golden input of a seed, for others to compare theirs with; the tolerance is
///           1e-4, and grows with logits above 1
template<predicting_backend Backend>
golden_sample golden_sample_of(const any_model<Backend>& net, std::uint64_t seed)
{
  return net.with_workspace([&](workspace& space) {
    const view<float> in = net.input_of(space, 1);
    fill_golden_input(seed, {in.data, in.shape.size()});
    const view<const float> logits = net.run(space, 1).first;
    golden_sample said;
    said.seed = seed;
    said.logits.assign(logits.data, logits.data + logits.shape.size());
    for (const float logit : said.logits) said.tolerance = std::max(said.tolerance, 1e-4 * std::abs(double{logit}));
    return said;
  });
}

/// Writes a model: its tensors, its metadata with name and input filled in, a golden sample and a checksum.
///
/// throws:  error{file_unwritable}; error{number_not_finite} if the network answers with no finite numbers;
///          error{format_refused} if its findings have no names
template<predicting_backend Backend>
void write_model(const std::filesystem::path& path, const any_model<Backend>& net)
{
  weights_metadata metadata = net.metadata();
  metadata.network = net.network().name;
  metadata.input = net.input();
  metadata.golden = golden_sample_of(net, 1);
  write_weights(path, metadata, named_tensors(net));
}

}  // namespace thorax
