// SPDX-License-Identifier: MIT
//
// A pooling window of 4x4 finds no place in maps of 3x3.
//
// expect: thorax: a layer cannot take the tensor that arrives at it
// expect: layer_refuses_what_arrives<.*average_pool<thorax::kernel<4>, thorax::stride<4>
// expect: extents.*8, 3, 3

#include <thorax/graph/network.hpp>
#include <thorax/layers/average_pool.hpp>
#include <thorax/layers/conv2d.hpp>

using namespace thorax;

struct shrink : chain<conv2d<8, kernel<3>, stride<8>>, average_pool<kernel<4>, stride<4>>> {};

struct net : network<input<3, 24, 24>, shrink> {};
