// SPDX-License-Identifier: MIT
//
// Seventeen channels cannot be halved.
//
// expect: thorax: a layer cannot take the tensor that arrives at it
// expect: layer_refuses_what_arrives<thorax::halve_channels, thorax::transition, 2, (thorax::)?extents\{17, 32, 32\}>

#include <thorax/graph/network.hpp>
#include <thorax/networks/densenet.hpp>

struct odd : thorax::network<thorax::input<17, 32, 32>, thorax::transition> {};
