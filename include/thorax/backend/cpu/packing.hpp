// SPDX-License-Identifier: MIT
//
// packing: the cells under a convolution's window as the rows of a matrix, and such rows added back to maps.

#pragma once

#include <thorax/backend/cpu/planes.hpp>  // channel_rule
#include <thorax/plan/op.hpp>             // window
#include <thorax/tensor/extents.hpp>      // extents

#include <algorithm>  // clamp, fill, max, min
#include <cstddef>    // ptrdiff_t

namespace thorax {

/// One convolution's window on one channel, for the output pixels [first, last) counted row by row. The patch
/// matrix has a row for each tap (ky, kx) and a column for each of these pixels; a cell in the padding is 0.
class patches {
public:
  patches(const extents& in, const extents& out, const window& moving, int first, int last)
    : in_{in}, out_{out}, moving_{moving}, first_{first}, last_{last}
  {
  }

  /// Writes all rows of one channel, each number activated by the rule of channel c.
  void pack(const float* plane, const activation_rule<float>& rule, int c, float* rows) const
  {
    const channel_rule activate{rule, c};
    for_each_tap([&](int ky, int kx, std::ptrdiff_t row) {
      float* const packed = rows + row * columns();
      if (keeps_extents()) pack_shifted(plane, activate, ky, kx, packed);
      else pack_runs(plane, activate, ky, kx, packed);
    });
  }

  /// Adds every row to the cells that it was packed from. Cells of the padding are dropped.
  void add_back(float* rows, float* plane) const
  {
    for_each_tap([&](int ky, int kx, std::ptrdiff_t row) {
      float* const packed = rows + row * columns();
      if (keeps_extents()) add_shifted(packed, ky, kx, plane);
      else add_runs(packed, ky, kx, plane);
    });
  }

private:
  [[nodiscard]] std::ptrdiff_t columns() const { return last_ - first_; }

  template<class Visit>
  void for_each_tap(Visit&& visit) const
  {
    std::ptrdiff_t row = 0;
    for (int ky = 0; ky < moving_.kernel; ++ky)
      for (int kx = 0; kx < moving_.kernel; ++kx) visit(ky, kx, row++);
  }

  // The common case, height and width stay: output pixel p sees cell p + shift, so a row is one contiguous
  // copy. What is wrong in it are the few pixels whose window hangs over the left or right rim.
  [[nodiscard]] bool keeps_extents() const
  {
    return moving_.stride == 1 && in_.height == out_.height && in_.width == out_.width;
  }

  struct shifted_range {
    std::ptrdiff_t shift;
    std::ptrdiff_t begin;  // output pixels [begin, end) see cells of the maps
    std::ptrdiff_t end;
  };

  [[nodiscard]] shifted_range range_of(int ky, int kx) const
  {
    const std::ptrdiff_t shift =
      static_cast<std::ptrdiff_t>(ky - moving_.padding) * in_.width + (kx - moving_.padding);
    const auto cells = static_cast<std::ptrdiff_t>(in_.pixels());
    const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(-shift, first_, last_);
    return {shift, begin, std::clamp<std::ptrdiff_t>(cells - shift, begin, last_)};
  }

  // Sets to 0 what a shifted row took from the wrong end of a neighboring line.
  void clear_rim(int kx, float* packed) const
  {
    const int over = kx - moving_.padding;
    const int begin = over < 0 ? 0 : std::max(in_.width - over, 0);
    const int end = over < 0 ? std::min(-over, in_.width) : in_.width;
    for (int x = begin; x < end; ++x) {
      const int line = first_ / in_.width * in_.width + x;
      for (int p = line < first_ ? line + in_.width : line; p < last_; p += in_.width) packed[p - first_] = 0;
    }
  }

  void pack_shifted(const float* plane, const channel_rule& activate, int ky, int kx, float* packed) const
  {
    const shifted_range range = range_of(ky, kx);
    std::fill(packed, packed + (range.begin - first_), 0.0F);
    for (std::ptrdiff_t p = range.begin; p < range.end; ++p) packed[p - first_] = activate(plane[p + range.shift]);
    std::fill(packed + (range.end - first_), packed + columns(), 0.0F);
    clear_rim(kx, packed);
  }

  void add_shifted(float* packed, int ky, int kx, float* plane) const
  {
    clear_rim(kx, packed);
    const shifted_range range = range_of(ky, kx);
    for (std::ptrdiff_t p = range.begin; p < range.end; ++p) plane[p + range.shift] += packed[p - first_];
  }

  // Calls `visit(column, cell, count)` for each stretch of pixels in one line whose cells lie in the maps.
  template<class Visit>
  void for_each_run(int ky, int kx, Visit&& visit) const
  {
    const int over = moving_.padding - kx;
    const int leftmost = over > 0 ? (over + moving_.stride - 1) / moving_.stride : 0;
    const int rightmost = in_.width + over <= 0 ? 0 : (in_.width - 1 + over) / moving_.stride + 1;
    for (int line = first_ / out_.width * out_.width, y = first_ / out_.width; line < last_;
         line += out_.width, ++y) {
      const int row = y * moving_.stride + ky - moving_.padding;
      if (row < 0 || row >= in_.height) continue;
      const int begin = std::max(leftmost, first_ - line);
      const int end = std::min({rightmost, out_.width, last_ - line});
      if (begin >= end) continue;
      const std::ptrdiff_t cell = static_cast<std::ptrdiff_t>(row) * in_.width + begin * moving_.stride - over;
      visit(line + begin - first_, cell, end - begin);
    }
  }

  void pack_runs(const float* plane, const channel_rule& activate, int ky, int kx, float* packed) const
  {
    std::fill(packed, packed + columns(), 0.0F);
    for_each_run(ky, kx, [&](std::ptrdiff_t column, std::ptrdiff_t cell, std::ptrdiff_t count) {
      const float* const cells = plane + cell;
      float* const seen = packed + column;
      if (moving_.stride == 1)
        for (std::ptrdiff_t i = 0; i < count; ++i) seen[i] = activate(cells[i]);
      else if (moving_.stride == 2)
        for (std::ptrdiff_t i = 0; i < count; ++i) seen[i] = activate(cells[2 * i]);
      else
        for (std::ptrdiff_t i = 0; i < count; ++i) seen[i] = activate(cells[moving_.stride * i]);
    });
  }

  void add_runs(const float* packed, int ky, int kx, float* plane) const
  {
    for_each_run(ky, kx, [&](std::ptrdiff_t column, std::ptrdiff_t cell, std::ptrdiff_t count) {
      for (std::ptrdiff_t i = 0; i < count; ++i) plane[cell + moving_.stride * i] += packed[column + i];
    });
  }

  extents in_;
  extents out_;
  window moving_;
  int first_;
  int last_;
};

}  // namespace thorax
