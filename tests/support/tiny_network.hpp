// SPDX-License-Identifier: MIT
//
// tiny_network: a DenseNet with all the parts of the large ones, small enough to be checked number by number.

#pragma once

#include <thorax/networks/chest_network.hpp>

struct tiny_features : thorax::features_part, thorax::chain<
    thorax::stem<8>,
    thorax::dense_block<2, thorax::growth<4>>, thorax::transition,
    thorax::dense_block<2, thorax::growth<4>>, thorax::transition,
    thorax::dense_block<2, thorax::growth<4>>, thorax::transition,
    thorax::dense_block<2, thorax::growth<4>>, thorax::last_norm, thorax::relu> {
  static constexpr std::string_view architecture = "tiny";
  static constexpr std::string_view chest_architecture = "tiny";
};

struct tiny_network : thorax::chest_classifier<tiny_features, 64> {};
