// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/predictor.hpp>

#include "support/random_pixels.hpp"
#include "support/refuses.hpp"
#include "support/winograd_matrices.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace thorax::tests;
using thorax::cpu_options;
using thorax::cpu_predictor;
using thorax::each_pixel;
using thorax::extents;
using thorax::op_kind;
using thorax::reference_predictor;
using thorax::thread_pool;
using thorax::window;

namespace {

struct pools {
  thread_pool one{1};
  thread_pool two{2};
  thread_pool three{3};
};

/// One of the ways to compute everything.
struct way {
  const thorax::kernels::kernel_table& kernels;
  cpu_options options;

  cpu_predictor chosen() const { return cpu_predictor{options, kernels}; }
  bool takes_pairs(const thorax::op& step) const { return recipe_of(step, kernels, options).numbers == 2; }
  std::string name() const
  {
    return std::string{kernels.name} + (options.winograd ? " with Winograd" : "") +
           (options.strassen ? " and Strassen" : "") +
           (options.bf16 ? " in bf16" : "");
  }
};

/// Calls `check(way)` for all kernels that run here, with Winograd and without, and in bfloat16 where there is that.
template<class Check>
void for_each_way(Check&& check)
{
  for (const thorax::kernel_choice& each : thorax::kernel_choices())
    for (const cpu_options& options : {cpu_options{}, {.winograd = false, .strassen = false}, {.bf16 = true},
                                       {.winograd = false, .bf16 = true}}) {
      if (!each.runs_here || (options.bf16 && each.kernels->multiply_pairs == nullptr)) continue;
      const way now{*each.kernels, options};
      INFO(now.name());
      check(now);
    }
}

/// Runs the op on one, two and three threads and checks that all make the same bits.
sliced_pixels on_all_threads(const cpu_predictor& chosen, pools& with, const drawn_op& drawn,
                             const sliced_pixels& in, const sliced_pixels& empty)
{
  const sliced_pixels alone = predicted(chosen, with.one, drawn, in, empty);
  for (thread_pool* several : {&with.two, &with.three})
    check_same_bits("out", alone.numbers(), predicted(chosen, *several, drawn, in, empty).numbers());
  return alone;
}

/// The same op with every number made positive: what each result would be if nothing in it canceled.
std::vector<double> sizes_of_sums(const drawn_op& drawn, const sliced_pixels& in, const sliced_pixels& empty)
{
  const auto positive = [](const float* numbers, int count, float otherwise) {
    std::vector<float> all(static_cast<std::size_t>(count), otherwise);
    for (int i = 0; numbers != nullptr && i < count; ++i) all[static_cast<std::size_t>(i)] = std::abs(numbers[i]);
    return all;
  };
  const int channels = drawn.step.in.shape.channels;
  const int outputs = drawn.step.out.shape.channels;
  const std::vector<float> scales[]{positive(drawn.before().scale, channels, 1),
                                    positive(drawn.after().scale, outputs, 1)};
  const std::vector<float> shifts[]{positive(drawn.before().shift, channels, 0),
                                    positive(drawn.after().shift, outputs, 0)};
  std::vector<float> weights = drawn.weights();
  for (float& each : weights) each = std::abs(each);
  sliced_pixels sizes{in};
  sizes.change([](float x) { return std::abs(x); });
  const thorax::op_numbers numbers{
    weights.data(), {scales[0].data(), shifts[0].data(), false}, {scales[1].data(), shifts[1].data(), false}};
  std::vector<float> packed(reference_predictor::packed_floats(drawn.step));
  std::vector<float> scratch(reference_predictor::scratch_floats(drawn.step));
  reference_predictor::pack(drawn.step, numbers, packed.data());
  const sliced_pixels made{empty};
  thorax::predict_op(reference_predictor{}, {nullptr, scratch.data(), scratch.size()}, drawn.step, packed.data(),
                     *sizes, *made);
  const std::vector<float> all = made.numbers();
  return {all.begin(), all.end()};
}

// Every rounding is at most 2^-24 of what is rounded, and that is never more than the sum of all that is added, each
// taken positive. An addend is rounded when it is activated (3 times at most, here and in the reference together), with
// each addition of the mean and of the sum, and as weight, scale, shift and result are multiplied and added.
double roundings(const drawn_op& drawn)
{
  const window& seen = drawn.multiplies() ? drawn.step.mean_before : drawn.step.moving;
  const bool whole = drawn.step.kind == op_kind::global_average_pool;
  const int cells = whole ? static_cast<int>(drawn.step.in.shape.pixels()) : seen.kernel * seen.kernel;
  return (drawn.multiplies() ? drawn.depth() : 0) + cells + 12;
}

// Bounds that cannot be exceeded would be useless for Winograd: F(6x6) multiplies sizes by 4600 if all is positive, and
// by 140 if signs are random. A plane's sum of k random products stands near sqrt(k) and gathers k roundings of that
// size, less than k · 2^-24; transforming adds a few. Four times that is never met, one missing product is. In
// bfloat16, whose roundings are 2^-8, each product brings two, with signs as random as theirs: sqrt(2 k) in all.
double allowed_by_filtering(const way& now, const drawn_op& drawn)
{
  const double channels = drawn.step.in.shape.channels;
  const double pairs = now.takes_pairs(drawn.step) ? std::sqrt(2 * channels) * 0x1p-8 : 0;
  return 4 * amplification_of(recipe_of(drawn.step, now.kernels, now.options).tile) *
         ((channels + 30) * float_rounding + pairs);
}

std::vector<double> allowed_for(const way& now, const drawn_op& drawn, std::vector<double> sizes)
{
  // Sums of two pixels, halves of the depth and two outputs cancel each other, so the largest sum counts for all.
  if (now.chosen().way_of(drawn.step) == "Strassen")
    sizes.assign(sizes.size(), 4 * *std::max_element(sizes.begin(), sizes.end()));
  if (now.chosen().way_of(drawn.step).size() != std::string_view{"F(2x2)"}.size()) {
    const double share =
      roundings(drawn) * float_rounding + (drawn.multiplies() && now.takes_pairs(drawn.step) ? 0x1.02p-7 : 0);
    for (double& each : sizes) each *= share;
    return sizes;
  }
  const int outputs = drawn.step.out.shape.channels;
  const float* const scale = drawn.after().scale;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const double factor = scale == nullptr ? 1 : std::abs(double{scale[static_cast<int>(i) % outputs]});
    sizes[i] = allowed_by_filtering(now, drawn) * factor + 2 * float_rounding * sizes[i];
  }
  return sizes;
}

