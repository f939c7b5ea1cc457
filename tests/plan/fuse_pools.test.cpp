// SPDX-License-Identifier: MIT

#include <thorax/plan/fuse_pools.hpp>

#include <thorax/plan/names.hpp>
#include <thorax/plan/plan.hpp>

#include "support/catch.hpp"
#include "support/plan_rules.hpp"
#include "support/tiny_network.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace thorax;
using namespace thorax::tests;

namespace {

using halves = average_pool<kernel<2>, stride<2>>;
using largest = max_pool<kernel<3>, stride<2>, padding<1>>;

struct squeezed : network<input<6, 5, 4>, halves, halve_channels> {};
struct overlapping : network<input<6, 5, 4>, average_pool<kernel<3>, stride<1>>, halve_channels> {};
struct into_three_by_three : network<input<6, 5, 4>, halves, conv2d<3, kernel<3>>> {};
struct into_every_second : network<input<6, 8, 8>, halves, conv2d<3, kernel<1>, stride<2>>> {};
struct into_relu : network<input<6, 5, 4>, halves, relu, halve_channels> {};

struct stem_like : network<input<3, 9, 8>, conv2d<4, kernel<3>, stride<2>>, relu, largest> {};
struct mean_of_convolved : network<input<3, 9, 8>, conv2d<4, kernel<3>>, halves> {};
struct two_means : network<input<6, 9, 8>, halves, halves, halve_channels> {};
struct two_maxima : network<input<3, 9, 8>, conv2d<4, kernel<3>>, largest, largest> {};
struct both : network<input<6, 9, 8>, halves, halve_channels, largest> {};

draft ready(draft written)
{
  return move_into_readers(fold_into_producers(join_norm_and_relu(elide_copies(std::move(written)))));
}

template<class Network>
draft with_means()
{
  return means_into_convolutions(ready(lowered<Network>()));
}

template<class Network>
draft with_maxima()
{
  return maxima_into_convolutions(ready(lowered<Network>()));
}

}  // namespace

TEST_CASE("a 1x1 convolution that alone reads a mean forms it itself", "[plan]")
{
  const draft written = lowered<squeezed>();
  const draft plan = means_into_convolutions(written);
  REQUIRE(plan.ops.size() == 1);
  const op& conv = plan.ops[0];
  CHECK(conv.kind == op_kind::convolution);
  CHECK(conv.mean_before == window{2, 2, 0});
  CHECK(conv.moving == each_pixel);
  CHECK(conv.in == plan.input);
  CHECK(conv.out == written.output);
  CHECK(conv.weight == written.ops[1].weight);
  CHECK(conv.macs() == written.ops[1].macs());
  CHECK(conv.convolved() == extents{3, 2, 2});
  CHECK(all_slices_are_inside(view_of(plan)));
}

TEST_CASE("what the mean did as it read, the convolution does", "[plan]")
{
  draft written = lowered<squeezed>();
  written.ops[0].norm_before = written.new_norm(6, 1e-5, true);
  written.ops[0].relu_before = true;
  const draft plan = means_into_convolutions(written);
  REQUIRE(plan.ops.size() == 1);
  CHECK(plan.ops[0].norm_before == 0);
  CHECK(plan.ops[0].relu_before);
}

TEST_CASE("a mean stays a step of its own before what is no 1x1 convolution at every pixel", "[plan]")
{
  CHECK(with_means<squeezed>().ops.size() == 1);
  CHECK(with_means<overlapping>().ops.size() == 1);
  CHECK(with_means<into_three_by_three>().ops.size() == 2);
  CHECK(with_means<into_every_second>().ops.size() == 2);
  CHECK(with_means<into_relu>().ops.size() == 2);  // the convolution has a ReLU of its own to apply to the mean
  CHECK(with_means<mean_of_convolved>().ops.size() == 2);
}

TEST_CASE("a mean with a rim is not fused", "[plan]")
{
  draft written = lowered<squeezed>();
  written.ops[0].moving.padding = 1;
  CHECK(means_into_convolutions(written).ops.size() == 2);
}

TEST_CASE("means that somebody else reads, or wants to keep, are still made", "[plan]")
{
  draft kept = lowered<squeezed>();
  kept.buffer_of(kept.ops[0].out).kept = true;
  CHECK(means_into_convolutions(kept).ops.size() == 2);
  draft read_twice = lowered<squeezed>();
  read_twice.emit({.kind = op_kind::softmax, .in = read_twice.ops[0].out, .out = read_twice.new_buffer({6, 2, 2})});
  CHECK(means_into_convolutions(read_twice).ops.size() == 3);
}

