// SPDX-License-Identifier: MIT
//
// What it costs to check the whole of DenseNet201 and to plan it, and nothing else.

#include <thorax/networks/chest_network.hpp>  // chest_network
#include <thorax/plan/plan.hpp>               // inference_plan, arena_bytes

static_assert(thorax::chest_network::output_shape == thorax::extents{3, 1, 1});
static_assert(thorax::inference_plan<thorax::chest_network>.ops.size() > 200);
static_assert(thorax::arena_bytes<thorax::chest_network> > 0);
