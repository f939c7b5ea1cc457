// SPDX-License-Identifier: MIT
#include <thorax/model/mean_of_softmax.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <cmath>  // abs, exp, isfinite, log
#include <vector>

using thorax::mean_answer;
using thorax::mean_of_softmax;

namespace {

using answers = std::vector<std::vector<float>>;

/// The formula, without care for large numbers.
std::vector<double> plain_softmax(const std::vector<float>& logits)
{
  std::vector<double> p;
  double sum = 0;
  for (const float each : logits) sum += std::exp(double{each});
  for (const float each : logits) p.push_back(std::exp(double{each}) / sum);
  return p;
}

}  // namespace

TEST_CASE("networks that disagree are averaged by probability, not by logit", "[model]")
{
  // Softmax gives 0.9 and 0.1, and 0.2 and 0.8.
  const answers logits{{std::log(9.0F), 0}, {0, std::log(4.0F)}};
  const mean_answer mean = mean_of_softmax(logits);
  CHECK(std::abs(mean.probabilities[0] - .55F) < 1e-6F);
  CHECK(std::abs(mean.probabilities[1] - .45F) < 1e-6F);
  CHECK(std::abs(mean.logits[0] - std::log(.55F)) < 1e-6F);
}

TEST_CASE("the mean is that of the formula, and the softmax of its logits is the mean again", "[model]")
{
  const answers logits{{1.5F, -2, .25F}, {-.5F, 3, 2}, {0, 0, 7}, {-4, -4.5F, -5}};
  const mean_answer mean = mean_of_softmax(logits);
  const std::vector<double> again = plain_softmax(mean.logits);
  for (std::size_t f = 0; f < 3; ++f) {
    double expected = 0;
    for (const std::vector<float>& each : logits) expected += plain_softmax(each)[f] / 4;
    CHECK(std::abs(double{mean.probabilities[f]} - expected) < 1e-7);
    CHECK(std::abs(again[f] - expected) < 1e-7);
  }
}

TEST_CASE("one network, or the same one twice, says what it says", "[model]")
{
  const std::vector<float> logits{1.5F, -2, .25F};
  const std::vector<double> expected = plain_softmax(logits);
  for (const answers& each : {answers{logits}, answers{logits, logits}})
    for (std::size_t f = 0; f < 3; ++f)
      CHECK(std::abs(double{mean_of_softmax(each).probabilities[f]} - expected[f]) < 1e-7);
}

TEST_CASE("networks that are very sure give finite logits", "[model]")
{
  const mean_answer mean = mean_of_softmax(answers{{3000, -3000}, {2000, -2000}});
  CHECK(mean.probabilities == std::vector<float>{1, 0});
  CHECK(std::isfinite(mean.logits[1]));
  CHECK(mean.logits[1] < -3000);
}

TEST_CASE("networks that answer nothing, or differently, have no mean", "[model]")
{
  CHECK(refuses(thorax::error_code::does_not_fit, "at least one network", [] { (void)mean_of_softmax({}); }));
  const answers none{{}}, different{{1, 2}, {1, 2, 3}};
  CHECK(refuses(thorax::error_code::does_not_fit, "at least one network and finding", [&] { (void)mean_of_softmax(none); }));
  CHECK(refuses(thorax::error_code::does_not_fit, "as many logits of each", [&] { (void)mean_of_softmax(different); }));
}
