// SPDX-License-Identifier: MIT
//
// The body of an append halves height and width, so its channels do not fit behind the input's.
//
// expect: thorax: append needs a body that keeps height and width
// expect: body_changes_height_or_width<shrinking,.*extents\{64, 32, 32\}, (thorax::)?extents\{16, 16, 16\}>

#include <thorax/graph/append.hpp>
#include <thorax/graph/network.hpp>
#include <thorax/layers/conv2d.hpp>

struct shrinking : thorax::append<thorax::conv2d<16, thorax::kernel<3>, thorax::stride<2>>> {};
struct network : thorax::network<thorax::input<64, 32, 32>, shrinking> {};
