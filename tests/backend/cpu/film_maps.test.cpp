// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/film_maps.hpp>

#include "support/random_norm.hpp"
#include "support/random_pixels.hpp"

#include <thorax/backend/cpu/kernels/chosen_kernels.hpp>
#include <thorax/backend/reference/normalization.hpp>

#include <limits>
#include <vector>

using namespace thorax::tests;
using thorax::chosen_kernels;
using thorax::extents;
using thorax::film_channels;
using thorax::norm_sums;
using thorax::pixel_view;
using thorax::read_norm;
using thorax::reference_normalization;
using thorax::view;
using thorax::workers;

namespace {

/// Some channels of one film of a batch; maps of a few shares of 512 pixels and a rest.
struct problem {
  int samples;
  extents shape;
  int film;
  int first;
  int channels;

  explicit problem(drawing& draw)
    : samples{draw.between(1, 3)}, shape{draw.shape(40, 45)}, film{draw.between(0, samples - 1)},
      first{draw.between(0, shape.channels - 1)}, channels{draw.between(1, shape.channels - first)}
  {
  }

  [[nodiscard]] int pixels() const { return static_cast<int>(shape.pixels()); }
  [[nodiscard]] extents taken() const { return {channels, shape.height, shape.width}; }
};

template<class Check>
void for_each_problem(Check&& check)
{
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    drawing draw{seed};
    const problem some{draw};
    INFO("seed " << seed << ": channels " << some.first << " to " << some.first + some.channels << " of "
                 << some.shape.channels << ", film " << some.film << " of " << some.samples << ", "
                 << some.shape.height << " x " << some.shape.width);
    check(draw, some);
  }
}

}  // namespace

TEST_CASE("some channels of a film lie pixel by pixel, activated by the rules of these channels", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.shape};
    const random_rule before{draw, some.shape.channels};
    const int width = some.channels + draw.between(0, 20);
    const view<const float> batch = *in;
    const film_channels<const float> maps{batch, some.film, some.first, some.channels};
    const std::vector<float> empty(static_cast<std::size_t>(some.pixels() * width));
    const auto found = on_any_threads("pixels", empty, 0, [&](const workers& w, auto& pixels) {
      thorax::interleave_film(w, chosen_kernels(), maps, *before, pixels.data(), width);
    });
    std::vector<float> expected;
    for (int p = 0; p < some.pixels(); ++p)
      for (int c = 0; c < width; ++c)
        expected.push_back(
          c >= some.channels ? 0.0F : (*before)(batch.channel(some.film, some.first + c)[p], some.first + c));
    // The rule is one fused operation here and two there: three roundings of numbers below 16.
    check_close("pixels of a film", found, expected, 3 * 8 * float_rounding);
  });
}

TEST_CASE("a share of a film's pixels is what the whole film has there", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const sliced_maps in{draw, some.samples, some.shape};
    const random_rule before{draw, some.shape.channels};
    const view<const float> batch = *in;
    const film_channels<const float> maps{batch, some.film, some.first, some.channels};
    const auto floats = static_cast<std::size_t>(some.pixels() * some.channels);
    std::vector<float> whole(floats);
    thorax::interleave_film({}, chosen_kernels(), maps, *before, whole.data(), some.channels);
    const int first = draw.between(0, some.pixels() - 1);
    const int last = draw.between(first + 1, some.pixels());
    const guarded_floats share{static_cast<std::size_t>((last - first) * some.channels)};
    thorax::interleave(chosen_kernels(), maps, *before, first, last, share.data(), some.channels);
    check_same_bits("share", {share.data(), share.data() + (last - first) * some.channels},
                    std::vector<float>(whole.data() + first * some.channels, whole.data() + last * some.channels));
    CHECK(share.guard_is_untouched());
  });
}

TEST_CASE("a film's pixels become its maps or are added to them, and other films and channels stay", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& some) {
    const bool adds = draw.yes();
    INFO("adds " << adds);
    const sliced_pixels made{draw, some.taken()};
    const sliced_maps<float> start{draw, some.samples, some.shape};
    const auto found = on_any_threads("maps", start, 0, [&](const workers& w, const sliced_maps<float>& maps) {
      const view<float> batch = *maps;
      thorax::separate_film(w, chosen_kernels(), *made, {batch, some.film, some.first, some.channels}, adds);
    });
    const sliced_maps<float> expected{start};
    for (int c = 0; c < some.channels; ++c)
      for (int p = 0; p < some.pixels(); ++p) {
        float& number = (*expected).channel(some.film, some.first + c)[p];
        number = adds ? number + (*made).pixel(p)[c] : (*made).pixel(p)[c];
      }
    check_close("maps of a film", found, expected, 0);
    CHECK(made.rim_is_untouched());
  });
}

TEST_CASE("a film's pixels are carried through a norm into its maps and sums, and other films stay", "[backend]")
{
  for_each_problem([](drawing& draw, const problem& drawn) {
    problem some = drawn;
    if (draw.between(0, 3) == 0) some.shape.channels += draw.between(30, 120);  // some shares of 64 channels
    const random_norm norm{draw, some.shape.channels};
    INFO("all " << some.shape.channels << " channels, ReLU " << norm.relu());
    const sliced_maps in{draw, some.samples, some.shape};
    norm.keep_away_from_the_edge(*in);
    const read_norm<float> read = norm.of(in.read());
    const sliced_pixels made{draw, some.shape};
    const norm_result start{sliced_maps{draw, some.samples, some.shape}};
    const auto run = [&](bool wanted) {
      return on_any_threads("a film's gradient", start, 0, [&](const workers& w, norm_result& to) {
        thorax::separate_film_through(w, chosen_kernels(), *made, read, some.film, to.sums.data(),
                                      wanted ? *to.d_in : view<float>{});
      });
    };
    const norm_result found = run(true);
    norm_result expected{start};
    std::vector<float> plane_by_plane(some.shape.size());
    const auto arriving = view<float>::packed(plane_by_plane.data(), 1, some.shape);
    thorax::separate(*made, arriving);
    read_norm<float> of_film = read;
    of_film.maps = read.maps.only(some.film);
    norm_sums* const own = expected.sums.data() + some.film * some.shape.channels;
    reference_normalization::norm_gradient({}, of_film, arriving, own, (*expected.d_in).only(some.film));
    // A product and a sum, both below 16, rounded once each here and there.
    check_close("d_in of a film", found.d_in, expected.d_in, 4 * 16 * float_rounding);
    check_sums_of_film("a film's sums", some.film, found, expected, allowed_of_float_sums(of_film, arriving));
    const norm_result unwanted = run(false);
    check_same_sums("sums alone", unwanted.sums, found.sums);
    check_same_bits("d_in that is not wanted", unwanted.d_in.numbers(), start.d_in.numbers());
    CHECK(made.rim_is_untouched());
  });
}
