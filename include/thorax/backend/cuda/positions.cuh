// SPDX-License-Identifier: MIT
//
// positions: which number of some maps a lane or an index stands for.

#pragma once

#include <thorax/backend/cuda/device.cuh>  // THORAX_BOTH
#include <thorax/plan/op.hpp>              // window
#include <thorax/tensor/extents.hpp>       // extents
#include <thorax/tensor/view.hpp>          // view

#include <cstddef>  // size_t

namespace thorax {

/// A number of maps that lie channel after channel.
struct map_position {
  int n;
  int c;
  int y;
  int x;

  THORAX_BOTH map_position(const extents& shape, unsigned number)
  {
    const auto width = static_cast<unsigned>(shape.width);
    const auto height = static_cast<unsigned>(shape.height);
    const auto channels = static_cast<unsigned>(shape.channels);
    x = static_cast<int>(number % width);
    y = static_cast<int>(number / width % height);
    c = static_cast<int>(number / (width * height) % channels);
    n = static_cast<int>(number / (width * height * channels));
  }
};

/// A number of maps that lie pixel after pixel, films behind each other.
struct pixel_position {
  int c;
  int film;
  int y;
  int x;

  THORAX_BOTH pixel_position(const extents& shape, unsigned number)
  {
    const auto width = static_cast<unsigned>(shape.width);
    const auto height = static_cast<unsigned>(shape.height);
    const auto channels = static_cast<unsigned>(shape.channels);
    c = static_cast<int>(number % channels);
    x = static_cast<int>(number / channels % width);
    y = static_cast<int>(number / (channels * width) % height);
    film = static_cast<int>(number / (channels * width * height));
  }

  /// returns:  the row that is row y of this film if all films are one map
  THORAX_BOTH int row_in(const extents& shape, int of_film) const { return film * shape.height + of_film; }
};

/// A row or column of a matrix of all pixels of all films.
struct film_pixel {
  int n;
  int y;
  int x;

  THORAX_BOTH film_pixel(const extents& shape, int number)
    : n{number / (shape.width * shape.height)}, y{number / shape.width % shape.height}, x{number % shape.width}
  {
  }
};

/// A channel and a cell of a window, counted channel, row, column; each_pixel has one cell and needs no division.
struct window_cell {
  int channel;
  int ky;
  int kx;

  THORAX_BOTH window_cell(int kernel, int number) : channel{number}, ky{0}, kx{0}
  {
    if (kernel == 1) return;
    channel = number / (kernel * kernel);
    ky = number / kernel % kernel;
    kx = number % kernel;
  }
};

/// The cells inside the maps that a window sees at a place, along one side: [first, end).
struct seen_cells {
  int first;
  int end;

  THORAX_BOTH seen_cells(const window& moving, int place, int cells)
    : first{place * moving.stride - moving.padding}, end{first + moving.kernel}
  {
    if (first < 0) first = 0;
    if (end > cells) end = cells;
  }
};

/// returns:  how many numbers all samples have
template<class Number>
std::size_t count_of(const view<Number>& maps)
{
  return maps.shape.size() * static_cast<std::size_t>(maps.samples);
}

THORAX_BOTH inline bool is_inside(const extents& shape, int y, int x)
{
  return y >= 0 && y < shape.height && x >= 0 && x < shape.width;
}

}  // namespace thorax
