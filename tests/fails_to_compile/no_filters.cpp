// SPDX-License-Identifier: MIT
//
// A convolution to no channels.
//
// expect: thorax: a parameter of this layer is out of range
// expect: parameter_is_out_of_range<thorax::conv2d<0, thorax::kernel<3>

#include <thorax/graph/network.hpp>
#include <thorax/layers/conv2d.hpp>

struct empty : thorax::network<thorax::input<3, 16, 16>, thorax::conv2d<0, thorax::kernel<3>>> {};
