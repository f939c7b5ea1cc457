// SPDX-License-Identifier: MIT
//
// reading: pixels on their way into a product. They are activated, averaged or gathered by a window, and packed as the
// register tile walks through them: [depth / lanes][pixels][lanes].

#pragma once

#include <thorax/backend/cpu/kernels/instruction_set.hpp>  // vec, load, load_some, store, at_least
#include <thorax/backend/cpu/kernels/tasks.hpp>            // product_task

#include <cstddef>  // ptrdiff_t

namespace thorax::kernels {

/// The rule of channel c and those behind it, in registers.
template<class Set>
class rule_of_channels {
public:
  [[gnu::always_inline]] rule_of_channels(const activation& rule, int c)
    : scale_{load<Set>(rule.scale + c)}, shift_{load<Set>(rule.shift + c)}, floor_{broadcast<Set>(rule.floor)}
  {
  }

  [[gnu::always_inline]] vec<Set> operator()(const vec<Set>& x) const
  {
    return at_least<Set>(floor_, xsimd::fma(x, scale_, shift_));
  }

private:
  vec<Set> scale_;
  vec<Set> shift_;
  vec<Set> floor_;
};

/// returns:  channel c and those behind it, activated
template<class Set>
[[gnu::always_inline]] inline vec<Set> activated(const activation& rule, int c, const vec<Set>& x)
{
  return rule_of_channels<Set>{rule, c}(x);
}

/// Stores what `made(c)` makes of channel c and those behind it: one vector, or two as one of pairs.
template<class Set, class Make>
[[gnu::always_inline]] inline void store_packed(float* packed, int channel, Make&& made)
{
  if constexpr (Set::numbers == 1) store<Set>(packed, made(channel));
  else store<Set>(packed, Set::join(made(channel), made(channel + lanes<Set>)));
}

/// One pixel's numbers as a 1×1 convolution reads them.
template<class Set>
struct read_pixels {
  const product_task& task;

  void operator()(int first, int count, int begin, int depth, float* packed) const
  {
    constexpr int wide = lanes<Set>;
    const float* const pixel = task.in.data + first * task.in.stride;
    for (int k = begin; k < begin + depth; k += wide, packed += count * wide) {
      if ((k + wide) * Set::numbers <= task.in.shape.channels) read_vectors(pixel, count, k * Set::numbers, packed);
      else read_last(pixel, count, k * Set::numbers, packed);
    }
  }

private:
  /// One vector of what is packed, of each pixel; its channels are all there.
  void read_vectors(const float* from, int count, int channel, float* packed) const
  {
    constexpr int wide = lanes<Set>;
    const rule_of_channels<Set> first{task.before, channel};
    const rule_of_channels<Set> second{task.before, channel + (Set::numbers - 1) * wide};
    for (int i = 0; i < count; ++i, from += task.in.stride)
      store_packed<Set>(packed + i * wide, channel, [&](int c) __attribute__((always_inline)) {
        return (c == channel ? first : second)(load<Set>(from + c));
      });
  }

  void read_last(const float* from, int count, int channel, float* packed) const
  {
    for (int i = 0; i < count; ++i, from += task.in.stride)
      store_packed<Set>(packed + i * lanes<Set>, channel, [&](int c) __attribute__((always_inline)) {
        return activated<Set>(task.before, c, load_some<Set>(from + c, task.in.shape.channels - c));
      });
  }
};

/// The means of windows of pixels, each activated before. Side 0 stands for any.
template<class Set, int Side>
struct read_means {
  const product_task& task;

  void operator()(int first, int count, int begin, int depth, float* packed) const
  {
    constexpr int wide = lanes<Set>;
    const int side = Side == 0 ? task.mean_before.kernel : Side;
    const vec<Set> share = broadcast<Set>(1.0F / static_cast<float>(side * side));
    for (int i = 0; i < count; ++i) {
      const int y = (first + i) / task.width * task.mean_before.stride;
      const int x = (first + i) % task.width * task.mean_before.stride;
      const float* const corner = task.in.data + (y * task.in.shape.width + x) * task.in.stride;
      for (int k = 0; k < depth; k += wide)
        store_packed<Set>(packed + (k * count + i * wide), (begin + k) * Set::numbers,
                          [&](int c) __attribute__((always_inline)) { return share * sum(corner + c, side, c); });
    }
  }

private:
  [[gnu::always_inline]] vec<Set> sum(const float* corner, int side, int channel) const
  {
    const int left = task.in.shape.channels - channel;
    vec<Set> all = broadcast<Set>(0.0F);
    for (int ky = 0; ky < side; ++ky)
      for (int kx = 0; kx < side; ++kx) {
        const float* const from = corner + (ky * task.in.shape.width + kx) * task.in.stride;
        __builtin_prefetch(from + 2 * task.mean_before.stride * task.in.stride, 0, 3);  // of the pixel after the next
        all += activated<Set>(task.before, channel, load_some<Set>(from, left));
      }
    return all;
  }
};

/// All cells under a window, tap by tap; cells outside the maps are 0.
template<class Set>
struct read_windows {
  const product_task& task;