void check_op(pools& with, drawing& draw, const wanted_op& wanted)
{
  const drawn_op drawn{draw, wanted};
  INFO(drawn.words());
  const extents shape = wanted.in;
  const sliced_pixels in{wanted.whole ? sliced_pixels::whole(draw, shape) : sliced_pixels{draw, shape}};
  const sliced_pixels empty{draw, drawn.step.out.shape, false};
  const std::vector<float> expected = predicted(reference_predictor{}, with.one, drawn, in, empty).numbers();
  const std::vector<double> sizes = sizes_of_sums(drawn, in, empty);
  for_each_way([&](const way& now) {
    const cpu_predictor chosen = now.chosen();
    const std::string_view how = chosen.way_of(drawn.step);
    const std::string name = std::string{now.kernels.name} +
                             (drawn.multiplies() && now.takes_pairs(drawn.step) ? " bf16 " : " ") +
                             std::string{how.empty() ? "pool" : how};
    check_each(name, on_all_threads(chosen, with, drawn, in, empty).numbers(), expected,
               allowed_for(now, drawn, sizes));
  });
}

/// Checks the given ops, and then as many that are drawn.
template<class Draw>
void check_ops(const std::vector<wanted_op>& given, std::uint64_t all, Draw&& random_op)
{
  pools with;
  for (std::uint64_t seed = 0; seed < all; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    check_op(with, draw, seed < given.size() ? given[seed] : random_op(draw));
  }
}

