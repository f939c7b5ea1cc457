// SPDX-License-Identifier: MIT
//
// imported_networks: the tiny networks whose weights tests/golden/weights_golden.py wrote with other programs, and the
// numbers that they hold.

#pragma once

#include <thorax/model/blueprint.hpp>         // blueprint_of
#include <thorax/networks/chest_network.hpp>  // chest_classifier, densenet
#include <thorax/layers/sigmoid.hpp>          // sigmoid
#include <thorax/plan/names.hpp>              // name_of

#include "support/golden_weights.hpp"

#include <algorithm>  // copy_n
#include <cstddef>    // size_t
#include <memory>     // shared_ptr
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tests {

template<int First>
struct imported_features : features_part, chain<stem<4>, dense_block<First, growth<2>>,
                                                named<"transition1", transition>,  // an only one has no number of its own
                                                dense_block<1, growth<2>>, last_norm, relu> {
  static constexpr std::string_view architecture = "imported";
  static constexpr std::string_view chest_architecture = "imported_chest";
};

using plain_network = densenet<imported_features<1>, 76, 5>;
using deep_network = densenet<imported_features<4>, 76, 5>;
using imported_chest_network = chest_classifier<imported_features<1>, 76, 3>;

struct xray_network : network<input<1, 76, 76>, imported_features<1>, global_average_pool,
                              named<"classifier", linear<18>>, sigmoid> {
  static constexpr std::string_view architecture = "imported_xray";
};

/// returns:  the blueprint of one of the script's sets: plain, deep, chest, xray
inline std::shared_ptr<const blueprint> imported_network(const std::string& set)
{
  if (set == "plain") return blueprint_of<plain_network>();
  if (set == "deep") return blueprint_of<deep_network>();
  return set == "chest" ? blueprint_of<imported_chest_network>() : blueprint_of<xray_network>();
}

/// returns:  what the set's files hold: faint features under a usual head
inline std::vector<float> imported_numbers(const plan_view& plan)
{
  std::vector<float> numbers = golden_weights(plan, golden_weight_kind::faint);
  const std::vector<float> usual = golden_weights(plan);
  for (const parameter& each : plan.parameters)
    if (!name_of(plan, each).starts_with("features."))
      std::copy_n(usual.data() + each.offset, each.size(), numbers.data() + each.offset);
  return numbers;
}

inline const std::string imported_folder = "tests/data/files/weights/";

}  // namespace thorax::tests
