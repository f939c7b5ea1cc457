// SPDX-License-Identifier: MIT
//
// A dense block of no layers.
//
// expect: thorax: a parameter of this layer is out of range
// expect: parameter_is_out_of_range<thorax::dense_block<0

#include <thorax/graph/network.hpp>
#include <thorax/networks/densenet.hpp>

struct blockless : thorax::network<thorax::input<64, 16, 16>, thorax::dense_block<0>> {};
