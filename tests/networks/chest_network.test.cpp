// SPDX-License-Identifier: MIT

#include <thorax/networks/chest_network.hpp>

#include <thorax/plan/names.hpp>
#include <thorax/plan/plan.hpp>

#include "support/catch.hpp"
#include "support/plan_rules.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace thorax;
using namespace thorax::tests;

namespace {

constexpr plan_view planned = inference_plan<chest_network>;

constexpr int root_of(const plan_view& plan, int part_number)
{
  while (plan.parts[static_cast<std::size_t>(part_number)].parent != none)
    part_number = plan.parts[static_cast<std::size_t>(part_number)].parent;
  return part_number;
}

constexpr std::size_t floats_below(const plan_view& plan, std::string_view word)
{
  std::size_t sum = 0;
  for (const parameter& each : plan.parameters)
    if (plan.parts[static_cast<std::size_t>(root_of(plan, each.part))].word == word) sum += each.size();
  return sum;
}

struct macs_by_part {
  std::size_t all{};
  std::size_t stem{};
  std::array<std::size_t, 4> blocks{};
  std::array<std::size_t, 3> transitions{};
};

constexpr macs_by_part macs_of(const plan_view& plan)
{
  macs_by_part sums{convolution_macs(plan, "features", none), convolution_macs(plan, "conv0", none), {}, {}};
  for (int i = 0; i < 4; ++i) sums.blocks[static_cast<std::size_t>(i)] = convolution_macs(plan, "denseblock", i + 1);
  for (int i = 0; i < 3; ++i)
    sums.transitions[static_cast<std::size_t>(i)] = convolution_macs(plan, "transition", i + 1);
  return sums;
}

constexpr macs_by_part written_macs(int size)
{
  const draft written = lowered<chest_network>({3, size, size});
  return macs_of(view_of(written));
}

constexpr macs_by_part at_300 = written_macs(300);
constexpr std::size_t at_224 = written_macs(224).all;
constexpr macs_by_part pooled_first = macs_of(planned);

static_assert(at_300.all == 7'344'024'320);
static_assert(at_224 == 4'289'445'888);
static_assert(at_300.stem == 211'680'000);
static_assert(at_300.blocks == std::array<std::size_t, 4>{1'866'240'000, 1'244'848'128, 2'579'890'176, 557'383'680});
static_assert(at_300.transitions == std::array<std::size_t, 3>{184'320'000, 179'437'568, 520'224'768});
static_assert(pooled_first.transitions == std::array<std::size_t, 3>{44'859'392, 42'467'328, 130'056'192});
static_assert(pooled_first.stem == at_300.stem && pooled_first.blocks == at_300.blocks);
static_assert(pooled_first.all == 7'344'024'320 - (184'320'000 + 179'437'568 + 520'224'768) +
                                    (44'859'392 + 42'467'328 + 130'056'192));

static_assert(floats_below(planned, "features") == 18'321'984);
static_assert(floats_below(planned, "classifier") == 4 * 1920 + (1920 * 512 + 512) + (512 * 3 + 3));
static_assert(planned.parameter_floats == floats_below(planned, "features") + floats_below(planned, "classifier"));

static_assert(arena_bytes<chest_network> == 8'640'000);
static_assert(planned.ops.size() == 204);
static_assert(count_copies(planned) == 0 && count_of(planned, op_kind::activation) == 0);
static_assert(count_of(planned, op_kind::convolution) == 200 && count_of(planned, op_kind::linear) == 2);
static_assert(count_of(planned, op_kind::average_pool) == 0 && count_of(planned, op_kind::max_pool) == 0);
static_assert(count_of(planned, op_kind::global_average_pool) == 1 && count_of(planned, op_kind::softmax) == 1);
static_assert(all_slices_are_inside(planned));
static_assert(count_clashes(planned) == 0);

static_assert(chest_network::input_shape == extents{3, 300, 300});
static_assert(chest_network::output_shape == extents{3, 1, 1});
static_assert(densenet201_features::output(chest_network::input_shape) == extents{1920, 9, 9});
static_assert(chest_network_at<224>::input_shape == extents{3, 224, 224});
static_assert(chest_network_at<64>::output_shape == extents{3, 1, 1});
static_assert(chest_network_at<300, 2>::output_shape == extents{2, 1, 1});
static_assert(chest_network_at<224, 5>::output_shape == extents{5, 1, 1});
static_assert(chest_network::architecture == "chest_network");

// The names of https://github.com/huggingface/pytorch-image-models, written down once more, with their extents.
class timm_names {
public:
  timm_names()
  {
    convolution("conv0", 64, 3, 7);
    norm("norm0", 64);
    int channels = 64;
    const std::array<int, 4> layers{6, 12, 48, 32};
    for (std::size_t b = 0; b < layers.size(); ++b) {
      for (int i = 1; i <= layers[b]; ++i, channels += 32) {
        const std::string path = "denseblock" + std::to_string(b + 1) + ".denselayer" + std::to_string(i) + ".";
        norm(path + "norm1", channels);
        convolution(path + "conv1", 128, channels, 1);
        norm(path + "norm2", 128);
        convolution(path + "conv2", 32, 128, 3);
      }
      if (b == 3) continue;
      const std::string path = "transition" + std::to_string(b + 1) + ".";
      norm(path + "norm", channels);
      convolution(path + "conv", channels / 2, channels, 1);
      channels /= 2;
    }
    norm("norm5", channels);
  }

  std::vector<std::string> names;  // each followed by its extents

private:
  void convolution(const std::string& path, int out, int in, int kernel)
  {
    const std::string side = std::to_string(kernel);
    names.push_back("features." + path + ".weight " + std::to_string(out) + "x" + std::to_string(in) + "x" + side +
                    "x" + side);
  }
  void norm(const std::string& path, int channels)
  {
    for (const char* const last : {"weight", "bias", "running_mean", "running_var"})
      names.push_back("features." + path + "." + last + " " + std::to_string(channels));
  }
};

}  // namespace

TEST_CASE("the backbone has the 1004 tensors of timm's densenet201, in its order, with its names", "[networks]")
{
  std::vector<std::string> names;
  for (const parameter& each : planned.parameters) names.push_back(name_of(planned, each) + " " + extents_text(each));
  REQUIRE(names.size() == 1004 + 8);
  const std::vector<std::string> backbone(names.begin(), names.begin() + 1004);
  CHECK(backbone == timm_names{}.names);
  CHECK(names[0] == "features.conv0.weight 64x3x7x7");
  CHECK(names[5] == "features.denseblock1.denselayer1.norm1.weight 64");
  CHECK(names[9] == "features.denseblock1.denselayer1.conv1.weight 128x64x1x1");
  CHECK(names[65] == "features.transition1.norm.weight 256");
  CHECK(names[69] == "features.transition1.conv.weight 128x256x1x1");
  CHECK(names[1003] == "features.norm5.running_var 1920");
}

TEST_CASE("the head's tensors follow the backbone's", "[networks]")
{
  const std::vector<std::string> expected{"classifier.norm.weight 1920",       "classifier.norm.bias 1920",
                                          "classifier.norm.running_mean 1920", "classifier.norm.running_var 1920",
                                          "classifier.linear1.weight 512x1920", "classifier.linear1.bias 512",
                                          "classifier.linear2.weight 3x512",    "classifier.linear2.bias 3"};
  std::vector<std::string> found;
  for (const parameter& each : planned.parameters.subspan(1004))
    found.push_back(name_of(planned, each) + " " + extents_text(each));
  CHECK(found == expected);
}

TEST_CASE("the head's norm has Keras' epsilon, which no weights file changes, and the backbone's is PyTorch's", "[networks]")
{
  REQUIRE(planned.norms.size() == 202);
  CHECK(planned.norms.back().epsilon == 1e-3);
  CHECK(!planned.norms.back().epsilon_is_default);
  CHECK(std::all_of(planned.norms.begin(), planned.norms.end() - 1,
                    [](const norm& each) { return each.epsilon == 1e-5 && each.epsilon_is_default; }));
}

TEST_CASE("nothing in the arena is overwritten before it has been read for the last time", "[networks]")
{
  CHECK(count_misreadings(planned) == 0);
  const draft small = for_inference(lowered<chest_network>({3, 64, 96}));
  CHECK(count_misreadings(view_of(small)) == 0);
  CHECK(small.ops.size() == 204);
  CHECK(small.arena_floats < planned.arena_floats);
}

TEST_CASE("pools inside of convolutions save four ops and a quarter of the arena", "[networks]")
{
  const draft apart = for_inference(lowered<chest_network>(), {.fuse_pools = false});
  CHECK(apart.ops.size() == 208);
  CHECK(count_of(view_of(apart), op_kind::average_pool) == 3);
  CHECK(count_of(view_of(apart), op_kind::max_pool) == 1);
  CHECK(apart.arena_floats * sizeof(float) == 11'520'000);
  CHECK(arena_bytes<chest_network> == 8'640'000);
}

TEST_CASE("any film of at least 64x64 pixels is accepted, square or not", "[networks]")
{
  for (int size = 64; size <= 512; ++size) {
    INFO(size);
    CHECK(chest_network::whole::accepts({3, size, size}));
    CHECK(chest_network::whole::output({3, size, 64}) == extents{3, 1, 1});
  }
  CHECK(chest_network::whole::accepts({3, 64, 2048}));
  CHECK(!chest_network::whole::accepts({3, 28, 300}));  // nothing would be left to pool
  CHECK(lowered<chest_network_at<64, 5>>().logits.shape == extents{5, 1, 1});
}

TEST_CASE("the number of findings changes the last layer only", "[networks]")
{
  const draft two = lowered<chest_network_at<300, 2>>();
  const draft five = lowered<chest_network_at<300, 5>>();
  CHECK(two.parameter_floats == 18'321'984 + 4 * 1920 + (1920 * 512 + 512) + (512 * 2 + 2));
  CHECK(five.parameter_floats - two.parameter_floats == 3 * (512 + 1));
  CHECK(two.output.shape == extents{2, 1, 1});
  CHECK(five.logits.shape == extents{5, 1, 1});
}

TEST_CASE("as written the network has an op a layer and two copies a concatenation", "[networks]")
{
  const draft written = lowered<chest_network>();
  const plan_view seen = view_of(written);
  CHECK(count_copies(seen) == 2 * 98);
  CHECK(count_of(seen, op_kind::convolution) == 200);
  CHECK(count_of(seen, op_kind::dropout) == 1);
  CHECK(seen.ops.size() == 200 + 201 + 201 + 1 + 3 + 196 + 7);  // convolutions, norms, ReLUs, pools, copies, head
}
