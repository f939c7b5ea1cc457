// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/film_convolution.hpp>

#include "support/random_norm.hpp"
#include "support/winograd_matrices.hpp"

#include <thorax/backend/reference/convolution.hpp>
#include <thorax/backend/reference/normalization.hpp>

#include <algorithm>  // fill_n, max
#include <cmath>      // abs
#include <limits>
#include <vector>

using namespace thorax::tests;
using thorax::each_pixel;
using thorax::extents;
using thorax::film_convolution;
using thorax::norm_sums;
using thorax::read_norm;
using thorax::reference_convolution;
using thorax::reference_normalization;
using thorax::view;
using thorax::window;
using thorax::workers;

namespace {

struct problem {
  int samples;
  extents in;
  int outputs;
  window moving;

  extents out() const { return {outputs, moving.places(in.height), moving.places(in.width)}; }
  int depth() const { return in.channels * moving.kernel * moving.kernel; }
};

// Products, halves, filtering with tiles of every side and windows, with fewer films than threads, as many and
// more.
const std::vector<problem> chosen{{1, {128, 19, 17}, 128, each_pixel}, {2, {70, 13, 11}, 33, each_pixel},
                                  {3, {1100, 3, 3}, 40, each_pixel},   {5, {64, 12, 11}, 64, each_pixel},
                                  {1, {64, 37, 39}, 32, {3, 1, 1}},    {2, {128, 9, 9}, 32, {3, 1, 1}},
                                  {3, {32, 22, 24}, 45, {3, 1, 2}},    {7, {48, 7, 8}, 20, {3, 1, 0}},
                                  {1, {3, 71, 64}, 64, {7, 2, 3}},     {3, {3, 40, 33}, 20, {7, 2, 3}},
                                  {2, {20, 9, 7}, 5, {2, 2, 0}},       {4, {1, 1, 1}, 1, {7, 1, 3}}};

template<class Check>
void for_each_problem(Check&& check)
{
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    drawing draw{seed};
    problem some{draw.between(1, 5), draw.shape(40, 21), draw.between(1, 40), {}};
    some.moving = draw.moving(some.in);
    if (seed < chosen.size()) some = chosen[seed];
    INFO("seed " << seed << ": " << some.samples << " x " << some.in.channels << " x " << some.in.height << " x "
                 << some.in.width << " to " << some.outputs << " channels, kernel " << some.moving.kernel
                 << ", stride " << some.moving.stride << ", padding " << some.moving.padding);
    check(draw, some);
  }
}

// Numbers, weights and rules are of variance 1 with scales up to 2 before and behind: a sum of k products stands
// near 4·sqrt(k) and gathers k roundings of that size at random, about 4·k·2^-24; sums of halves are four times as
// large, and filtering gathers one rounding a channel, which tiles amplify. Eight times the largest of these is
// never met.
double tolerance(const problem& some)
{
  const double product = 4 * (some.moving == each_pixel ? 4 : 1) * (some.depth() + 8);
  const double filtered = some.moving.kernel == 3 ? 4 * amplification_of(6) * (some.in.channels + 30) : 0;
  return 8 * std::max(product, filtered) * float_rounding;
}

/// As on_any_threads, and on two threads, too.
template<class Run>
norm_result on_any_number_of_threads(const norm_result& start, const film_convolution& films, Run&& run)
{
  const auto all = [&](const workers& w, norm_result& to) { run(w, to, true); };
  const norm_result found = on_any_threads("a film's gradient", start, films.scratch_floats(), all);
  norm_result again{start};
  crew two{2, films.scratch_floats()};
  all(*two, again);
  check_same_bits("a film's gradient", found.numbers(), again.numbers());
  return found;
}

double largest_of(const sliced_maps<float>& maps)
{
  double largest = 0;
  for (const float each : maps.numbers()) largest = std::max(largest, std::abs(double{each}));
  return largest;
}

}  // namespace

TEST_CASE("a convolution film by film is the reference's, on one thread, two and three bit for bit", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const random_rule before{draw, some.in.channels};
    const random_rule after{draw, some.outputs};
    const std::vector<float> weights = draw.numbers(static_cast<std::size_t>(some.outputs * some.depth()));
    const sliced_maps<float> empty{draw, some.samples, some.out(), false};
    const film_convolution films{some.in, some.out(), some.moving, (*after).relu};
    const auto run = [&](const workers& w, const sliced_maps<float>& out) {
      films.run(w, *in, *before, weights.data(), *after, *out, false);
    };
    const auto found = on_any_threads("out", empty, films.scratch_floats(), run);
    const sliced_maps<float> again{empty};
    crew two{2, films.scratch_floats()};
    run(*two, again);
    check_same_bits("out", found.numbers(), again.numbers());
    const sliced_maps<float> expected{empty};
    reference_convolution::convolution({}, *in, *before, weights.data(), some.moving, *after, *expected);
    check_close("out, film by film", found, expected, tolerance(some));
    CHECK(in.rim_is_untouched());
  });
}