int one_of(drawing& draw, const std::vector<int>& numbers)
{
  return numbers[static_cast<std::size_t>(draw.between(0, static_cast<int>(numbers.size()) - 1))];
}

// Less and more than a vector and a register tile of each instruction set; sides as DenseNet's and smaller.
const std::vector<int> some_channels{1, 3, 4, 5, 12, 16, 17, 32, 33, 64, 130};
const std::vector<int> some_outputs{1, 2, 7, 8, 15, 16, 17, 24, 32, 33, 48, 65};
const std::vector<int> some_sides{1, 2, 3, 5, 7, 9, 14, 18, 37};

extents some_maps(drawing& draw)
{
  return {one_of(draw, some_channels), one_of(draw, some_sides), one_of(draw, some_sides)};
}

/// Fewer outputs where the reference would compute for long.
wanted_op in_short(wanted_op wanted)
{
  const int taps = wanted.moving.kernel * wanted.moving.kernel;
  const double products = static_cast<double>(wanted.in.size()) * taps;
  wanted.outputs = std::clamp(static_cast<int>(1'000'000 / products), 1, wanted.outputs);
  return wanted;
}

}  // namespace

TEST_CASE("a cpu convolution of single pixels is the reference's, whatever its depth", "[backend]")
{
  const std::vector<wanted_op> deep{
    {op_kind::convolution, {600, 7, 7}, 33}, {op_kind::convolution, {1100, 5, 6}, 40},
    {op_kind::convolution, {512, 3, 3}, 16}, {op_kind::convolution, {513, 2, 3}, 17},
    {op_kind::convolution, {1, 1, 1}, 1},    {op_kind::convolution, {64, 75, 75}, 3},
    {op_kind::convolution, {130, 37, 37}, 5}};
  check_ops(deep, 40, [](drawing& draw) {
    return in_short({op_kind::convolution, some_maps(draw), one_of(draw, some_outputs)});
  });
}

TEST_CASE("a cpu convolution by windows is the reference's, whatever they see beyond the maps", "[backend]")
{
  const std::vector<wanted_op> deep{
    {op_kind::convolution, {128, 9, 9}, 32, {3, 1, 1}},  {op_kind::convolution, {130, 7, 7}, 17, {3, 1, 0}},
    {op_kind::convolution, {3, 75, 75}, 16, {7, 2, 3}},  {op_kind::convolution, {3, 1, 1}, 33, {7, 2, 3}},
    {op_kind::convolution, {64, 2, 3}, 32, {3, 1, 2}},   {op_kind::convolution, {171, 3, 3}, 5, {3, 2, 1}},
    {op_kind::convolution, {33, 18, 18}, 12, {5, 3, 4}}, {op_kind::convolution, {12, 37, 9}, 7, {1, 2, 0}}};
  check_ops(deep, 80, [](drawing& draw) {
    const extents in = some_maps(draw);
    return in_short({op_kind::convolution, in, one_of(draw, some_outputs), draw.moving(in)});
  });
}

TEST_CASE("a cpu convolution of few channels, whose windows may be read where they lie, is the reference's",
          "[backend]")
{
  std::vector<wanted_op> given{{op_kind::convolution, {3, 75, 75}, 32, {7, 2, 3}, {}, {3, 2, 1}, true, true},
                               {op_kind::convolution, {3, 5, 1300}, 32, {3, 2, 1}, {}, {}, true, true},
                               {op_kind::convolution, {3, 11, 41}, 64, {5, 2, 0}, {}, {2, 2, 0}, true, true}};
  for (const int sliced : {0, 1})
    for (const int some : {1, 2, 3, 6})
      for (const int padding : {0, 2})
        given.push_back(
          {op_kind::convolution, {some, 9, 37}, 32, {3, some % 2 + 1, padding}, {}, {}, true, sliced == 0});
  check_ops(given, 60, [](drawing& draw) {
    const extents in{draw.between(1, 6), draw.between(4, 12), draw.between(4, 60)};
    const int kernel = draw.between(1, 4);
    return in_short({op_kind::convolution,
                     in,
                     32 * draw.between(1, 2),
                     {kernel, draw.between(1, 3), draw.between(0, kernel - 1)},
                     {},
                     {},
                     true,
                     true});
  });
}

