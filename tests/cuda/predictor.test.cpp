// SPDX-License-Identifier: MIT
//
// Ops of the backend cuda that predict, on one and on several films at once, against the reference.

#include "support/on_device.hpp"
#include "support/random_pixels.hpp"

#include <thorax/backend/reference/predictor.hpp>

#include <vector>

using namespace thorax::tests;
using thorax::cuda_predictor;
using thorax::extents;
using thorax::op_kind;
using thorax::pixel_view;
using thorax::reference_predictor;
using thorax::view;
using thorax::window;

namespace {

double tolerance(const drawn_op& drawn) { return drawn.multiplies() ? 64 * (drawn.depth() + 4) * float_rounding : 1e-5; }

wanted_op random_wish(drawing& draw)
{
  constexpr op_kind kinds[] = {op_kind::convolution, op_kind::convolution, op_kind::linear,  op_kind::max_pool,
                               op_kind::average_pool, op_kind::global_average_pool, op_kind::activation,
                               op_kind::softmax, op_kind::sigmoid};
  wanted_op wanted{.kind = kinds[draw.between(0, 8)], .in = draw.shape(40, 16), .outputs = draw.between(1, 80)};
  const bool multiplies = wanted.kind == op_kind::convolution;
  if (wanted.kind == op_kind::linear) wanted.in = {wanted.in.channels, 1, 1};
  if (multiplies && draw.yes() && wanted.in.height > 1 && wanted.in.width > 1) wanted.mean_before = {2, 2, 0};
  const extents seen = wanted.mean_before.places(wanted.in);
  if (multiplies || wanted.kind == op_kind::max_pool || wanted.kind == op_kind::average_pool)
    wanted.moving = draw.moving(seen, multiplies ? 7 : 4);
  if (wanted.kind == op_kind::average_pool) wanted.moving.padding = 0;
  if (wanted.kind == op_kind::average_pool && wanted.moving.places(seen).size() == 0) wanted.moving = {1, 1, 0};
  if (multiplies && draw.yes()) wanted.max_after = {3, 2, 1};
  return wanted;
}

/// Several films behind each other in one buffer, which has other channels around theirs.
struct batch_of_pixels {
  int before;
  extents shape;
  int stride;
  std::vector<float> numbers;

  batch_of_pixels(drawing& draw, int films, extents of)
    : before{draw.between(0, 9)}, shape{of}, stride{before + of.channels + draw.between(0, 9)},
      numbers{draw.numbers(static_cast<std::size_t>(films * stride) * of.pixels())}
  {
  }
  [[nodiscard]] std::ptrdiff_t first_of(int film) const
  {
    return static_cast<std::ptrdiff_t>(film) * stride * static_cast<std::ptrdiff_t>(shape.pixels()) + before;
  }
};

}  // namespace

TEST_CASE("cuda's ops that predict are the reference's, film by film of a batch", "[cuda]")
{
  if (!has_device()) return;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    drawing draw{seed};
    const drawn_op drawn{draw, random_wish(draw)};
    const int films = draw.between(1, 4);
    INFO("seed " << seed << ", " << films << " films: " << drawn.words());
    const batch_of_pixels in{draw, films, drawn.step.in.shape};
    batch_of_pixels out{draw, films, drawn.step.out.shape};

    std::vector<float> packed(cuda_predictor::packed_floats(drawn.step));
    cuda_predictor::pack(drawn.step, drawn.numbers(), packed.data());
    const std::size_t scratch_floats = cuda_predictor::scratch_floats(drawn.step);
    const device_floats packed_there{packed}, in_there{in.numbers}, out_there{out.numbers},
      scratch{scratch_floats * static_cast<std::size_t>(films)};
    thorax::predict_op(cuda_predictor{}, thorax::workers{nullptr, scratch.data(), scratch_floats}, drawn.step,
                       packed_there.data(), pixel_view<const float>{in_there.data() + in.before, in.shape, in.stride, films},
                       pixel_view<float>{out_there.data() + out.before, out.shape, out.stride, films});

    std::vector<float> written(reference_predictor::packed_floats(drawn.step));
    reference_predictor::pack(drawn.step, drawn.numbers(), written.data());
    std::vector<float> room(reference_predictor::scratch_floats(drawn.step));
    for (int n = 0; n < films; ++n)
      thorax::predict_op(reference_predictor{}, thorax::workers{nullptr, room.data(), room.size()}, drawn.step,
                         written.data(),
                         pixel_view<const float>{in.numbers.data() + in.first_of(n), in.shape, in.stride},
                         pixel_view<float>{out.numbers.data() + out.first_of(n), out.shape, out.stride});
    check_close("ops that predict", out_there.numbers(), out.numbers, tolerance(drawn));  // and all around them
  }
}

TEST_CASE("films that are carried to the device and back are the same, into slices and out of them", "[cuda]")
{
  if (!has_device()) return;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const int films = draw.between(1, 4);
    const extents shape = draw.shape(9, 20);
    const sliced_maps some{draw, films, shape};
    batch_of_pixels expected{draw, films, shape};
    const device_floats there{expected.numbers}, scratch{shape.size() * static_cast<std::size_t>(films)};
    const thorax::workers crew{nullptr, scratch.data(), shape.size()};
    const pixel_view<float> maps{there.data() + expected.before, shape, expected.stride, films};
    cuda_predictor::take_in(crew, *some, maps);
    for (int n = 0; n < films; ++n)
      interleave((*some).only(n), {expected.numbers.data() + expected.first_of(n), shape, expected.stride});
    check_close("maps there", there.numbers(), expected.numbers, 0);
    const sliced_maps<float> back{draw, films, shape, false};
    cuda_predictor::give_out(crew, maps, *back);
    check_close("maps again", back.numbers(), some.numbers(), 0);
    CHECK(back.rim_is_untouched());
  }
}
