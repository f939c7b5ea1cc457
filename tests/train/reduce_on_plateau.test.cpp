// SPDX-License-Identifier: MIT

#include <thorax/train/reduce_on_plateau.hpp>

#include "support/catch.hpp"
#include "support/reference_series.hpp"
#include "support/refuses.hpp"

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

using namespace thorax::tests;
using thorax::error_code;
using thorax::plateau_state;
using thorax::reduce_on_plateau;
using thorax::validation;

namespace {

/// The rates behind each of some losses.
std::vector<double> rates(const reduce_on_plateau& rule, double rate, const std::vector<double>& losses)
{
  std::vector<double> found;
  plateau_state state{.rate = rate};
  for (const double loss : losses) {
    state = after_epoch(rule, state, {loss, 0});
    found.push_back(state.rate);
  }
  return found;
}

/// After which epochs, counted from 1, the rate fell, and to what.
std::vector<std::pair<int, double>> falls(const reduce_on_plateau& rule, double rate,
                                          const std::vector<validation>& series)
{
  std::vector<std::pair<int, double>> found;
  plateau_state state{.rate = rate};
  for (int epoch = 1; const validation& each : series) {
    const double before = state.rate;
    state = after_epoch(rule, state, each);
    if (state.rate < before) found.emplace_back(epoch, state.rate);
    ++epoch;
  }
  return found;
}

constexpr reduce_on_plateau halve{.factor = .5, .patience = 2, .min_delta = 0};

}  // namespace

TEST_CASE("the reference's losses lower its rate after the epochs that Keras reported", "[train]")
{
  const reduce_on_plateau rule{.factor = .3, .patience = 3, .min_rate = 1e-7};
  const auto first = falls(rule, 1e-4, reference_phase_1);
  REQUIRE(first.size() == 2);
  CHECK(first[0].first == 9);
  CHECK(std::abs(first[0].second - 3e-5) < 1e-18);
  CHECK(first[1].first == 12);
  CHECK(std::abs(first[1].second - 9e-6) < 1e-18);
  const auto second = falls(rule, 1e-5, reference_phase_2);
  REQUIRE(second.size() == 2);
  CHECK(second[0].first == 4);
  CHECK(std::abs(second[0].second - 3e-6) < 1e-18);
  CHECK(second[1].first == 7);
  CHECK(std::abs(second[1].second - 9e-7) < 1e-18);
}

TEST_CASE("the rate falls in the epoch in which patience ends, and waits anew", "[train]")
{
  CHECK(rates(halve, 8, {1, 1, 1, 1, 1, 1, 1}) == std::vector<double>{8, 8, 4, 4, 2, 2, 1});
  CHECK(rates(halve, 8, {1, 1, .9, .9, .8, .8, .8}) == std::vector<double>{8, 8, 8, 8, 8, 8, 4});
}

TEST_CASE("the best loss stays when the rate falls", "[train]")
{
  // After the fall .95 is better than the epochs before it, but not than the best.
  CHECK(rates(halve, 8, {.9, 1, 1, .95, .94}) == std::vector<double>{8, 8, 4, 4, 2});
}

TEST_CASE("what is better by no more than the least difference is no improvement", "[train]")
{
  const reduce_on_plateau rule{.factor = .5, .patience = 2, .min_delta = .25};
  CHECK(rates(rule, 8, {1, .75, .75}) == std::vector<double>{8, 8, 4});
  CHECK(rates(rule, 8, {1, .7, .7}) == std::vector<double>{8, 8, 8});
  // Little by little below the best of the beginning counts when it is far enough.
  CHECK(rates(rule, 8, {1, .8, .7, .6, .5}) == std::vector<double>{8, 8, 8, 8, 4});
}

TEST_CASE("epochs of a cooldown are not counted, but improve the best", "[train]")
{
  reduce_on_plateau rule = halve;
  rule.cooldown = 2;
  // Falls behind the third; the fourth is cool, the fifth counts, for Keras counts down before it looks.
  CHECK(rates(rule, 8, {1, 1, 1, 1, 1, 1, 1}) == std::vector<double>{8, 8, 4, 4, 4, 2, 2});
  CHECK(rates(rule, 8, {1, 1, 1, .5, .7, .7, .7}) == std::vector<double>{8, 8, 4, 4, 4, 2, 2});
}

TEST_CASE("the rate never falls below the least one, and stays there", "[train]")
{
  reduce_on_plateau rule = halve;
  rule.patience = 1;
  rule.min_rate = 3;
  CHECK(rates(rule, 8, {1, 1, 1, 1, 1}) == std::vector<double>{8, 4, 3, 3, 3});
  CHECK(rates(rule, 2, {1, 1, 1}) == std::vector<double>{2, 2, 2});  // it is never raised either
}

TEST_CASE("an accuracy that is watched must rise", "[train]")
{
  reduce_on_plateau rule = halve;
  rule.watched = thorax::monitor::validation_accuracy;
  rule.patience = 1;
  plateau_state state{.rate = 8};
  state = after_epoch(rule, state, {1, .5});
  state = after_epoch(rule, state, {2, .6});
  CHECK(state.rate == 8);
  CHECK(after_epoch(rule, state, {0, .6}).rate == 4);
}

TEST_CASE("a plateau rule that makes no sense is refused", "[train]")
{
  const auto refused = [](const reduce_on_plateau& rule) {
    return refuses(error_code::wrong_usage, "reduce on plateau: expected a factor from 0 to below 1",
                   [&] { ensure_usable(rule); });
  };
  ensure_usable(reduce_on_plateau{});
  CHECK(refused({.factor = 1}));
  CHECK(refused({.factor = -.1}));
  CHECK(refused({.factor = std::numeric_limits<double>::quiet_NaN()}));
  CHECK(refused({.patience = 0}));
  CHECK(refused({.min_delta = -1}));
  CHECK(refused({.cooldown = -1}));
  CHECK(refused({.min_rate = -1}));
}
