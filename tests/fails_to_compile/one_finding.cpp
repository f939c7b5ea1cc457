// SPDX-License-Identifier: MIT
//
// A classifier with nothing to choose from.
//
// expect: thorax: a classifier needs at least two findings

#include <thorax/networks/chest_network.hpp>

struct net : thorax::chest_network_at<64, 1> {};