  void operator()(int first, int count, int begin, int depth, float* packed) const
  {
    constexpr int wide = lanes<Set>;
    float row[most_depth + vec<Set>::size];
    for (int i = 0; i < count; ++i) {
      gather(first + i, begin, begin + depth, row);
      for (int k = 0; k < depth; k += wide) store<Set>(packed + (k * count + i * wide), load<Set>(row + k));
    }
  }

  static constexpr int most_depth = 512;  // of one panel

private:
  /// Numbers [begin, end) of the row of the patch matrix that belongs to a pixel, and zeros up to a whole vector.
  void gather(int pixel, int begin, int end, float* row) const
  {
    const int line_floats = task.moving.kernel * task.in.shape.channels;
    const int y = pixel / task.width * task.moving.stride - task.moving.padding;
    const int x = pixel % task.width * task.moving.stride - task.moving.padding;
    int at = begin;
    for (int ky = begin / line_floats; ky < task.moving.kernel && at < end; ++ky) {
      const int line_begin = ky * line_floats;
      const int some = line_begin + line_floats < end ? line_begin + line_floats : end;
      if (y + ky < 0 || y + ky >= task.in.shape.height) fill(row + (at - begin), some - at);
      else gather_line(y + ky, x, at - line_begin, some - line_begin, row + (at - begin));
      at = some;
    }
    fill(row + (at - begin), end - at + lanes<Set>);
  }

  /// The same for one line of the window, whose left cell is x of row y.
  void gather_line(int y, int x, int begin, int end, float* row) const
  {
    const int channels = task.in.shape.channels;
    const int left = within(x < 0 ? -x * channels : 0, begin, end);
    const int right = within((task.in.shape.width - x) * channels, left, end);
    const float* const line =
      task.in.data + (static_cast<std::ptrdiff_t>(y) * task.in.shape.width + x) * task.in.stride;
    fill(row, left - begin);
    if (task.identity && task.in.stride == channels) copy(line + left, right - left, row + (left - begin));
    else
      for (int at = left; at < right;) {
        const int cell = at / channels;
        const int some = (cell + 1) * channels < right ? (cell + 1) * channels - at : right - at;
        activate(line + cell * task.in.stride, at - cell * channels, some, row + (at - begin));
        at += some;
      }
    fill(row + (right - begin), end - right);
  }

  static int within(int number, int low, int high) { return number < low ? low : number > high ? high : number; }

  static void fill(float* row, int count)
  {
    for (int i = 0; i < count; ++i) row[i] = 0;
  }

  static void copy(const float* from, int count, float* to)
  {
    constexpr int wide = lanes<Set>;
    int i = 0;
    for (; i + wide <= count; i += wide) store<Set>(to + i, load<Set>(from + i));
    if (i == count) return;
    if (count < wide) store_some<Set>(to, load_some<Set>(from, count), count);
    else store<Set>(to + count - wide, load<Set>(from + count - wide));
  }

  /// Channels [channel, channel + count) of a pixel.
  void activate(const float* pixel, int channel, int count, float* to) const
  {
    constexpr int wide = lanes<Set>;
    const vec<Set> floor = broadcast<Set>(task.before.floor);
    for (int c = channel; c < channel + count; c += wide, to += wide) {
      const int some = channel + count - c;
      const vec<Set> seen = load_some<Set>(pixel + c, some);
      const vec<Set> scale = load_some<Set>(task.before.scale + c, some);
      const vec<Set> shift = load_some<Set>(task.before.shift + c, some);
      store_some<Set>(to, at_least<Set>(floor, xsimd::fma(seen, scale, shift)), some);
    }
  }
};

}  // namespace thorax::kernels
