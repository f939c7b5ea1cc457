// SPDX-License-Identifier: MIT
//
// A model on a backend that has no kernels: the concept names what is missing.
//
// expect: empty_backend
// expect: constraints not satisfied|constraint failure
// expect: chosen.predictor

#include <thorax/model/model.hpp>
#include <thorax/networks/chest_network.hpp>

struct empty_backend {
  static constexpr std::string_view name = "empty";
  int threads{1};
};

struct never : thorax::model<thorax::chest_network, empty_backend> {};
