// SPDX-License-Identifier: MIT

#include <thorax/networks/densenet.hpp>

#include <thorax/plan/plan.hpp>

#include "support/catch.hpp"
#include "support/plan_rules.hpp"

#include <array>
#include <string_view>

using namespace thorax;
using namespace thorax::tests;

namespace {

/// A row of table 1 of Huang et al. 2017; what it costs is counted here from the text of the paper alone.
struct row {
  int stem{64};
  int growth{32};
  std::array<int, 4> layers{};

  [[nodiscard]] constexpr int convolutions() const
  {
    return 1 + 2 * (layers[0] + layers[1] + layers[2] + layers[3]) + 3;
  }

  /// Numbers in all tensors; a norm has `per_channel` a channel: 4, or 2 without its running statistics.
  [[nodiscard]] constexpr int floats(int per_channel) const
  {
    int channels = stem;
    int sum = 3 * stem * 7 * 7 + per_channel * stem;
    for (std::size_t b = 0; b < 4; ++b) {
      for (int i = 0; i < layers[b]; ++i) {
        const int wide = 4 * growth;
        sum += per_channel * channels + channels * wide + per_channel * wide + wide * growth * 3 * 3;
        channels += growth;
      }
      sum += per_channel * channels;  // of the transition, or the last norm
      if (b == 3) break;
      sum += channels * (channels / 2);
      channels /= 2;
    }
    return sum;
  }

  /// Multiplications at 224x224: output sizes 112, then 56, 28, 14, 7, as the table's second column has them.
  [[nodiscard]] constexpr std::size_t macs_at_224() const
  {
    int channels = stem;
    std::size_t sum = square(112) * static_cast<std::size_t>(3 * stem * 7 * 7);
    int side = 56;
    for (std::size_t b = 0; b < 4; ++b, side /= 2) {
      for (int i = 0; i < layers[b]; ++i, channels += growth)
        sum += square(side) * static_cast<std::size_t>(channels * 4 * growth + 4 * growth * growth * 3 * 3);
      if (b == 3) break;
      sum += square(side) * static_cast<std::size_t>(channels * (channels / 2));
      channels /= 2;
    }
    return sum;
  }

private:
  static constexpr std::size_t square(int side)
  {
    return static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  }
};

constexpr row row_121{64, 32, {6, 12, 24, 16}};
constexpr row row_169{64, 32, {6, 12, 32, 32}};
constexpr row row_201{64, 32, {6, 12, 48, 32}};
constexpr row row_264{64, 32, {6, 12, 64, 48}};
constexpr row row_small{32, 16, {3, 6, 12, 8}};

// What torchvision's documentation gives as num_params, less the classifier's matrix and bias.
static_assert(row_121.floats(2) == 7'978'856 - (1024 * 1000 + 1000));
static_assert(row_169.floats(2) == 14'149'480 - (1664 * 1000 + 1000));
static_assert(row_201.floats(2) == 20'013'928 - (1920 * 1000 + 1000));
static_assert(row_201.floats(4) == 18'321'984);

static_assert(densenet121_features::output({3, 224, 224}) == extents{1024, 7, 7});
static_assert(densenet169_features::output({3, 224, 224}) == extents{1664, 7, 7});
static_assert(densenet201_features::output({3, 224, 224}) == extents{1920, 7, 7});
static_assert(densenet264_features::output({3, 224, 224}) == extents{2688, 7, 7});
static_assert(densenet201_features::output({3, 300, 300}) == extents{1920, 9, 9});
static_assert(small_densenet_features::output({3, 64, 64}) == extents{258, 2, 2});

static_assert(stem<64>::output({3, 224, 224}) == extents{64, 56, 56});
static_assert(dense_layer<growth<32>>::output({64, 56, 56}) == extents{96, 56, 56});
static_assert(dense_block<6>::output({64, 56, 56}) == extents{256, 56, 56});
static_assert(transition::output({256, 56, 56}) == extents{128, 28, 28});
static_assert(transition::output({256, 75, 37}) == extents{128, 37, 18});
static_assert(!transition::accepts({255, 56, 56}));
static_assert(!transition::accepts({256, 1, 56}));
static_assert(dense_block<2, growth<3>>::accepts({1, 1, 1}));

static_assert(densenet121::input_shape == extents{3, 224, 224});
static_assert(densenet121::output_shape == extents{1000, 1, 1});
static_assert(densenet<densenet121_features, 96, 10>::output_shape == extents{10, 1, 1});
static_assert(densenet169::architecture == "densenet169");
static_assert(densenet201::architecture == "densenet201");
static_assert(densenet264::architecture == "densenet264");
static_assert(small_densenet_features::chest_architecture == "small_densenet");

template<class Features, int Size = 224>
void check_counts(const row& expected)
{
  INFO(Features::chest_architecture);
  const draft written = lowered<densenet<Features, Size>>();
  const int channels = Features::output({3, Size, Size}).channels;
  CHECK(written.parameter_floats == static_cast<std::size_t>(expected.floats(4) + channels * 1000 + 1000));
  CHECK(count_of(view_of(written), op_kind::convolution) == expected.convolutions());
  CHECK(written.norms.size() == static_cast<std::size_t>(expected.convolutions() + 1));
  CHECK(count_copies(view_of(written)) == expected.convolutions() - 4);
}

template<class Network>
std::size_t macs_of()
{
  const draft written = lowered<Network>();
  return convolution_macs(view_of(written), "features", none);
}

template<class Features>
void check_plan()
{
  INFO(Features::chest_architecture);
  const draft planned = for_inference(lowered<densenet<Features>>());
  const plan_view seen = view_of(planned);
  CHECK(count_copies(seen) == 0);
  CHECK(count_of(seen, op_kind::activation) == 0);
  CHECK(all_slices_are_inside(seen));
  CHECK(count_clashes(seen) == 0);
  CHECK(count_misreadings(seen) == 0);
}

}  // namespace

TEST_CASE("each DenseNet has the parameters, convolutions and norms of its row in the paper's table", "[networks]")
{
  check_counts<densenet121_features>(row_121);
  check_counts<densenet169_features>(row_169);
  check_counts<densenet201_features>(row_201);
  check_counts<densenet264_features>(row_264);
  check_counts<small_densenet_features, 64>(row_small);
}

TEST_CASE("no DenseNet copies anything, and no live maps share memory", "[networks]")
{
  check_plan<densenet121_features>();
  check_plan<densenet169_features>();
  check_plan<densenet201_features>();
  check_plan<densenet264_features>();
  check_plan<small_densenet_features>();
}

TEST_CASE("the convolutions multiply as often as the table's output sizes say", "[networks]")
{
  CHECK(row_201.macs_at_224() == 4'289'445'888);
  CHECK(macs_of<densenet121>() == row_121.macs_at_224());
  CHECK(macs_of<densenet169>() == row_169.macs_at_224());
  CHECK(macs_of<densenet201>() == row_201.macs_at_224());
  CHECK(macs_of<densenet264>() == row_264.macs_at_224());
}
