// SPDX-License-Identifier: MIT
//
// The body of an append refuses what arrives; the message goes down to the layer at fault.
//
// expect: thorax: a layer cannot take the tensor that arrives at it
// expect: layer_refuses_what_arrives<thorax::linear<4>, .*extents\{6, 8, 8\}>

#include <thorax/graph/append.hpp>
#include <thorax/graph/network.hpp>
#include <thorax/layers/linear.hpp>
#include <thorax/layers/relu.hpp>

struct body_at_fault : thorax::append<thorax::relu, thorax::linear<4>> {};
struct wrong : thorax::network<thorax::input<6, 8, 8>, body_at_fault> {};
