// SPDX-License-Identifier: MIT
//
// xrv_densenet121: the network of torchxrayvision, whose weights have seen hundreds of thousands of chest films.

#pragma once

#include <thorax/graph/named.hpp>                 // named
#include <thorax/graph/network.hpp>               // network, input
#include <thorax/layers/global_average_pool.hpp>  // global_average_pool
#include <thorax/layers/linear.hpp>               // linear
#include <thorax/layers/sigmoid.hpp>              // sigmoid
#include <thorax/networks/densenet.hpp>           // densenet121_features

#include <array>
#include <string_view>

namespace thorax {

/// One gray channel with numbers from -1024 to 1024 (`xrv_preprocessing`), and 18 findings that do not exclude each
/// other. What the weights file calls `op_threshs`, a calibration behind the sigmoid, is no part of it.
///
/// see:  Cohen et al. 2022, "TorchXRayVision: A library of chest X-ray datasets and models"
struct xrv_densenet121 : network<input<1, 224, 224>, densenet121_features, global_average_pool,
                                 named<"classifier", linear<18>>, sigmoid> {
  static constexpr std::string_view architecture = "xrv_densenet121";

  /// torchxrayvision's `default_pathologies`, in the order of the outputs.
  static constexpr std::array<std::string_view, 18> findings{
    "Atelectasis",  "Consolidation", "Infiltration",       "Pneumothorax", "Edema",       "Emphysema",
    "Fibrosis",     "Effusion",      "Pneumonia",          "Pleural_Thickening", "Cardiomegaly", "Nodule",
    "Mass",         "Hernia",        "Lung Lesion",        "Fracture",     "Lung Opacity", "Enlarged Cardiomediastinum"};
};

}  // namespace thorax
