// SPDX-License-Identifier: MIT
//
// Dropout that leaves nothing.
//
// expect: thorax: a parameter of this layer is out of range
// expect: parameter_is_out_of_range<thorax::dropout<thorax::percent<100

#include <thorax/graph/network.hpp>
#include <thorax/layers/dropout.hpp>

struct silent : thorax::network<thorax::input<8, 1, 1>, thorax::dropout<thorax::percent<100>>> {};
