// SPDX-License-Identifier: MIT
//
// nearest: each new pixel is one old pixel. Keras' loader does this; it skips most of a large film, so it is
// here for parity only.

#pragma once

#include <thorax/image/image.hpp>   // image
#include <thorax/image/limits.hpp>  // ensure_resizable

#include <algorithm>  // min, copy_n
#include <cstddef>    // size_t
#include <cstdint>    // uint8_t
#include <vector>

namespace thorax {

/// Which old pixel each of `new_size` pixels shows. The position is added up step by step in double, beginning at
/// half a step, as Pillow does; the closed form floor((i + ½)·old/new) differs from it where it falls on a border.
/// see:     Pillow, src/libImaging/Geometry.c: ImagingScaleAffine
/// throws:  error{does_not_fit} for a side outside [1, 32768]
/// memory:  allocates only when `source` never held as many
inline void fit_nearest(int old_size, int new_size, std::vector<int>& source)
{
  ensure_resizable(old_size, new_size);
  const double step = static_cast<double>(old_size) / new_size;
  double position = step * 0.5;
  source.resize(static_cast<std::size_t>(new_size));
  for (int& pixel : source) {
    pixel = std::min(static_cast<int>(position), old_size - 1);
    position += step;
  }
}

/// Working memory of `resize_nearest`; kept between films it is allocated once.
struct nearest_scratch {
  std::vector<int> rows;
  std::vector<int> columns;
};

/// Writes `film` at height × width into `out`: what Pillow's `resize((width, height), NEAREST)` gives.
///
/// throws:  error{does_not_fit}
/// memory:  allocates only when `scratch` or `out` never held as much
inline void resize_nearest(const image& film, int height, int width, nearest_scratch& scratch, image& out)
{
  ensure_is_picture(film);
  fit_nearest(film.height, height, scratch.rows);
  fit_nearest(film.width, width, scratch.columns);
  out.reshape(height, width, film.channels);
  std::uint8_t* to = out.samples.data();
  for (const int y : scratch.rows) {
    const std::uint8_t* const row = film.row(y);
    for (const int x : scratch.columns) to = std::copy_n(row + x * film.channels, film.channels, to);
  }
}

}  // namespace thorax
