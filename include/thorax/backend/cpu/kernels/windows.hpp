// SPDX-License-Identifier: MIT
//
// windows: a convolution of few channels, as a network's first is. A window's line is one run of numbers there, so a
// row of outputs needs no packing: windows are read where they lie, from a copy of the lines that has a border.

#pragma once

#include <thorax/backend/cpu/kernels/instruction_set.hpp>  // vec, load, store, broadcast, at_least
#include <thorax/backend/cpu/kernels/tasks.hpp>            // product_task

#include <cstddef>  // ptrdiff_t
#include <utility>  // integer_sequence

namespace thorax::kernels {

namespace detail {

/// A register tile whose pixels are windows `Step` numbers apart.
template<class Set, int Step, class Pixels = std::make_integer_sequence<int, Set::rows>>
struct window_tile;

template<class Set, int Step, int... Pixel>
struct window_tile<Set, Step, std::integer_sequence<int, Pixel...>> {
  using vector = vec<Set>;

  [[gnu::noinline]] static void multiply(const product_task& task, const float* window, std::ptrdiff_t next_line,
                                         int outputs, float* out)
  {
    const float* weights = task.weights + static_cast<std::ptrdiff_t>(outputs) * task.depth;
    vector low[]{((void)Pixel, load<Set>(task.bias + outputs))...};
    vector high[]{((void)Pixel, load<Set>(task.bias + outputs + lanes<Set>))...};
    const int line = task.moving.kernel * task.in.shape.channels;
    for (int y = 0; y < task.moving.kernel; ++y, window += next_line)
      for (int k = 0; k < line; ++k, weights += columns<Set>) {
        const float* at = window + k;
        asm("" : "+r"(at));  // else g++ carries the overlap of windows from step to step, in scalar registers
        const vector first = load<Set>(weights);
        const vector second = load<Set>(weights + lanes<Set>);
        (add(broadcast<Set>(at[Pixel * Step]), first, second, low[Pixel], high[Pixel]), ...);
      }
    const vector floor = broadcast<Set>(task.floor);
    out += outputs;
    (store<Set>(out + Pixel * task.out_stride, at_least<Set>(floor, low[Pixel])), ...);
    (store<Set>(out + Pixel * task.out_stride + lanes<Set>, at_least<Set>(floor, high[Pixel])), ...);
  }

private:
  [[gnu::always_inline]] static void add(const vector& pixel, const vector& first, const vector& second, vector& low,
                                         vector& high)
  {
    low = xsimd::fma(pixel, first, low);
    high = xsimd::fma(pixel, second, high);
  }
};

/// The lines that windows of one row see, one behind the other, with zeros where they overhang.
template<class Set>
class bordered_lines {
public:
  explicit bordered_lines(const product_task& task)
    : length_{length_of(task)}, lines_{task.scratch}
  {
    const int top = task.first / task.width * task.moving.stride - task.moving.padding;
    for (int y = 0; y < task.moving.kernel; ++y) copy_line(task, top + y, lines_ + y * length_);
  }

  /// A narrow share of a wide row has no room for the whole row.
  [[nodiscard]] static bool fit_into_scratch(const product_task& task)
  {
    return length_of(task) * task.moving.kernel <= static_cast<std::ptrdiff_t>(task.last - task.first) * task.panel;
  }

  [[nodiscard]] std::ptrdiff_t length() const { return length_; }
  [[nodiscard]] const float* begin() const { return lines_; }

private:
  static std::ptrdiff_t length_of(const product_task& task)
  {
    const int cells = (task.width - 1) * task.moving.stride + task.moving.kernel;
    return static_cast<std::ptrdiff_t>(cells) * task.in.shape.channels;
  }

  void copy_line(const product_task& task, int y, float* line) const
  {
    const bool is_inside = y >= 0 && y < task.in.shape.height;
    const int border = task.moving.padding * task.in.shape.channels;
    const int floats = task.in.shape.width * task.in.shape.channels;
    const int end = !is_inside ? 0 : border + floats < length_ ? border + floats : static_cast<int>(length_);
    const float* const from = task.in.data + static_cast<std::ptrdiff_t>(y) * floats - border;
    int at = 0;
    for (; at < border && at < length_; ++at) line[at] = 0;
    for (; at + lanes<Set> <= end; at += lanes<Set>) store<Set>(line + at, load<Set>(from + at));
    for (; at < end; ++at) line[at] = from[at];
    for (; at < length_; ++at) line[at] = 0;
  }

  std::ptrdiff_t length_;
  float* lines_;
};

template<class Set, int Step>
void multiply_row(const product_task& task)
{
  const bordered_lines<Set> lines{task};
  const int left = task.first % task.width;
  const int pixels = task.last - task.first;
  for (int o = 0; o < task.outputs; o += columns<Set>)
    for (int i = 0; i < pixels; i += Set::rows) {
      const int at = i + Set::rows <= pixels ? i : pixels - Set::rows;  // the last tile computes a few pixels again
      window_tile<Set, Step>::multiply(task, lines.begin() + static_cast<std::ptrdiff_t>(left + at) * Step,
                                       lines.length(), o, task.out + at * task.out_stride);
    }
}

}  // namespace detail

/// Computes the task if it is part of one row of a convolution that can be read without packing: all of a pixel's
/// channels of the maps, no rule before, two or six numbers from window to window, whole register tiles of outputs.
///
/// returns:  whether it did
template<class Set>
bool multiply_windows(const product_task& task)
{
  const bool is_part_of_row = task.first / task.width == (task.last - 1) / task.width;
  const bool can_be_read = task.identity && task.in.stride == task.in.shape.channels && is_part_of_row &&
                           task.last - task.first >= Set::rows && task.outputs % columns<Set> == 0 &&
                           task.panel == task.depth && task.moving.stride <= task.moving.kernel &&
                           detail::bordered_lines<Set>::fit_into_scratch(task);
  const int step = task.moving.stride * task.in.shape.channels;
  if (can_be_read && step == 2) detail::multiply_row<Set, 2>(task);
  else if (can_be_read && step == 6) detail::multiply_row<Set, 6>(task);
  else return false;
  return true;
}

}  // namespace thorax::kernels