TEST_CASE("a convolution that only a maximum reads writes the maxima", "[plan]")
{
  const draft written = ready(lowered<stem_like>());
  REQUIRE(written.ops.size() == 2);
  const draft plan = maxima_into_convolutions(written);
  REQUIRE(plan.ops.size() == 1);
  const op& conv = plan.ops[0];
  CHECK(conv.kind == op_kind::convolution);
  CHECK(conv.max_after == window{3, 2, 1});
  CHECK(conv.relu_after);
  CHECK(conv.in == plan.input);
  CHECK(conv.out == written.output);
  CHECK(conv.convolved() == extents{4, 5, 4});
  CHECK(conv.out.shape == extents{4, 3, 2});
  CHECK(conv.macs() == written.ops[0].macs());
  CHECK(all_slices_are_inside(view_of(plan)));
}

TEST_CASE("a maximum of what is activated only as it is read stays a step of its own", "[plan]")
{
  draft written = ready(lowered<stem_like>());
  written.ops[1].relu_before = true;
  CHECK(maxima_into_convolutions(written).ops.size() == 2);
  written.ops[1].relu_before = false;
  CHECK(maxima_into_convolutions(written).ops.size() == 1);
}

TEST_CASE("a convolution writes maxima only, not means, and no maxima of what it read as means", "[plan]")
{
  CHECK(with_maxima<mean_of_convolved>().ops.size() == 2);
  const draft plan = maxima_into_convolutions(with_means<both>());
  REQUIRE(plan.ops.size() == 2);
  CHECK(plan.ops[0].mean_before == window{2, 2, 0});
  CHECK(plan.ops[0].max_after == each_pixel);
  CHECK(plan.ops[1].kind == op_kind::max_pool);
}

TEST_CASE("of two pools in a row the convolution takes its neighbor, however often the passes run", "[plan]")
{
  draft plan = with_means<two_means>();
  for (int i = 0; i < 2; ++i) {
    REQUIRE(plan.ops.size() == 2);
    CHECK(plan.ops[0].kind == op_kind::average_pool);
    CHECK(plan.ops[1].mean_before == window{2, 2, 0});
    CHECK(plan.ops[1].convolved() == extents{3, 2, 2});
    plan = means_into_convolutions(std::move(plan));
  }
  plan = with_maxima<two_maxima>();
  for (int i = 0; i < 2; ++i) {
    REQUIRE(plan.ops.size() == 2);
    CHECK(plan.ops[0].max_after == window{3, 2, 1});
    CHECK(plan.ops[0].out.shape == extents{4, 5, 4});
    CHECK(plan.ops[1].kind == op_kind::max_pool);
    plan = maxima_into_convolutions(std::move(plan));
  }
}

TEST_CASE("what a convolution makes for somebody else besides, or to be kept, is still made", "[plan]")
{
  draft kept = ready(lowered<stem_like>());
  kept.buffer_of(kept.ops[0].out).kept = true;
  CHECK(maxima_into_convolutions(kept).ops.size() == 2);
  draft read_twice = ready(lowered<stem_like>());
  read_twice.emit({.kind = op_kind::softmax, .in = read_twice.ops[0].out, .out = read_twice.new_buffer({4, 5, 4})});
  CHECK(maxima_into_convolutions(read_twice).ops.size() == 3);
}

TEST_CASE("all three transitions of a DenseNet and its stem lose their pools", "[plan]")
{
  const plan_view& plan = inference_plan<tiny_network>;
  CHECK(count_of(plan, op_kind::average_pool) == 0);
  CHECK(count_of(plan, op_kind::max_pool) == 0);
  std::vector<std::string> means;
  std::vector<std::string> maxima;
  for (const op& step : plan.ops) {
    if (step.mean_before == window{2, 2, 0}) means.push_back(path_of(plan, step.part));
    if (step.max_after == window{3, 2, 1}) maxima.push_back(path_of(plan, step.part));
  }
  CHECK(means == std::vector<std::string>{"features.transition1.conv", "features.transition2.conv",
                                          "features.transition3.conv"});
  CHECK(maxima == std::vector<std::string>{"features.conv0"});
}
