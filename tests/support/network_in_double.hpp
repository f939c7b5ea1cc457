// SPDX-License-Identifier: MIT
//
// network_in_double: a network's ops exactly as written, run one by one by the reference backend in double,
// each buffer in memory of its own. No pass, no arena, nothing recomputed: what plans are compared with.

#pragma once

#include <thorax/backend/reference/reference.hpp>  // reference
#include <thorax/plan/draft.hpp>                   // draft

#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <limits>
#include <span>
#include <vector>

namespace thorax::tests {

class network_in_double {
public:
  static constexpr int never = std::numeric_limits<int>::max();

  /// Parameters in the order of the draft, which must live as long.
  network_in_double(const draft& written, std::span<const float> numbers, double default_epsilon = 1e-5)
    : parameters(numbers.begin(), numbers.end()), written_{written}, epsilon_{default_epsilon}
  {
  }

  std::vector<double> parameters;  ///< may be changed between runs
  int batch_from{never};           ///< norms from this position on use their batch's statistics
  const random_stream* lots{};     ///< of dropout
  int drop_from{never};            ///< dropout from this position on drops

  /// Fills the input and runs all ops.
  void run(std::span<const float> samples, int count)
  {
    count_ = count;
    buffers_.clear();
    for (const buffer& each : written_.buffers)
      buffers_.emplace_back(static_cast<std::size_t>(count) * each.shape.size(), std::numeric_limits<double>::quiet_NaN());
    auto& input = buffers_[static_cast<std::size_t>(written_.input.buffer)];
    input.assign(samples.begin(), samples.end());
    run_from(0);
  }

  /// Runs the ops from this position on; what stands before them stays as it is, or as it was changed.
  void run_from(int position)
  {
    for (const op& step : written_.ops)
      if (step.position >= position) run(step);
  }

  [[nodiscard]] view<double> maps(const slice& of)
  {
    auto& home = buffers_[static_cast<std::size_t>(of.buffer)];
    const extents whole = written_.buffers[static_cast<std::size_t>(of.buffer)].shape;
    return {home.data() + static_cast<std::size_t>(of.first_channel) * of.shape.pixels(), count_, of.shape,
            static_cast<std::ptrdiff_t>(whole.size())};
  }

  /// returns:  those maps as one sequence, sample by sample
  [[nodiscard]] std::vector<double> numbers(const slice& of)
  {
    const view<double> seen = maps(of);
    std::vector<double> all;
    for (int n = 0; n < seen.samples; ++n) all.insert(all.end(), seen.sample(n), seen.sample(n) + seen.shape.size());
    return all;
  }

  [[nodiscard]] double loss(std::span<const int> findings, std::span<const float> weights, float smoothing = 0)
  {
    const std::vector<double> exact(weights.begin(), weights.end());
    return reference::weighted_cross_entropy<double>({}, maps(written_.logits), findings, exact, smoothing, {}, {});
  }

private:
  [[nodiscard]] const double* at(int number) const
  {
    if (number == none) return nullptr;
    return parameters.data() + written_.parameters[static_cast<std::size_t>(number)].offset;
  }

  activation_rule<double> rule_before(const op& step)
  {
    if (step.norm_before == none) return {nullptr, nullptr, step.relu_before};
    const norm& rule = written_.norms[static_cast<std::size_t>(step.norm_before)];
    const auto channels = static_cast<std::size_t>(rule.channels);
    std::vector<double> mean(at(rule.first_parameter + 2), at(rule.first_parameter + 2) + channels);
    std::vector<double> variance(at(rule.first_parameter + 3), at(rule.first_parameter + 3) + channels);
    if (step.position >= batch_from)
      reference::channel_statistics<double>({}, maps(step.in), mean.data(), variance.data());
    scale_.resize(channels);
    shift_.resize(channels);
    const double epsilon = rule.epsilon_is_default ? epsilon_ : rule.epsilon;
    reference::fold_norm({}, rule.channels, at(rule.first_parameter), at(rule.first_parameter + 1), mean.data(),
                         variance.data(), epsilon, scale_.data(), shift_.data());
    return {scale_.data(), shift_.data(), step.relu_before};
  }

  void run(const op& step)
  {
    const activation_rule<double> before = rule_before(step);
    const view<double> in = maps(step.in);
    const view<double> out = maps(step.out);
    switch (step.kind) {
      case op_kind::convolution:
        return reference::convolution({}, in, before, at(step.weight), step.moving, {}, out);
      case op_kind::linear: return reference::linear({}, in, before, at(step.weight), {nullptr, at(step.bias)}, out);
      case op_kind::max_pool: return reference::max_pool({}, in, before, step.moving, out);
      case op_kind::average_pool: return reference::average_pool({}, in, before, step.moving, out);
      case op_kind::global_average_pool: return reference::global_average_pool({}, in, before, out);
      case op_kind::activation: return reference::activation({}, in, before, out);
      case op_kind::softmax: return reference::softmax({}, in, before, out);
      case op_kind::sigmoid: return reference::sigmoid({}, in, before, out);
      case op_kind::dropout:
        if (step.position < drop_from) return reference::activation({}, in, before, out);
        return reference::dropout({}, in, before, step.rate, *lots / static_cast<std::uint64_t>(step.position), out);
    }
  }

  const draft& written_;
  double epsilon_;
  int count_{};
  std::vector<std::vector<double>> buffers_;
  std::vector<double> scale_;
  std::vector<double> shift_;
};

}  // namespace thorax::tests
