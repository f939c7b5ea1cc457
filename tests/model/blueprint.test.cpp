// SPDX-License-Identifier: MIT

#include <thorax/model/blueprint.hpp>

#include <thorax/base/error.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <memory>

using namespace thorax;

namespace {

struct nameless_network : network<input<1, 8, 8>, conv2d<2, kernel<3>>, yields<2, 8, 8>> {};

}  // namespace

TEST_CASE("a network is named by its architecture, or by its type", "[model]")
{
  CHECK(architecture_of<tiny_network>() == "tiny");
  CHECK(architecture_of<chest_network>() == "chest_network");
  CHECK(architecture_of<nameless_network>() == "nameless_network");
}

TEST_CASE("a blueprint holds the compiler's plan and the ops as written", "[model]")
{
  const std::shared_ptr<const blueprint> made = blueprint_of<tiny_network>();
  CHECK(made->name == "tiny");
  CHECK(made->predicting.ops.data() == inference_plan<tiny_network>.ops.data());
  CHECK(made->own.ops.empty());
  CHECK(made->written.ops.size() > made->predicting.ops.size());
  CHECK(made->written.parameter_floats == made->predicting.parameter_floats);
  CHECK(made->written.input.shape == extents{3, 64, 64});
}

TEST_CASE("a blueprint for films of another size is planned when it is asked for", "[model]")
{
  const std::shared_ptr<const blueprint> usual = blueprint_of<tiny_network>();
  const std::shared_ptr<const blueprint> wide = blueprint_of<tiny_network>({3, 64, 96});
  CHECK(wide->name == "tiny");
  CHECK(wide->predicting.ops.data() == wide->own.ops.data());
  CHECK(wide->predicting.input.shape == extents{3, 64, 96});
  CHECK(wide->predicting.output.shape == extents{3, 1, 1});
  CHECK(wide->predicting.arena_floats > usual->predicting.arena_floats);
  CHECK(wide->predicting.parameter_floats == usual->predicting.parameter_floats);

  // Planned now or by the compiler, the same size gives the same plan.
  const std::shared_ptr<const blueprint> same = blueprint_of<tiny_network>({3, 64, 64});
  CHECK(same->predicting.arena_floats == usual->predicting.arena_floats);
  CHECK(std::equal(same->predicting.ops.begin(), same->predicting.ops.end(), usual->predicting.ops.begin(),
                   usual->predicting.ops.end(), [](const op& a, const op& b) {
                     return a.kind == b.kind && a.in == b.in && a.out == b.out && a.weight == b.weight &&
                            a.norm_before == b.norm_before && a.norm_after == b.norm_after &&
                            a.relu_before == b.relu_before && a.relu_after == b.relu_after;
                   }));
}

TEST_CASE("a network may be planned without a pass, to see what that brings", "[model]")
{
  const auto all = blueprint_of("tiny", lowered<tiny_network>());
  const auto apart = blueprint_of("tiny", lowered<tiny_network>(), {.fuse_pools = false});
  CHECK(all->predicting.ops.size() == blueprint_of<tiny_network>()->predicting.ops.size());
  CHECK(apart->predicting.ops.size() == all->predicting.ops.size() + 4);
}

TEST_CASE("a network refuses films that it cannot take", "[model]")
{
  CHECK(refuses(error_code::does_not_fit, "cannot take", [] { blueprint_of<tiny_network>({3, 8, 8}); }));
  CHECK(refuses(error_code::does_not_fit, "cannot take", [] { blueprint_of<nameless_network>({1, 9, 8}); }));
}
