// SPDX-License-Identifier: MIT
//
// chest_network: DenseNet201 at 300x300 with a small head that tells three findings apart.

#pragma once

#include <thorax/graph/network.hpp>               // network, input
#include <thorax/layers/dropout.hpp>              // dropout
#include <thorax/layers/global_average_pool.hpp>  // global_average_pool
#include <thorax/layers/linear.hpp>               // linear
#include <thorax/layers/softmax.hpp>              // softmax
#include <thorax/networks/densenet.hpp>           // densenet201_features

namespace thorax {

/// Pooled features to probabilities. Its batch norm has Keras' default epsilon, unlike the backbone.
template<int Findings>
struct chest_head : chain<global_average_pool,
                          batch_norm_with<epsilon<1, 1000>>,
                          linear<512>, relu, dropout<percent<50>>,
                          linear<Findings>, softmax> {
  static constexpr std::string_view word = "classifier";
};

/// Any feature extractor under that head, for square films of Size pixels.
template<class Features, int Size = 300, int Findings = 3>
struct chest_classifier : network<input<3, Size, Size>, Features, chest_head<Findings>> {
  static_assert(Size >= 64, "thorax: a chest network needs films of at least 64x64 pixels");
  static_assert(Findings >= 2, "thorax: a classifier needs at least two findings");
  using features = Features;
  using head = chest_head<Findings>;
  static constexpr std::string_view architecture = Features::chest_architecture;
};

template<int Size, int Findings = 3>
struct chest_network_at : chest_classifier<densenet201_features, Size, Findings> {};

struct chest_network : chest_network_at<300> {};

}  // namespace thorax