TEST_CASE("a convolution film by film is added to what is there, and else replaces it whatever it is", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const std::vector<float> weights = draw.numbers(static_cast<std::size_t>(some.outputs * some.depth()));
    const film_convolution films{some.in, some.out(), some.moving};
    const sliced_maps<float> start{draw, some.samples, some.out()};
    const sliced_maps<float> nothing{start};
    for (int n = 0; n < some.samples; ++n)
      std::fill_n((*nothing).sample(n), some.out().size(), std::numeric_limits<float>::quiet_NaN());
    const auto run = [&](bool adds, const sliced_maps<float>& before) {
      return on_any_threads("out", before, films.scratch_floats(), [&](const workers& w, const auto& out) {
        films.run(w, *in, {}, weights.data(), {}, *out, adds);
      });
    };
    const std::vector<float> made = run(false, nothing).numbers();
    std::vector<float> sums = start.numbers();
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += made[i];
    const sliced_maps<float> added = run(true, start);
    check_same_bits("sums", added.numbers(), sums);
    CHECK(added.rim_is_untouched());
  });
}

TEST_CASE("with its weights turned round, a convolution film by film is the gradient of another's input",
          "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    if (some.moving.stride != 1) return;
    const int kernel = some.moving.kernel;
    const sliced_maps d_out{draw, some.samples, some.out()};
    const std::vector<float> weights = draw.numbers(static_cast<std::size_t>(some.outputs * some.depth()));
    const sliced_maps<float> start{draw, some.samples, some.in};
    const film_convolution films{
      some.out(), some.in, {kernel, 1, kernel - 1 - some.moving.padding}, false, thorax::weight_order::turned};
    const auto found =
      on_any_threads("d_in", start, films.scratch_floats(), [&](const workers& w, const auto& d_in) {
        films.run(w, *d_out, {}, weights.data(), {}, *d_in, true);
      });
    const sliced_maps<float> expected{start};
    reference_convolution::convolution_gradient_of_input({}, *d_out, weights.data(), some.moving, *expected);
    const problem turned{some.samples, some.out(), some.in.channels, some.moving};
    check_close("d_in, film by film", found, expected, tolerance(turned));
  });
}

TEST_CASE("a convolution film by film goes through a norm as what it makes does, on any threads bit for bit",
          "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.in};
    const std::vector<float> weights = draw.numbers(static_cast<std::size_t>(some.outputs * some.depth()));
    const film_convolution films{some.in, some.out(), some.moving};
    const random_norm norm{draw, some.outputs};
    const sliced_maps maps{draw, some.samples, some.out()};
    norm.keep_away_from_the_edge(*maps);
    const read_norm<float> read = norm.of(maps.read());
    const norm_result start{sliced_maps{draw, some.samples, some.out()}};
    const auto through = [&](const workers& w, norm_result& to, bool wanted) {
      films.run_through(w, *in, weights.data(), read, to.sums.data(), wanted ? *to.d_in : view<float>{});
    };
    const norm_result found = on_any_number_of_threads(start, films, through);
    const sliced_maps<float> made{draw, some.samples, some.out(), false};
    crew one{1, films.scratch_floats()};
    films.run(*one, *in, {}, weights.data(), {}, *made, false);
    norm_result expected{start};
    reference_normalization::norm_gradient({}, read, made.read(), expected.sums.data(), *expected.d_in);
    // What arrives is the same; its product with a scale up to 2 is added to numbers below 8, rounded once each.
    const double largest = 8 + 2 * largest_of(made);
    check_close("d_in through a norm, film by film", found.d_in, expected.d_in, 4 * largest * float_rounding);
    check_sums("sums behind a norm, film by film", found.sums, expected.sums,
               allowed_of_float_sums(read, made.read()));
    norm_result unwanted{start};
    through(*one, unwanted, false);
    check_same_sums("sums alone", unwanted.sums, found.sums);
    check_same_bits("d_in that is not wanted", unwanted.d_in.numbers(), start.d_in.numbers());
    CHECK(in.rim_is_untouched());
  });
}

TEST_CASE("a convolution film by film refuses scratch that is too small", "[backend]")
{
  std::vector<float> numbers(64);
  const auto maps = view<float>::packed(numbers.data(), 1, {1, 4, 4});
  const film_convolution films{maps.shape, maps.shape, {3, 1, 1}};
  crew small{1, films.scratch_floats() - 1};
  CHECK_THROWS_AS(films.run(*small, maps, {}, numbers.data(), {}, maps, false), thorax::error);
  norm_sums sums;
  const read_norm<float> read{maps, {numbers.data(), numbers.data(), false}, numbers.data()};
  CHECK_THROWS_AS(films.run_through(*small, maps, numbers.data(), read, &sums, maps), thorax::error);
}
