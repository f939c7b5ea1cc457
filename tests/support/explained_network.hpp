// SPDX-License-Identifier: MIT
//
// explained_network: the tiny network for films of 96x64, so that its last maps have 3x2 cells, and what its
// head makes of them worked out by hand, in double.

#pragma once

#include <thorax/model/model.hpp>  // any_model

#include "support/network_in_double.hpp"
#include "support/random_weights.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>  // copy
#include <cmath>      // sqrt
#include <cstddef>    // size_t
#include <memory>
#include <string>
#include <vector>

namespace thorax::tests {

class explained_network {
public:
  explicit explained_network(std::uint64_t seed = 4)
    : network_{blueprint_of<tiny_network>({3, 96, 64})}, parameters_{random_weights(network_->predicting, seed)},
      seen_({3, 96, 64})
  {
    const std::vector<float> pixels = random_pixels(seen_.size(), seed + 1);
    std::copy(pixels.begin(), pixels.end(), seen_.begin());
    network_in_double exact{network_->written, parameters_};
    exact.run(pixels, 1);
    const slice maps = network_->written.parts[static_cast<std::size_t>(find_part(view_of(network_->written), "features"))].out;
    shape_ = maps.shape;
    maps_ = exact.numbers(maps);
  }

  template<backend Backend>
  [[nodiscard]] any_model<Backend> on(Backend chosen) const
  {
    return {network_, std::make_shared<const network_weights>(network_->predicting, parameters_, metadata_of(*network_)),
            chosen};
  }

  [[nodiscard]] const tensor& seen() const { return seen_; }
  [[nodiscard]] const std::vector<float>& parameters() const { return parameters_; }

  /// What the last ReLU makes of the film.
  [[nodiscard]] extents features() const { return shape_; }
  [[nodiscard]] const std::vector<double>& feature_maps() const { return maps_; }

  /// d logit / d maps[c] in any cell: 1 / cells · gamma[c] / sqrt(variance[c] + 1e-3) · Σ over j of
  /// W1[j, c] · [hidden[j] > 0] · W2[finding, j].
  [[nodiscard]] std::vector<double> gradient_by_channel(int finding) const
  {
    const std::vector<double> hidden = hidden_units();
    const std::vector<double> slopes = head_slopes();
    const float* const first = at("classifier.linear1.weight");
    const float* const second = at("classifier.linear2.weight") + static_cast<std::size_t>(finding) * hidden.size();
    std::vector<double> gradient(slopes.size());
    for (std::size_t c = 0; c < slopes.size(); ++c) {
      for (std::size_t j = 0; j < hidden.size(); ++j)
        if (hidden[j] > 0) gradient[c] += double{first[j * slopes.size() + c]} * double{second[j]};
      gradient[c] *= slopes[c] / static_cast<double>(shape_.pixels());
    }
    return gradient;
  }

  [[nodiscard]] std::vector<double> gradient_by_hand(int finding) const
  {
    std::vector<double> all;
    for (const double gradient : gradient_by_channel(finding)) all.insert(all.end(), shape_.pixels(), gradient);
    return all;
  }

private:
  [[nodiscard]] const float* at(const std::string& name) const
  {
    const int number = find_parameter(network_->predicting, name);
    return parameters_.data() + network_->predicting.parameters[static_cast<std::size_t>(number)].offset;
  }

  [[nodiscard]] std::vector<double> head_slopes() const
  {
    const float* const gamma = at("classifier.norm.weight");
    const float* const variance = at("classifier.norm.running_var");
    std::vector<double> slopes(static_cast<std::size_t>(shape_.channels));
    for (std::size_t c = 0; c < slopes.size(); ++c) slopes[c] = double{gamma[c]} / std::sqrt(double{variance[c]} + 1e-3);
    return slopes;
  }

  /// The pooled maps behind the head's norm.
  [[nodiscard]] std::vector<double> normalized_means() const
  {
    const float* const center = at("classifier.norm.running_mean");
    const float* const beta = at("classifier.norm.bias");
    std::vector<double> normalized = head_slopes();
    const std::size_t cells = shape_.pixels();
    for (std::size_t c = 0; c < normalized.size(); ++c) {
      double mean = 0;
      for (std::size_t i = 0; i < cells; ++i) mean += maps_[c * cells + i] / static_cast<double>(cells);
      normalized[c] = (mean - double{center[c]}) * normalized[c] + double{beta[c]};
    }
    return normalized;
  }

  /// What the first linear layer makes of them, before its ReLU.
  [[nodiscard]] std::vector<double> hidden_units() const
  {
    const std::vector<double> normalized = normalized_means();
    const float* const weight = at("classifier.linear1.weight");
    const float* const bias = at("classifier.linear1.bias");
    std::vector<double> hidden(512);
    for (std::size_t j = 0; j < hidden.size(); ++j) {
      hidden[j] = double{bias[j]};
      for (std::size_t c = 0; c < normalized.size(); ++c)
        hidden[j] += double{weight[j * normalized.size() + c]} * normalized[c];
    }
    return hidden;
  }

  std::shared_ptr<const blueprint> network_;
  std::vector<float> parameters_;
  tensor seen_;
  extents shape_{};
  std::vector<double> maps_;
};

}  // namespace thorax::tests