TEST_CASE("a cpu convolution that reads means is the reference's", "[backend]")
{
  std::vector<wanted_op> given{{op_kind::convolution, {600, 9, 9}, 33, each_pixel, {2, 2, 0}}};
  for (const window& mean : {window{2, 2, 0}, window{3, 1, 0}, window{3, 3, 0}})
    for (const extents& in : {extents{64, 18, 18}, extents{17, 7, 9}, extents{130, 3, 37}})
      given.push_back({op_kind::convolution, in, 33, each_pixel, mean});
  check_ops(given, 40, [](drawing& draw) {
    const extents in = some_maps(draw);
    const int kernel = draw.between(1, std::min({4, in.height, in.width}));
    return in_short(
      {op_kind::convolution, in, one_of(draw, some_outputs), each_pixel, {kernel, draw.between(1, 4), 0}});
  });
}

TEST_CASE("a cpu convolution that writes maxima is the reference's", "[backend]")
{
  std::vector<wanted_op> given{{op_kind::convolution, {3, 75, 75}, 17, {7, 2, 3}, {}, {3, 2, 1}}};
  for (const window& max : {window{3, 2, 1}, window{2, 2, 0}, window{2, 1, 0}})
    for (const window& moving : {window{7, 2, 3}, window{3, 1, 1}, each_pixel})
      given.push_back({op_kind::convolution, {5, 18, 13}, 33, moving, {}, max});
  check_ops(given, 60, [](drawing& draw) {
    const extents in = some_maps(draw);
    const window moving = draw.moving(in);
    return in_short(
      {op_kind::convolution, in, one_of(draw, some_outputs), moving, {}, draw.moving(moving.places(in), 4)});
  });
}

TEST_CASE("a cpu convolution by minimal filtering is the reference's with tiles of every size", "[backend]")
{
  std::vector<wanted_op> given;
  for (const extents& in : {extents{16, 75, 75}, extents{32, 37, 37}, extents{32, 28, 28}, extents{32, 18, 18},
                            extents{128, 9, 9}, extents{64, 7, 7}, extents{128, 1, 1}})
    for (const int padding : {0, 1, 2})
      if (in.height > 1 || padding > 0)
        given.push_back({op_kind::convolution, in, in.height > 40 ? 8 : 32, {3, 1, padding}, {}, {}, true});
  check_ops(given, 60, [](drawing& draw) {
    const extents in{one_of(draw, {4, 8, 16, 24, 48}), draw.between(3, 22), draw.between(3, 22)};
    return in_short(
      {op_kind::convolution, in, one_of(draw, some_outputs), {3, 1, draw.between(0, 2)}, {}, {}, true});
  });
  drawing draw{0};
  std::map<std::string, std::set<std::string_view>> ways;
  for (const wanted_op& each : given)
    for_each_way([&](const way& now) {
      const std::string_view how = now.chosen().way_of(drawn_op{draw, each}.step);
      if (now.options.winograd) ways[now.name()].insert(how);
      else CHECK(how == "product");
    });
  for (const auto& [name, found] : ways) {
    INFO(name);
    for (const char* tile : {"F(2x2)", "F(3x3)", "F(4x4)"}) CHECK(found.contains(tile));
    CHECK(found.contains("F(6x6)") != name.ends_with("bf16"));
  }
}

