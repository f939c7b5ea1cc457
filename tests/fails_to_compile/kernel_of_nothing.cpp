// SPDX-License-Identifier: MIT
//
// A window without pixels.
//
// expect: thorax: a parameter of this layer is out of range
// expect: parameter_is_out_of_range<thorax::max_pool<thorax::kernel<0>

#include <thorax/graph/network.hpp>
#include <thorax/layers/max_pool.hpp>

struct windowless
  : thorax::network<thorax::input<3, 16, 16>,
                    thorax::max_pool<thorax::kernel<0>, thorax::stride<2>, thorax::padding<0>>> {};
