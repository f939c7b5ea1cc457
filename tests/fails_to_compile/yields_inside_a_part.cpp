// SPDX-License-Identifier: MIT
//
// The broken promise stands inside a part of a part; the message names that part.
//
// expect: thorax: yields<channels, height, width> is not what the layers above it produce
// expect: yields_is_not_what_arrives<thorax::yields<8, 16, 16>, inner, 1,

#include <thorax/graph/network.hpp>
#include <thorax/graph/yields.hpp>
#include <thorax/layers/conv2d.hpp>
#include <thorax/layers/relu.hpp>

struct inner : thorax::chain<thorax::conv2d<16, thorax::kernel<3>>, thorax::yields<8, 16, 16>> {};
struct outer : thorax::chain<thorax::relu, inner> {};
struct nested : thorax::network<thorax::input<3, 16, 16>, outer> {};