TEST_CASE("a cpu convolution of many pixels by seven products of halves is the reference's", "[backend]")
{
  std::vector<wanted_op> given{{op_kind::convolution, {64, 12, 11}, 64},   {op_kind::convolution, {96, 13, 11}, 128},
                               {op_kind::convolution, {1088, 15, 9}, 64},  {op_kind::convolution, {32, 37, 37}, 64},
                               {op_kind::convolution, {544, 11, 12}, 128}, {op_kind::convolution, {64, 1, 129}, 64}};
  check_ops(given, 12, [](drawing& draw) {
    return wanted_op{op_kind::convolution, {32 * draw.between(1, 6), draw.between(12, 20), draw.between(11, 16)},
                     64 * draw.between(1, 2)};
  });
  drawing draw{0};
  for (const wanted_op& each : given)
    for_each_way([&](const way& now) {
      const bool is_halved = now.chosen().way_of(drawn_op{draw, each}.step) == "Strassen";
      CHECK(is_halved == (now.options.strassen && !now.options.bf16));
    });
}

TEST_CASE("a cpu linear layer is the reference's", "[backend]")
{
  const std::vector<wanted_op> given{
    {op_kind::linear, {1920, 1, 1}, 14}, {op_kind::linear, {1, 1, 1}, 1}, {op_kind::linear, {600, 1, 1}, 130}};
  check_ops(given, 20, [](drawing& draw) {
    return wanted_op{op_kind::linear, {one_of(draw, {1, 3, 17, 64, 130, 513}), 1, 1}, one_of(draw, some_outputs)};
  });
}

TEST_CASE("the cpu's pools are the reference's", "[backend]")
{
  for (const op_kind kind : {op_kind::max_pool, op_kind::average_pool, op_kind::global_average_pool})
    check_ops({}, 50, [kind](drawing& draw) {
      wanted_op wanted{kind, some_maps(draw)};
      const int kernel = draw.between(1, std::min({4, wanted.in.height, wanted.in.width}));
      if (kind == op_kind::max_pool) wanted.moving = draw.moving(wanted.in, 4);
      if (kind == op_kind::average_pool) wanted.moving = {kernel, draw.between(1, 3), 0};
      return wanted;
    });
}

TEST_CASE("the cpu's activations and probabilities are the reference's", "[backend]")
{
  for (const op_kind kind : {op_kind::activation, op_kind::dropout, op_kind::softmax, op_kind::sigmoid})
    check_ops({}, 10, [kind](drawing& draw) { return wanted_op{kind, draw.shape(40, 9)}; });
}

TEST_CASE("a cpu convolution may write behind its own input in one buffer", "[backend]")
{
  pools with;
  drawing draw{7};
  for (const window& moving : {each_pixel, window{3, 1, 1}}) {
    const drawn_op drawn{draw, {op_kind::convolution, {48, 9, 10}, 20, moving, {}, {}, true}};
    const sliced_pixels in{draw, {48, 9, 10}};
    const sliced_pixels empty{draw, {20, 9, 10}, false};
    for_each_way([&](const way& now) {
      const cpu_predictor chosen = now.chosen();
      const std::vector<float> apart = predicted(chosen, with.one, drawn, in, empty).numbers();
      const sliced_pixels both{draw, {68, 9, 10}};
      const thorax::pixel_view<float> read{(*both).data, {48, 9, 10}, (*both).stride};
      const thorax::pixel_view<float> written{read.data + 48, {20, 9, 10}, read.stride};
      for (int p = 0; p < 90; ++p) std::copy_n((*in).pixel(p), 48, read.pixel(p));
      const guarded_floats packed{chosen.packed_floats(drawn.step)};
      crew two{2, chosen.scratch_floats(drawn.step)};
      chosen.pack(drawn.step, drawn.numbers(), packed.data());
      chosen.convolution(*two, drawn.step, packed.data(), read, written);
      std::vector<float> found;
      for (int p = 0; p < 90; ++p) found.insert(found.end(), written.pixel(p), written.pixel(p) + 20);
      check_same_bits("out", found, apart);
    });
  }
}

