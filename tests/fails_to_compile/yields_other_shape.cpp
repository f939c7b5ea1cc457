// SPDX-License-Identifier: MIT
//
// A promise that the layers above it do not keep: one dense layer too few.
//
// expect: thorax: yields<channels, height, width> is not what the layers above it produce
// expect: yields_is_not_what_arrives<.*extents\{256, 75, 75\}, (thorax::)?extents\{224, 75, 75\}>

#include <thorax/networks/densenet.hpp>
#include <thorax/graph/network.hpp>
#include <thorax/graph/yields.hpp>

struct features : thorax::chain<thorax::stem<64>, thorax::dense_block<5>, thorax::yields<256, 75, 75>> {};
struct promised : thorax::network<thorax::input<3, 300, 300>, features> {};
