// SPDX-License-Identifier: MIT
//
// A chest network for films of 32x32.
//
// expect: thorax: a chest network needs films of at least 64x64 pixels

#include <thorax/networks/chest_network.hpp>

struct net : thorax::chest_network_at<32> {};
