// SPDX-License-Identifier: MIT

#include <thorax/plan/split_at_boundary.hpp>

#include <thorax/model/blueprint.hpp>
#include <thorax/train/freeze_boundary.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "support/tiny_network.hpp"

#include <string>
#include <vector>

using thorax::draft;
using thorax::op;
using thorax::op_kind;
using thorax::split_network;
using thorax::training_options;

namespace {

const draft& written()
{
  static const auto network = thorax::blueprint_of<tiny_network>();
  return network->written;
}

split_network split_from(const char* name)
{
  return split_at_boundary(written(), {.boundary = thorax::freeze_boundary(view_of(written()), name)});
}

std::vector<int> positions(const draft& half)
{
  std::vector<int> all;
  for (const op& step : half.ops) all.push_back(step.position);
  return all;
}

}  // namespace

TEST_CASE("every op is in one half, and nothing that trains in the frozen one", "[plan]")
{
  for (const op& first : written().ops) {
    if (first.weight == thorax::none && first.norm_before == thorax::none) continue;
    const training_options options{.boundary = first.position};
    const split_network made = split_at_boundary(written(), options);
    INFO("from op " << first.position);
    std::vector<int> found = positions(made.frozen);
    for (const op& step : made.frozen.ops) CHECK_FALSE(thorax::detail::changes(step, options));
    const std::vector<int> rest = positions(made.rest);
    found.insert(found.end(), rest.begin(), rest.end());
    std::sort(found.begin(), found.end());
    CHECK(found == positions(written()));
    CHECK(made.frozen.features == made.rest.features);
    for (const thorax::slice& maps : made.frozen.features) CHECK(made.frozen.buffer_of(maps).kept);
  }
}

TEST_CASE("the rest reads what it makes itself, and features", "[plan]")
{
  for (const char* name : {"classifier", "features.denseblock3", "features.denseblock4.denselayer2.conv2"}) {
    const split_network made = split_from(name);
    INFO("from " << name);
    for (std::size_t i = 0; i < made.rest.ops.size(); ++i) {
      int known = 0;
      const thorax::slice& in = made.rest.ops[i].in;
      const auto count = [&](const thorax::slice& maps) {
        if (overlap(maps, in)) known += maps.shape.channels;
      };
      for (const thorax::slice& maps : made.rest.features) count(maps);
      for (std::size_t above = 0; above < i; ++above) count(made.rest.ops[above].out);
      CHECK(known >= in.shape.channels);
    }
  }
}

TEST_CASE("the features of a head are the means that it begins with", "[plan]")
{
  const split_network made = split_from("classifier");
  REQUIRE(made.rest.features.size() == 1);
  CHECK(made.rest.features[0].shape.pixels() == 1);
  CHECK(made.frozen.ops.back().kind == op_kind::global_average_pool);
  CHECK(made.rest.input.buffer == thorax::none);
}

TEST_CASE("in the middle of a block the features are its channels so far, and what the layer that trains reads",
          "[plan]")
{
  const split_network made = split_from("features.denseblock4.denselayer2.conv2");
  REQUIRE(made.rest.features.size() == 2);
  for (const thorax::slice& maps : made.rest.features) CHECK(maps.shape.height == 2);  // of a film of 64 pixels
}

TEST_CASE("where everything trains, the film is the features", "[plan]")
{
  const split_network made = split_from("everything");
  CHECK(made.frozen.ops.empty());
  REQUIRE(made.rest.features.size() == 1);
  CHECK(made.rest.features[0] == written().input);
  CHECK(made.rest.input == written().input);
  CHECK(made.rest.ops.size() == written().ops.size());
}

TEST_CASE("dropout behind the boundary changes its maps where it drops", "[plan]")
{
  const int boundary = thorax::freeze_boundary(view_of(written()), "classifier");
  const auto has_dropout = [](const draft& half) {
    for (const op& step : half.ops)
      if (step.kind == op_kind::dropout) return true;
    return false;
  };
  REQUIRE(has_dropout(written()));
  CHECK(has_dropout(split_at_boundary(written(), {.boundary = boundary}).rest));
  CHECK_FALSE(has_dropout(split_at_boundary(written(), {.boundary = boundary}).frozen));
}

TEST_CASE("a boundary behind all weights is refused", "[plan]")
{
  CHECK(refuses(thorax::error_code::does_not_fit, "freeze less", [] {
    split_at_boundary(written(), {.boundary = static_cast<int>(written().ops.size())});
  }));
}
