// SPDX-License-Identifier: MIT
//
// pooling, an index a number. A gradient is gathered: each cell asks the windows that see it, so nothing is added to by
// two lanes.

#pragma once

#include <thorax/backend/contract.hpp>        // ensure_pool_fits
#include <thorax/backend/cuda/cuda.hpp>       // cuda_pooling
#include <thorax/backend/cuda/launch.cuh>     // for_each_index
#include <thorax/backend/cuda/positions.cuh>  // count_of, map_position, seen_cells
#include <thorax/backend/cuda/sums.cuh>       // sum_lines, two_numbers

#include <cstddef>  // size_t

namespace thorax {

/// Places of a window that see a cell, along one side.
struct seeing_places {
  int first;
  int last;

  THORAX_BOTH seeing_places(const window& moving, int cell, int places)
    : first{cell + moving.padding < moving.kernel
              ? 0
              : (cell + moving.padding - moving.kernel) / moving.stride + 1},
      last{(cell + moving.padding) / moving.stride}
  {
    if (last >= places) last = places - 1;
  }
};

/// The first largest cell that a window sees; a NaN counts as the largest.
struct largest_cell {
  int row{};
  int column{};
  float number{};

  THORAX_BOTH largest_cell(const view<const float>& in, const activation_rule<float>& before, const window& moving,
                           const map_position& at)
  {
    const seen_cells rows{moving, at.y, in.shape.height};
    const seen_cells columns{moving, at.x, in.shape.width};
    row = rows.first;
    column = columns.first;
    number = before(in(at.n, at.c, row, column), at.c);
    for (int y = rows.first; y < rows.end; ++y)
      for (int x = columns.first; x < columns.end; ++x) {
        const float value = before(in(at.n, at.c, y, x), at.c);
        if (!(value > number) && value == value) continue;
        row = y;
        column = x;
        number = value;
      }
  }
};

inline void ensure_average_fits(const view<const float>& in, const window& moving, const view<const float>& out)
{
  ensure_pool_fits(in, moving, out);
  ensure(moving.padding == 0, "an average pool has a padding, expected none: pad the maps before it");
}

inline void ensure_means_fit(const view<const float>& in, const view<const float>& out)
{
  ensure(in.samples == out.samples && in.shape.channels == out.shape.channels && out.shape.pixels() == 1,
         "a global average pool gives one number a channel: its output must be channels x 1 x 1");
}

void cuda_pooling::max_pool(const workers&, view<const float> in, activation_rule<float> before, window moving,
                            view<float> out)
{
  ensure_pool_fits(in, moving, out);
  for_each_index(count_of(out), [=] THORAX_BOTH(unsigned i) {
    const map_position at{out.shape, i};
    out(at.n, at.c, at.y, at.x) = largest_cell{in, before, moving, at}.number;
  });
}

void cuda_pooling::max_pool_gradient(const workers&, view<const float> in, activation_rule<float> before,
                                     window moving, view<const float> d_out, view<float> d_activated)
{
  ensure_pool_fits(in, moving, d_out);
  ensure_same_extents(in, d_activated);
  for_each_index(count_of(d_activated), [=] THORAX_BOTH(unsigned i) {
    const map_position cell{in.shape, i};
    const seeing_places rows{moving, cell.y, d_out.shape.height};
    const seeing_places columns{moving, cell.x, d_out.shape.width};
    map_position at = cell;
    for (at.y = rows.first; at.y <= rows.last; ++at.y)
      for (at.x = columns.first; at.x <= columns.last; ++at.x) {
        const largest_cell best{in, before, moving, at};
        if (best.row == cell.y && best.column == cell.x)
          d_activated(cell.n, cell.c, cell.y, cell.x) += d_out(at.n, at.c, at.y, at.x);
      }
  });
}

void cuda_pooling::average_pool(const workers&, view<const float> in, activation_rule<float> before, window moving,
                                view<float> out)
{
  ensure_average_fits(in, moving, out);
  for_each_index(count_of(out), [=] THORAX_BOTH(unsigned i) {
    const map_position at{out.shape, i};
    double sum = 0;
    for (int ky = 0; ky < moving.kernel; ++ky)
      for (int kx = 0; kx < moving.kernel; ++kx)
        sum += double{before(in(at.n, at.c, at.y * moving.stride + ky, at.x * moving.stride + kx), at.c)};
    out(at.n, at.c, at.y, at.x) = static_cast<float>(sum / (moving.kernel * moving.kernel));
  });
}

void cuda_pooling::average_pool_gradient(const workers&, view<const float> d_out, window moving,
                                         view<float> d_activated)
{
  ensure_average_fits(d_activated, moving, d_out);
  for_each_index(count_of(d_activated), [=] THORAX_BOTH(unsigned i) {
    const map_position cell{d_activated.shape, i};
    const seeing_places rows{moving, cell.y, d_out.shape.height};
    const seeing_places columns{moving, cell.x, d_out.shape.width};
    double sum = 0;
    for (int y = rows.first; y <= rows.last; ++y)
      for (int x = columns.first; x <= columns.last; ++x) sum += double{d_out(cell.n, cell.c, y, x)};
    d_activated(cell.n, cell.c, cell.y, cell.x) += static_cast<float>(sum / (moving.kernel * moving.kernel));
  });
}

void cuda_pooling::global_average_pool(const workers&, view<const float> in, activation_rule<float> before,
                                       view<float> out)
{
  ensure_means_fit(in, out);
  const int channels = in.shape.channels;
  const auto pixels = static_cast<double>(in.shape.pixels());
  sum_lines(
    in.samples * channels, in.shape.pixels(),
    [=] THORAX_BOTH(int line, std::size_t i) {
      const int c = line % channels;
      return two_numbers{double{before(in.channel(line / channels, c)[i], c)}};
    },
    [=] THORAX_BOTH(int line, double sum, double) {
      *out.channel(line / channels, line % channels) = static_cast<float>(sum / pixels);
    });
}

void cuda_pooling::global_average_pool_gradient(const workers&, view<const float> d_out, view<float> d_activated)
{
  ensure_means_fit(d_activated, d_out);
  const auto pixels = static_cast<double>(d_activated.shape.pixels());
  for_each_index(count_of(d_activated), [=] THORAX_BOTH(unsigned i) {
    const map_position at{d_activated.shape, i};
    d_activated(at.n, at.c, at.y, at.x) += static_cast<float>(double{d_out(at.n, at.c, 0, 0)} / pixels);
  });
}

}  // namespace thorax
