// SPDX-License-Identifier: MIT
//
// bilinear: the triangle filter as Pillow computes it for eight bits, bit for bit, so that weights trained on
// Pillow's or torchvision's pixels meet the same ones here.

#pragma once

#include <thorax/image/image.hpp>   // image
#include <thorax/image/limits.hpp>  // ensure_resizable

#include <algorithm>  // max, min, fill
#include <cmath>      // abs, ceil
#include <cstddef>    // size_t
#include <cstdint>    // int32_t, uint8_t
#include <span>
#include <vector>

namespace thorax {

/// Which old pixels make each new one along one axis, with Pillow's weights of 22 binary places.
///
/// The triangle has a half width of one new pixel when the axis shrinks (it averages), of one old pixel when it
/// grows (it interpolates). Weights are computed in double, divided by their sum and rounded half away from zero.
/// see:  Pillow, src/libImaging/Resample.c: precompute_coeffs and normalize_coeffs_8bpc
class triangle_axis {
public:
  static constexpr int places = 22;  // 32 bits - 8 of a sample - 2 to spare

  /// throws:  error{does_not_fit} for a side outside [1, 32768]
  /// memory:  allocates only when there is more to hold than ever before
  void fit(int old_size, int new_size)
  {
    ensure_resizable(old_size, new_size);
    first_.clear();
    begin_.assign(1, 0);
    weights_.clear();
    const double scale = static_cast<double>(old_size) / new_size;
    for (int i = 0; i < new_size; ++i) {
      cover(i, scale, old_size);
      begin_.push_back(weights_.size());
    }
  }

  /// The first old pixel that new pixel i needs; the others follow it.
  [[nodiscard]] int first(int i) const { return first_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] std::span<const std::int32_t> weights(int i) const
  {
    const std::size_t begin = begin_[static_cast<std::size_t>(i)];
    return {weights_.data() + begin, begin_[static_cast<std::size_t>(i) + 1] - begin};
  }

private:
  void cover(int i, double scale, int old_size)
  {
    const double half_width = std::max(scale, 1.0);
    const double center = (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(center - half_width + 0.5));
    const int last = std::min(old_size, static_cast<int>(center + half_width + 0.5));
    exact_.clear();
    double sum = 0;
    for (int j = 0; j < last - first; ++j) {
      const double distance = std::abs((j + first - center + 0.5) * (1.0 / half_width));
      exact_.push_back(distance < 1.0 ? 1.0 - distance : 0.0);
      sum += exact_.back();
    }
    first_.push_back(first);
    for (const double weight : exact_)
      weights_.push_back(static_cast<std::int32_t>(0.5 + weight / sum * (1 << places)));
  }

  std::vector<int> first_;
  std::vector<std::size_t> begin_;
  std::vector<std::int32_t> weights_;
  std::vector<double> exact_;
};

/// Working memory of `resize_bilinear`; kept between films it is allocated once.
struct bilinear_scratch {
  triangle_axis horizontal;
  triangle_axis vertical;
  image narrowed;
  std::vector<std::int32_t> row;
};

namespace detail {

inline std::uint8_t rounded(std::int32_t sum)
{
  return static_cast<std::uint8_t>(std::min(sum >> triangle_axis::places, 255));
}

inline constexpr std::int32_t rounding_half = 1 << (triangle_axis::places - 1);

/// The first pass: every row of the film at the new width, rounded to eight bits.
inline void resize_rows(const image& film, int width, const triangle_axis& axis, image& out)
{
  out.reshape(film.height, width, film.channels);
  const auto channels = static_cast<std::size_t>(film.channels);
  for (int y = 0; y < film.height; ++y) {
    std::uint8_t* to = out.row(y);
    for (int x = 0; x < width; ++x) {
      const std::uint8_t* from = film.row(y) + static_cast<std::size_t>(axis.first(x)) * channels;
      const std::span<const std::int32_t> weights = axis.weights(x);
      for (std::size_t c = 0; c < channels; ++c) {
        std::int32_t sum = rounding_half;
        for (std::size_t k = 0; k < weights.size(); ++k) sum += weights[k] * from[k * channels + c];
        *to++ = rounded(sum);
      }
    }
  }
}

/// The second pass: the rows that make one new row, weighted and rounded again.
inline void resize_columns(const image& film, int height, const triangle_axis& axis, std::vector<std::int32_t>& row,
                           image& out)
{
  out.reshape(height, film.width, film.channels);
  row.resize(film.row_samples());
  for (int y = 0; y < height; ++y) {
    std::fill(row.begin(), row.end(), rounding_half);
    int from = axis.first(y);
    for (const std::int32_t weight : axis.weights(y)) {
      const std::uint8_t* const samples = film.row(from++);
      for (std::size_t x = 0; x < row.size(); ++x) row[x] += weight * samples[x];
    }
    std::uint8_t* const to = out.row(y);
    for (std::size_t x = 0; x < row.size(); ++x) to[x] = rounded(row[x]);
  }
}

}  // namespace detail

/// Writes `film` at height × width into `out`: what Pillow's `resize((width, height), BILINEAR)` gives for mode "L"
/// or "RGB", sample for sample. First along the rows, then along the columns, rounded to eight bits after each.
///
/// throws:  error{does_not_fit}
/// memory:  allocates only when `scratch` or `out` never held as much
inline void resize_bilinear(const image& film, int height, int width, bilinear_scratch& scratch, image& out)
{
  ensure_is_picture(film);
  scratch.horizontal.fit(film.width, width);
  scratch.vertical.fit(film.height, height);
  detail::resize_rows(film, width, scratch.horizontal, scratch.narrowed);
  detail::resize_columns(scratch.narrowed, height, scratch.vertical, scratch.row, out);
}

}  // namespace thorax
