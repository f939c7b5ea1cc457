// SPDX-License-Identifier: MIT
//
// The third repetition finds an odd number of channels; the message names the layer and what arrived.
//
// expect: thorax: a layer cannot take the tensor that arrives at it
// expect: layer_refuses_what_arrives<thorax::halve_channels, halving, 2, (thorax::)?extents\{3, 8, 8\}>

#include <thorax/graph/network.hpp>
#include <thorax/graph/repeat.hpp>
#include <thorax/layers/halve_channels.hpp>

struct halving : thorax::repeat<4, thorax::halve_channels> {};
struct narrow : thorax::network<thorax::input<12, 8, 8>, halving> {};
