// SPDX-License-Identifier: MIT
//
// A linear layer reads maps that still have height and width.
//
// expect: thorax: a layer cannot take the tensor that arrives at it
// expect: layer_refuses_what_arrives<thorax::linear<3>, head, 0
// expect: extents.*1920, 9, 9

#include <thorax/graph/network.hpp>
#include <thorax/layers/linear.hpp>
#include <thorax/layers/softmax.hpp>
#include <thorax/networks/densenet.hpp>

struct head : thorax::chain<thorax::linear<3>, thorax::softmax> {};

struct classifier : thorax::network<thorax::input<3, 300, 300>, thorax::densenet201_features, head> {};