TEST_CASE("what is not a number stays so in every cpu op, and fewer products may spread it to its neighbors", "[backend]")
{
  pools with;
  const std::vector<wanted_op> ops{{op_kind::convolution, {17, 7, 7}, 5},
                                   {op_kind::convolution, {5, 7, 9}, 17, {3, 1, 1}},
                                   {op_kind::convolution, {32, 7, 9}, 17, {3, 1, 1}, {}, {}, true},
                                   {op_kind::convolution, {32, 18, 14}, 17, {3, 1, 0}, {}, {}, true},
                                   {op_kind::convolution, {64, 13, 11}, 64},
                                   {op_kind::convolution, {17, 8, 8}, 33, each_pixel, {2, 2, 0}},
                                   {op_kind::convolution, {3, 18, 18}, 20, {7, 2, 3}, {}, {3, 2, 1}},
                                   {op_kind::linear, {17, 1, 1}, 5},
                                   {op_kind::max_pool, {17, 7, 9}, 0, {3, 2, 1}},
                                   {op_kind::average_pool, {17, 7, 9}, 0, {2, 2, 0}},
                                   {op_kind::global_average_pool, {17, 7, 9}}};
  for (std::uint64_t seed = 0; seed < 4 * ops.size(); ++seed) {
    drawing draw{seed};
    const drawn_op drawn{draw, ops[seed % ops.size()]};
    INFO("seed " << seed << ": " << drawn.words());
    const sliced_pixels in{draw, drawn.step.in.shape};
    const int place = draw.between(0, static_cast<int>(drawn.step.in.shape.pixels()) - 1);
    (*in).pixel(place)[draw.between(0, drawn.step.in.shape.channels - 1)] =
      std::numeric_limits<float>::quiet_NaN();
    const sliced_pixels empty{draw, drawn.step.out.shape, false};
    const std::vector<float> expected = predicted(reference_predictor{}, with.one, drawn, in, empty).numbers();
    for_each_way([&](const way& now) {
      const cpu_predictor chosen = now.chosen();
      const std::vector<float> found = predicted(chosen, with.two, drawn, in, empty).numbers();
      int lost = 0;
      int made = 0;
      for (std::size_t i = 0; i < found.size(); ++i) {
        lost += std::isnan(expected[i]) && !std::isnan(found[i]) ? 1 : 0;
        made += !std::isnan(expected[i]) && std::isnan(found[i]) ? 1 : 0;
      }
      CHECK(lost == 0);
      const int in_tile = 16 * drawn.step.out.shape.channels;  // and a cell is read by four tiles at most
      const std::string_view how = chosen.way_of(drawn.step);
      const int in_pair = drawn.step.out.shape.channels;  // of the other pixel
      CHECK(made <= (how.starts_with("F(") ? 4 * in_tile : how == "Strassen" ? in_pair : 0));
    });
  }
}

TEST_CASE("the cpu's predictor tells which kernels compute, and how", "[backend]")
{
  drawing draw{1};
  const drawn_op pool{draw, {op_kind::max_pool, {4, 8, 8}, 0, {2, 2, 0}}};
  const drawn_op product{draw, {op_kind::convolution, {16, 8, 8}, 4}};
  for (const thorax::kernel_choice& each : thorax::kernel_choices()) {
    const cpu_predictor chosen{cpu_options{}, *each.kernels};
    CHECK(chosen.architecture() == each.kernels->name);
    CHECK(chosen.way_of(pool.step).empty());
    CHECK(chosen.way_of(product.step) == "product");
    if (each.kernels->multiply_pairs != nullptr) continue;
    CHECK(refuses(thorax::error_code::wrong_usage, "AVX512_BF16", [&] {
      cpu_predictor{{.bf16 = true}, *each.kernels};
    }));
  }
}
