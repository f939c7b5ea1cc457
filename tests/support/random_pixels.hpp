// SPDX-License-Identifier: MIT
//
// random_pixels: random maps channels last, ops with numbers drawn for them, and how predictors are run on them: in
// slices of larger buffers, in memory of exactly the size that was announced.

#pragma once

#include <thorax/backend/predictor.hpp>  // op_numbers, predict_op, predictor
#include <thorax/tensor/aligned_floats.hpp>  // aligned_floats
#include <thorax/tensor/pixel_view.hpp>  // pixel_view

#include "support/random_maps.hpp"  // drawing, random_rule

#include <algorithm>  // all_of, fill_n
#include <bit>  // bit_cast
#include <cmath>  // abs, isnan
#include <cstdint>  // uint32_t
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace thorax::tests {

/// returns:  one of four million numbers that are none, so that even one which was copied elsewhere is found out
inline float not_a_number(std::size_t which)
{
  return std::bit_cast<float>(0x7FC00000U + static_cast<std::uint32_t>(which % 0x3FFFFF));
}

/// returns:  whether `numbers` are what not_a_number gives for `from` and those that follow
inline bool are_untouched(const float* numbers, std::size_t count, std::size_t from)
{
  for (std::size_t i = 0; i < count; ++i)
    if (std::bit_cast<std::uint32_t>(numbers[i]) != std::bit_cast<std::uint32_t>(not_a_number(from + i)))
      return false;
  return true;
}

/// Memory on a cache line, not a number anywhere, with a guard behind it.
class guarded_floats {
public:
  explicit guarded_floats(std::size_t count) : memory_{count + guard}, count_{count}
  {
    for (std::size_t i = 0; i < count + guard; ++i) memory_.data()[i] = not_a_number(i);
  }
  [[nodiscard]] float* data() const { return memory_.data(); }
  [[nodiscard]] bool guard_is_untouched() const { return are_untouched(data() + count_, guard, count_); }

private:
  static constexpr std::size_t guard = 8192;
  aligned_floats memory_;
  std::size_t count_;
};

/// Maps that are a slice of a buffer with more channels; what lies around them is not a number, and each a different
/// one: a kernel that reads it is found out, and so is one which writes there, be it what it has read.
class sliced_pixels {
public:
  sliced_pixels(drawing& draw, extents shape, bool filled = true)
    : sliced_pixels{draw, shape, filled, draw.yes() ? 0 : draw.between(1, 20),
                    draw.yes() ? 0 : draw.between(1, 20)}
  {
  }

  /// Maps without anything around them.
  static sliced_pixels whole(drawing& draw, extents shape) { return {draw, shape, true, 0, 0}; }

  sliced_pixels(const sliced_pixels& other) : storage_{other.storage_}, maps_{other.maps_}, salt_{other.salt_}
  {
    maps_.data = storage_.data() + (other.maps_.data - other.storage_.data());
  }
  sliced_pixels& operator=(const sliced_pixels&) = delete;

  pixel_view<float> operator*() const { return maps_; }

  /// Replaces each number x of the slice by `made(x)`.
  template<class Make>
  void change(Make&& made)
  {
    for_each([&](float& number) { number = made(number); });
  }

  /// The numbers of the slice, pixel by pixel.
  [[nodiscard]] std::vector<float> numbers() const
  {
    std::vector<float> all;
    for_each([&](float number) { all.push_back(number); });
    return all;
  }

  [[nodiscard]] bool rim_is_untouched() const
  {
    sliced_pixels rest{*this};
    const float* const start = rest.storage_.data();
    rest.for_each(
      [&](float& number) { number = not_a_number(salt_ + static_cast<std::size_t>(&number - start)); });
    return are_untouched(start, storage_.size(), salt_);
  }

private:
  sliced_pixels(drawing& draw, extents shape, bool filled, int channels_before, int channels_behind)
    : salt_{static_cast<std::size_t>(draw.between(0, 1'000'000))}
  {
    const int stride = channels_before + shape.channels + channels_behind;
    storage_.resize(static_cast<std::size_t>(stride) * shape.pixels() + (filled ? 0 : guard));
    for (std::size_t i = 0; i < storage_.size(); ++i) storage_[i] = not_a_number(salt_ + i);
    maps_ = {storage_.data() + channels_before, shape, stride};
    if (filled) change([&](float) { return static_cast<float>(draw.normal()); });
  }

  template<class Visit>
  void for_each(Visit&& visit) const
  {
    for (int y = 0; y < maps_.shape.height; ++y)
      for (int x = 0; x < maps_.shape.width; ++x)
        for (int c = 0; c < maps_.shape.channels; ++c) visit(maps_(c, y, x));
  }

  // Behind maps that are to be written, so that what is written there breaks nothing before it is found out. There is
  // none behind those that are read: a sanitizer sees that better.
  static constexpr std::size_t guard = 4096;

  std::vector<float> storage_;
  pixel_view<float> maps_{};
  std::size_t salt_{};
};

/// What is wanted of an op that is drawn.
struct wanted_op {
  op_kind kind{op_kind::convolution};
  extents in{};
  int outputs{};  ///< of a convolution or linear layer
  window moving{};
  window mean_before{};
  window max_after{};
  bool plain_before{};  ///< nothing happens to what is read
  bool whole{};  ///< what is read is no slice
};

/// An op with its numbers: rules with or without each of their parts, weights of variance 1.
class drawn_op {
public:
  op step;

  drawn_op(drawing& draw, const wanted_op& wanted)
  {
    step.kind = wanted.kind;
    step.in.shape = wanted.in;
    step.moving = wanted.moving;
    step.mean_before = wanted.mean_before;
    step.max_after = wanted.max_after;
    step.out.shape.channels = multiplies() ? wanted.outputs : wanted.in.channels;
    step.out.shape = wanted.max_after.places(step.convolved());
    if (wanted.kind == op_kind::global_average_pool) step.out.shape = {wanted.in.channels, 1, 1};
    if (!wanted.plain_before) before_.emplace(draw, wanted.in.channels);
    if (multiplies()) after_.emplace(draw, wanted.outputs);
    const auto has_norm = [](const activation_rule<float>& rule) {
      return rule.scale != nullptr || rule.shift != nullptr;
    };
    step.norm_before = has_norm(before()) ? 0 : none;
    step.relu_before = before().relu;
    step.norm_after = after().scale != nullptr ? 1 : none;
    step.bias = after().scale == nullptr && after().shift != nullptr ? 0 : none;
    step.relu_after = after().relu;
    if (multiplies()) weights_ = draw.numbers(static_cast<std::size_t>(wanted.outputs * depth()));
  }

  [[nodiscard]] activation_rule<float> before() const { return before_ ? **before_ : activation_rule<float>{}; }
  [[nodiscard]] activation_rule<float> after() const { return after_ ? **after_ : activation_rule<float>{}; }
  [[nodiscard]] const std::vector<float>& weights() const { return weights_; }
  [[nodiscard]] op_numbers numbers() const
  {
    return {multiplies() ? weights_.data() : nullptr, before(), after()};
  }
  [[nodiscard]] bool multiplies() const
  {
    return step.kind == op_kind::convolution || step.kind == op_kind::linear;
  }

  /// How many products one output is the sum of.
  [[nodiscard]] int depth() const { return step.in.shape.channels * step.moving.kernel * step.moving.kernel; }

  [[nodiscard]] std::string words() const
  {
    std::ostringstream text;
    const auto say = [&](const char* name, const window& seen) {
      if (seen == each_pixel) return;
      text << ", " << name << " " << seen.kernel << "/" << seen.stride << " padding " << seen.padding;
    };
    const extents& in = step.in.shape;
    text << "op kind " << static_cast<int>(step.kind) << ", " << in.channels << " x " << in.height << " x "
         << in.width << " to " << step.out.shape.channels << " channels";
    say("window", step.moving);
    say("mean before", step.mean_before);
    say("max after", step.max_after);
    text << (step.norm_before != none ? ", norm" : "") << (step.relu_before ? ", relu" : "") << " before, "
         << (step.norm_after != none ? "norm"
             : step.bias != none     ? "bias"
                                     : "")
         << (step.relu_after ? ", relu" : "") << " after";
    return text.str();
  }

private:
  std::optional<random_rule<float>> before_;
  std::optional<random_rule<float>> after_;
  std::vector<float> weights_;
};

/// Packs and runs the op in memory of exactly the size that the predictor announces.
///
/// returns:  what it made of a copy of `empty`
template<predictor Predictor>
sliced_pixels predicted(const Predictor& chosen, thread_pool& pool, const drawn_op& drawn, const sliced_pixels& in,
                        const sliced_pixels& empty)
{
  const guarded_floats packed{chosen.packed_floats(drawn.step)};
  chosen.pack(drawn.step, drawn.numbers(), packed.data());
  const std::size_t scratch_floats =
    (chosen.scratch_floats(drawn.step) + 15) / 16 * 16;  // as a packed_plan gives it
  const guarded_floats scratch{static_cast<std::size_t>(pool.threads()) * scratch_floats};
  const sliced_pixels out{empty};
  predict_op(chosen, workers{&pool, scratch.data(), scratch_floats}, drawn.step, packed.data(), *in, *out);
  CHECK(packed.guard_is_untouched());
  CHECK(scratch.guard_is_untouched());
  CHECK(in.rim_is_untouched());
  CHECK(out.rim_is_untouched());
  return out;
}

/// Checks each number against a bound of its own.
inline void check_each(const std::string& what, const std::vector<float>& found,
                       const std::vector<float>& expected, const std::vector<double>& allowed)
{
  REQUIRE(found.size() == expected.size());
  REQUIRE(found.size() == allowed.size());
  std::size_t worst = 0;
  double largest = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double difference = std::abs(double{found[i]} - double{expected[i]});
    const double share = difference == 0 ? 0 : difference / allowed[i];
    if (share <= largest) continue;  // what is not a number is worse than all
    largest = share;
    worst = i;
    if (std::isnan(share)) break;
  }
  const double apart = std::abs(double{found[worst]} - double{expected[worst]});
  note_difference(what, apart, allowed[worst]);
  INFO(what << ": at " << worst << " of " << found.size() << " there is " << found[worst] << ", expected "
            << expected[worst] << ", allowed difference " << allowed[worst]);
  CHECK(apart <= allowed[worst]);
}

}  // namespace thorax::tests
