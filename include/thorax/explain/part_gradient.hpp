// SPDX-License-Identifier: MIT
//
// part_gradient: what a named part says about a film, and how a finding's score would change with it.

#pragma once

#include <thorax/model/backward.hpp>           // run_training_plan
#include <thorax/model/host_maps.hpp>          // host_maps
#include <thorax/model/model.hpp>              // any_model
#include <thorax/model/placed_parameters.hpp>  // placed_parameters
#include <thorax/plan/names.hpp>               // find_part
#include <thorax/plan/training_plan.hpp>       // for_training

#include <algorithm>  // max
#include <cmath>      // exp
#include <cstddef>    // size_t
#include <string>
#include <vector>

namespace thorax {

/// What is differentiated: the logit, or the probability that the network makes of it, whose gradient vanishes where
/// the network is sure (factor p · (1 - p)).
enum class score_kind { logit, probability };

/// Maps of a part and the gradient of one score with respect to them: channels × height × width each.
struct part_gradient {
  extents shape{};
  std::vector<float> maps;
  std::vector<float> gradient;
};

namespace detail {

/// Writes the gradient of the score with respect to the logits; `last` is the kind of the network's last op.
inline void seed_gradient(const view<const float>& logits, int finding, score_kind score, op_kind last,
                          view<float> d_logits)
{
  const int count = logits.shape.channels;
  if (score == score_kind::logit) {
    d_logits(0, finding, 0, 0) += 1;
    return;
  }
  if (last == op_kind::sigmoid) {
    const double p = 1 / (1 + std::exp(-double{logits(0, finding, 0, 0)}));
    d_logits(0, finding, 0, 0) += static_cast<float>(p * (1 - p));
    return;
  }
  float largest = logits(0, 0, 0, 0);
  for (int k = 1; k < count; ++k) largest = std::max(largest, logits(0, k, 0, 0));
  std::vector<double> p(static_cast<std::size_t>(count));
  double sum = 0;
  for (int k = 0; k < count; ++k) sum += p[static_cast<std::size_t>(k)] = std::exp(double{logits(0, k, 0, 0)} - largest);
  const double chosen = p[static_cast<std::size_t>(finding)] / sum;
  for (int k = 0; k < count; ++k)
    d_logits(0, k, 0, 0) += static_cast<float>(chosen * ((k == finding ? 1.0 : 0.0) - p[static_cast<std::size_t>(k)] / sum));
}

template<memory Memory>
std::vector<float> numbers_of(const view<float>& maps)
{
  std::vector<float> numbers(maps.shape.size());
  Memory::copy_out(maps.data, numbers.size(), numbers.data());
  return numbers;
}

template<backend Backend>
int part_named(const any_model<Backend>& net, const std::string& path)
{
  const int part = find_part(view_of(net.network().written), path);
  ensure(part != none, error_code::does_not_fit, [&] {
    return "'" + path + "' is not a part of " + net.network().name +
           "; `thorax summary` lists its parts, features is the usual one to explain";
  });
  return part;
}

}  // namespace detail

/// Runs the network once down and back up to the part, with inference statistics and no dropout.
///
/// throws:  error{does_not_fit} if there is no such part or finding
template<backend Backend>
part_gradient gradient_at(const any_model<Backend>& net, const tensor& seen, const std::string& path, int finding,
                          score_kind score = score_kind::logit)
{
  const draft& written = net.network().written;
  const int part = detail::part_named(net, path);
  ensure(extents_of(seen) == net.input(), error_code::does_not_fit, [&] {
    return "the network's input is " + detail::text_of(net.input()) + ", found a film of " +
           detail::text_of(extents_of(seen)) + "; preprocess it first";
  });
  const int findings = written.logits.shape.channels;
  ensure(finding >= 0 && finding < findings, error_code::does_not_fit, [&] {
    return "finding " + std::to_string(finding) + " was to be explained; " + net.network().name + " has " +
           std::to_string(findings) + " of them, counted from 0";
  });
  const training_plan made = for_training(written, {.boundary = written.parts[static_cast<std::size_t>(part)].last_op,
                                                    .batch_statistics = false,
                                                    .dropout = false,
                                                    .parameter_gradients = false,
                                                    .part = part});
  using memory_type = memory_of<Backend>;
  const placed_parameters<memory_type> parameters{view_of(made.plan), net.weights().pointers()};
  placed_floats folded;
  folded.grow_to<memory_type>(made.plan.folded_floats);
  for (const norm& rule : net.norms()) fold_running_statistics<Backend>(rule, parameters.pointers(), {}, folded.data());
  workspace space;
  const workers crew = space.prepare<memory_type>(made.plan.arena_floats,
                                                  scratch_floats<Backend>(view_of(made.plan)), &net.pool());
  const bindings bound{view_of(made.plan), 1, space.arena.data(), parameters.pointers(), folded.data()};
  memory_type::copy_in(seen.data(), seen.size(), bound.maps(made.plan.input).data);
  const training_bindings all{.forward = bound, .plan = made, .norms = net.norms(), .folded = folded.data()};
  const auto seed = [&](const view<const float>& logits, const view<float>& d_logits) {
    host_maps<memory_type, const float> said{logits};
    host_maps<memory_type, float> wanted{d_logits};
    detail::seed_gradient(*said, finding, score, written.ops.back().kind, *wanted);
    wanted.put_back();
  };
  run_training_plan<Backend, run_purpose::explanation>(all, crew, seed);
  return {made.part_out.shape, detail::numbers_of<memory_type>(bound.maps(made.part_out)),
          detail::numbers_of<memory_type>(bound.maps(made.part_gradient))};
}

}  // namespace thorax
