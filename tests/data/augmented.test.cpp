// SPDX-License-Identifier: MIT
#include <thorax/data/augmented.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <limits>
#include <vector>

namespace {

std::vector<thorax::sample> some_samples()
{
  std::vector<thorax::sample> samples;
  for (std::size_t i = 0; i < 3; ++i) {
    thorax::sample one{thorax::tensor::from_shape({2, 8, 8}), static_cast<int>(i), i + 10};
    for (std::size_t at = 0; at < one.pixels.size(); ++at)
      one.pixels.data()[at] = static_cast<float>((at * at * 7 + at * 31 + i * 53) % 256);
    samples.push_back(one);
  }
  return samples;
}

// Catch would print each number of a tensor; whether two are the same is all that counts.
bool same(const thorax::tensor& a, const thorax::tensor& b) { return a == b; }

}  // namespace

TEST_CASE("an augmented sample is what is drawn for (seed, epoch, film), applied", "[data]")
{
  const std::vector<thorax::sample> samples = some_samples();
  const thorax::augmentation rule;
  std::size_t i = 0;
  for (const thorax::sample& changed : samples | thorax::augmented(4, 2, rule, thorax::preprocessing{})) {
    thorax::tensor expected = thorax::tensor::from_shape({2, 8, 8});
    thorax::apply(thorax::draw(rule, thorax::random_stream{4} / 2 / (i + 10)), thorax::view_of(samples[i].pixels),
                  thorax::view<float>::packed(expected.data(), 1, {2, 8, 8}));
    CHECK(same(changed.pixels, expected));
    CHECK_FALSE(same(changed.pixels, samples[i].pixels));
    CHECK(changed.finding == samples[i].finding);
    CHECK(changed.index == samples[i].index);
    ++i;
  }
  CHECK(i == 3);
}

TEST_CASE("neither the order of the films nor their company changes what happens to one", "[data]")
{
  const std::vector<thorax::sample> samples = some_samples(), alone{samples[2]};
  auto together = samples | thorax::augmented(4, 2, {}, {});
  auto single = alone | thorax::augmented(4, 2, {}, {});
  CHECK(same((*ranges::next(ranges::begin(together), 2)).pixels, (*ranges::begin(single)).pixels));
  auto next_epoch = alone | thorax::augmented(4, 3, {}, {});
  CHECK_FALSE(same((*ranges::begin(next_epoch)).pixels, (*ranges::begin(single)).pixels));
}

TEST_CASE("gray levels change behind the geometry, from numbers normalized as the film's are", "[data]")
{
  const std::vector<thorax::sample> samples = some_samples();
  const thorax::augmentation still, darker{.brightness = .3F, .contrast = .2F, .gamma = .4F};
  const thorax::preprocessing levels{.mean = {100, 90, 80}, .deviation = {250, 240, 230}};
  auto moved = samples | thorax::augmented(4, 2, still, levels);
  std::size_t i = 0;
  for (const thorax::sample& changed : samples | thorax::augmented(4, 2, darker, levels)) {
    thorax::tensor expected = (*ranges::next(ranges::begin(moved), static_cast<std::ptrdiff_t>(i))).pixels;
    thorax::apply(thorax::draw_intensity(darker, thorax::random_stream{4} / 2 / (i + 10)), levels,
                  thorax::view<float>::packed(expected.data(), 1, {2, 8, 8}));
    CHECK(same(changed.pixels, expected));
    ++i;
  }
  CHECK(i == 3);
}

TEST_CASE("a rule that makes no sense is refused before a film is asked for", "[data]")
{
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -1.0F}) {
    INFO(bad);
    CHECK(refuses(thorax::error_code::wrong_usage, "augmentation: expected a rotation",
                  [bad] { (void)thorax::augmented(1, 0, {.rotation_degrees = bad}, {}); }));
    CHECK(refuses(thorax::error_code::wrong_usage, "a zoom from 0 to below 1",
                  [bad] { (void)thorax::augmented(1, 0, {.zoom = bad}, {}); }));
  }
}
