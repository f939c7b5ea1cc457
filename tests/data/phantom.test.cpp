// SPDX-License-Identifier: MIT
#include <thorax/data/phantom.hpp>

#include "support/catch.hpp"

#include <thorax/image/resize.hpp>

#include <algorithm>  // max_element
#include <array>
#include <cmath>  // abs, exp, sqrt
#include <cstdint>
#include <vector>

using thorax::image;
using thorax::phantom;

namespace {

constexpr std::size_t inputs = 32 * 32;

struct labeled_pixels {
  std::vector<std::array<float, inputs>> films;
  std::vector<std::size_t> findings;
};

/// Films of 96 pixels averaged down to 32 x 32, the mean of the training films later taken off.
labeled_pixels small_films(int from, int to)
{
  labeled_pixels all;
  for (int index = from; index < to; ++index)
    for (int finding = 0; finding < 3; ++finding) {
      const image film = thorax::resized(phantom(2024, index, finding, 96), 32, 32, thorax::resize_kind::area);
      std::array<float, inputs> pixels{};
      for (std::size_t i = 0; i < inputs; ++i) pixels[i] = static_cast<float>(film.samples[i]) / 255;
      all.films.push_back(pixels);
      all.findings.push_back(static_cast<std::size_t>(finding));
    }
  return all;
}

/// Multinomial logistic regression: softmax(w x + b), by plain gradient descent with a little weight decay.
class linear_model {
public:
  void learn(const labeled_pixels& train, int steps, float rate, float decay)
  {
    for (int step = 0; step < steps; ++step) {
      std::array<std::array<float, inputs + 1>, 3> gradient{};
      for (std::size_t n = 0; n < train.films.size(); ++n) {
        std::array<float, 3> errors = probabilities(train.films[n]);
        errors[train.findings[n]] -= 1;
        for (std::size_t c = 0; c < 3; ++c) {
          for (std::size_t i = 0; i < inputs; ++i) gradient[c][i] += errors[c] * train.films[n][i];
          gradient[c][inputs] += errors[c];
        }
      }
      const float share = rate / static_cast<float>(train.films.size());
      for (std::size_t c = 0; c < 3; ++c)
        for (std::size_t i = 0; i <= inputs; ++i)
          weights_[c][i] -= share * gradient[c][i] + rate * decay * weights_[c][i];
    }
  }

  [[nodiscard]] double accuracy(const labeled_pixels& films) const
  {
    int right = 0;
    for (std::size_t n = 0; n < films.films.size(); ++n) {
      const std::array<float, 3> p = probabilities(films.films[n]);
      const auto likeliest = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
      right += likeliest == films.findings[n] ? 1 : 0;
    }
    return right / static_cast<double>(films.films.size());
  }

private:
  [[nodiscard]] std::array<float, 3> probabilities(const std::array<float, inputs>& film) const
  {
    std::array<float, 3> p{};
    for (std::size_t c = 0; c < 3; ++c) {
      float logit = weights_[c][inputs];
      for (std::size_t i = 0; i < inputs; ++i) logit += weights_[c][i] * film[i];
      p[c] = logit;
    }
    const float largest = *std::max_element(p.begin(), p.end());
    float sum = 0;
    for (float& each : p) sum += each = std::exp(each - largest);
    for (float& each : p) each /= sum;
    return p;
  }

  std::array<std::array<float, inputs + 1>, 3> weights_{};
};

void center(labeled_pixels& train, labeled_pixels& test)
{
  std::array<float, inputs> mean{};
  for (const auto& film : train.films)
    for (std::size_t i = 0; i < inputs; ++i) mean[i] += film[i] / static_cast<float>(train.films.size());
  for (labeled_pixels* part : {&train, &test})
    for (auto& film : part->films)
      for (std::size_t i = 0; i < inputs; ++i) film[i] -= mean[i];
}

double mean_of(const image& film)
{
  double sum = 0;
  for (const std::uint8_t sample : film.samples) sum += sample;
  return sum / static_cast<double>(film.samples.size());
}

}  // namespace

TEST_CASE("a linear model on 32 x 32 pixels learns something of phantoms, but not much", "[data]")
{
  labeled_pixels train = small_films(0, 150), test = small_films(150, 200);
  center(train, test);
  linear_model model;
  model.learn(train, 400, .05F, .002F);
  const double learned = model.accuracy(train), accuracy = model.accuracy(test);
  INFO("accuracy on " << train.films.size() << " films learned from: " << learned << ", on " << test.films.size()
                      << " others: " << accuracy);
  CHECK(learned > .5);
  CHECK(accuracy > .34);
  CHECK(accuracy < .75);
}

TEST_CASE("mean brightness gives no finding away", "[data]")
{
  std::array<double, 3> mean{}, spread{};
  constexpr int films = 120;
  for (int finding = 0; finding < 3; ++finding) {
    const auto c = static_cast<std::size_t>(finding);
    double squares = 0;
    for (int index = 0; index < films; ++index) {
      const double bright = mean_of(phantom(7, index, finding, 48));
      mean[c] += bright / films;
      squares += bright * bright / films;
    }
    spread[c] = std::sqrt(squares - mean[c] * mean[c]);
  }
  for (std::size_t c = 0; c < 3; ++c) {
    INFO("finding " << c << ": " << mean[c] << " +- " << spread[c]);
    CHECK(spread[c] > 10);
    CHECK(std::abs(mean[c] - mean[1]) < .5 * spread[1]);
  }
}

TEST_CASE("a phantom is made of its seed, index and finding, at any size", "[data]")
{
  CHECK(phantom(1, 4, 0, 64) == phantom(1, 4, 0, 64));
  CHECK_FALSE(phantom(1, 4, 0, 64) == phantom(2, 4, 0, 64));
  CHECK_FALSE(phantom(1, 4, 0, 64) == phantom(1, 3, 0, 64));
  CHECK_FALSE(phantom(1, 4, 0, 64) == phantom(1, 4, 1, 64));
  const image film = phantom(1, 0, 2);
  CHECK(film.height == 300);
  CHECK(film.width == 300);
  CHECK(film.channels == 1);
  const image large = thorax::resized(phantom(1, 0, 1, 192), 48, 48), small = phantom(1, 0, 1, 48);
  double difference = 0;
  for (std::size_t i = 0; i < small.samples.size(); ++i)
    difference += std::abs(large.samples[i] - small.samples[i]) / static_cast<double>(small.samples.size());
  INFO("mean difference of one film at two sizes: " << difference);
  CHECK(difference < 12);
}

TEST_CASE("of five films in a row the last two are of one child", "[data]")
{
  CHECK(thorax::phantom_patient(0) == 0);
  CHECK(thorax::phantom_patient(3) == 3);
  CHECK(thorax::phantom_patient(4) == 3);
  CHECK(thorax::phantom_patient(5) == 5);
  CHECK(thorax::phantom_patient(9) == 8);
}

TEST_CASE("a phantom that cannot be is refused", "[data]")
{
  CHECK_THROWS_AS(phantom(1, 0, 3), thorax::error);
  CHECK_THROWS_AS(phantom(1, 0, -1), thorax::error);
  CHECK_THROWS_AS(phantom(1, -1, 0), thorax::error);
  CHECK_THROWS_AS(phantom(1, 0, 0, 31), thorax::error);
  CHECK_THROWS_AS(phantom(1, 0, 0, 4097), thorax::error);
}
