// SPDX-License-Identifier: MIT
#include <thorax/image/preprocessing.hpp>

#include "image/pictures.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <limits>

namespace {

std::vector<float> preprocessed(const thorax::image& film, const thorax::preprocessing& rule, thorax::extents shape)
{
  std::vector<float> out(shape.size());
  thorax::preprocess(film, rule, thorax::view<float>::packed(out.data(), 1, shape));
  return out;
}

}  // namespace

TEST_CASE("the default rule averages areas without rounding and normalizes by ImageNet's statistics", "[image]")
{
  const thorax::image film = pattern(31, 50, 3);
  const thorax::preprocessing rule;
  const std::vector<float> found = preprocessed(film, rule, {3, 12, 17});
  thorax::area_scratch scratch;
  double largest = 0;
  bool rounds = true;
  thorax::average_area(film, 12, 17, scratch, [&](int y, int x, int c, double mean) {
    const auto i = static_cast<std::size_t>(c);
    const double mean_c = std::array{0.485, 0.456, 0.406}[i];
    const double deviation_c = std::array{0.229, 0.224, 0.225}[i];
    const double expected = (mean / 255 - mean_c) / deviation_c;
    const float number = found[static_cast<std::size_t>((c * 12 + y) * 17 + x)];
    largest = std::max(largest, std::abs(expected - static_cast<double>(number)));
    rounds = rounds && mean == std::round(mean);
  });
  CHECK(largest < 1e-6);
  CHECK_FALSE(rounds);
}

TEST_CASE("the Keras rule gives Pillow's nearest pixels as v / 255", "[image]")
{
  const thorax::image film = pattern(40, 33, 3);
  const thorax::image small = thorax::resized(film, 9, 8, thorax::resize_kind::nearest);
  const std::vector<float> found = preprocessed(film, thorax::keras_preprocessing, {3, 9, 8});
  for (int c = 0; c < 3; ++c)
    for (int y = 0; y < 9; ++y)
      for (int x = 0; x < 8; ++x)
        CHECK(found[static_cast<std::size_t>((c * 9 + y) * 8 + x)] == static_cast<float>(small.at(y, x, c) / 255.0));
}

TEST_CASE("the bilinear rule normalizes Pillow's eight-bit samples", "[image]")
{
  const thorax::image film = pattern(40, 33, 1);
  const thorax::image small = thorax::resized(film, 9, 8, thorax::resize_kind::bilinear);
  const thorax::preprocessing rule{thorax::resize_kind::bilinear, {0.5F, 0, 0}, {0.25F, 1, 1}};
  const std::vector<float> found = preprocessed(film, rule, {1, 9, 8});
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(std::abs(static_cast<double>(found[i]) - (small.samples[i] / 255.0 - 0.5) / 0.25) < 1e-6);
}

TEST_CASE("a gray film fills all three channels, each by its own mean and deviation", "[image]")
{
  const thorax::image film = pattern(20, 20, 1);
  const thorax::preprocessing rule{thorax::resize_kind::area, {0, 0.5F, 0}, {1, 1, 0.5F}};
  const std::vector<float> found = preprocessed(film, rule, {3, 7, 7});
  for (std::size_t i = 0; i < 49; ++i) {
    CHECK(std::abs(found[49 + i] - (found[i] - 0.5F)) < 1e-6F);
    CHECK(std::abs(found[98 + i] - found[i] * 2) < 1e-6F);
  }
}

TEST_CASE("of a color film the luma goes into a single channel", "[image]")
{
  const thorax::image film = pattern(20, 24, 3);
  for (const auto kind : {thorax::resize_kind::area, thorax::resize_kind::nearest}) {
    const thorax::preprocessing rule{kind, {0, 0, 0}, {1, 1, 1}};
    CHECK(preprocessed(film, rule, {1, 6, 5}) == preprocessed(thorax::gray(film), rule, {1, 6, 5}));
  }
}

TEST_CASE("only the first sample of a batch is written", "[image]")
{
  std::vector<float> out(2 * 3 * 16, -7);
  thorax::preprocess(pattern(8, 8, 1), {}, thorax::view<float>::packed(out.data(), 2, {3, 4, 4}));
  CHECK(out[47] != -7);
  for (std::size_t i = 48; i < out.size(); ++i) CHECK(out[i] == -7);
}

TEST_CASE("working memory is kept between films of one size", "[image]")
{
  const thorax::image film = pattern(60, 50, 3);
  std::vector<float> out(3 * 20 * 20);
  const auto view = thorax::view<float>::packed(out.data(), 1, {3, 20, 20});
  thorax::preprocess_scratch scratch;
  for (const auto kind : {thorax::resize_kind::area, thorax::resize_kind::bilinear, thorax::resize_kind::nearest})
    thorax::preprocess(film, {kind, {0, 0, 0}, {1, 1, 1}}, view, scratch);
  const std::vector<const void*> before{scratch.resized.samples.data(), scratch.resize.area.row.data(),
                                        scratch.resize.bilinear.narrowed.samples.data(),
                                        scratch.resize.bilinear.row.data(), scratch.resize.nearest.rows.data(),
                                        scratch.resize.area.vertical.weights(0).data(),
                                        scratch.resize.bilinear.vertical.weights(0).data()};
  for (const auto kind : {thorax::resize_kind::area, thorax::resize_kind::bilinear, thorax::resize_kind::nearest})
    thorax::preprocess(film, {kind, {0, 0, 0}, {1, 1, 1}}, view, scratch);
  CHECK(before == std::vector<const void*>{scratch.resized.samples.data(), scratch.resize.area.row.data(),
                                           scratch.resize.bilinear.narrowed.samples.data(),
                                           scratch.resize.bilinear.row.data(), scratch.resize.nearest.rows.data(),
                                           scratch.resize.area.vertical.weights(0).data(),
                                           scratch.resize.bilinear.vertical.weights(0).data()});
}

TEST_CASE("a rule or a place that makes no input is refused", "[image]")
{
  const thorax::image film = pattern(8, 8, 1);
  CHECK_THROWS_AS(preprocessed(film, {}, {2, 4, 4}), thorax::error);
  CHECK_THROWS_AS(preprocessed(film, {thorax::resize_kind::area, {0, 0, 0}, {1, 0, 1}}, {3, 4, 4}), thorax::error);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(preprocessed(film, {thorax::resize_kind::area, {nan, 0, 0}, {1, 1, 1}}, {3, 4, 4}), thorax::error);
  CHECK_THROWS_AS(preprocessed({}, {}, {3, 4, 4}), thorax::error);
  CHECK_THROWS_AS(thorax::preprocess(film, {}, {}), thorax::error);
}
