// SPDX-License-Identifier: MIT
//
// area: each new pixel is the mean of the area it covers, so nothing of a film is skipped. Sums are exact;
// only the last division rounds.

#pragma once

#include <thorax/image/image.hpp>   // image
#include <thorax/image/limits.hpp>  // ensure_resizable

#include <algorithm>  // clamp, fill, max, min
#include <cstddef>    // size_t
#include <cstdint>    // int64_t, uint8_t
#include <span>
#include <vector>

namespace thorax {

/// Which old pixels make each new one along one axis, with integer weights that add up to `total()`.
///
/// Shrinking from n to m pixels, new pixel i covers [i·n, (i+1)·n) and old pixel j covers [j·m, (j+1)·m) of a
/// line of n·m units: the weight is the overlap and the total n. Along an axis that grows there is nothing to
/// average; there the two nearest pixels are interpolated linearly, with a total of 2·m.
class area_axis {
public:
  /// throws:  error{does_not_fit} for a side outside [1, 32768]
  /// memory:  allocates only when there is more to hold than ever before
  void fit(int old_size, int new_size)
  {
    ensure_resizable(old_size, new_size);
    const bool grows = new_size > old_size;
    total_ = grows ? 2.0 * new_size : old_size;
    first_.clear();
    begin_.assign(1, 0);
    weights_.clear();
    for (int i = 0; i < new_size; ++i) {
      if (grows) interpolate(i, old_size, new_size);
      else cover(i, old_size, new_size);
      begin_.push_back(weights_.size());
    }
  }

  [[nodiscard]] int size() const { return static_cast<int>(first_.size()); }
  [[nodiscard]] double total() const { return total_; }

  /// The first old pixel that new pixel i needs; the others follow it.
  [[nodiscard]] int first(int i) const { return first_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] std::span<const float> weights(int i) const
  {
    const std::size_t begin = begin_[static_cast<std::size_t>(i)];
    return {weights_.data() + begin, begin_[static_cast<std::size_t>(i) + 1] - begin};
  }

private:
  void cover(std::int64_t i, std::int64_t n, std::int64_t m)
  {
    const std::int64_t begin = i * n;
    const std::int64_t end = begin + n;
    first_.push_back(static_cast<int>(begin / m));
    for (std::int64_t j = begin / m; j * m < end; ++j)
      weights_.push_back(static_cast<float>(std::min((j + 1) * m, end) - std::max(j * m, begin)));
  }

  // The center of new pixel i lies at ((2i + 1)·n - m) / 2m, counted in old pixels from the center of the first.
  void interpolate(std::int64_t i, std::int64_t n, std::int64_t m)
  {
    const std::int64_t center = std::clamp((2 * i + 1) * n - m, std::int64_t{0}, (n - 1) * 2 * m);
    const std::int64_t toward_next = center % (2 * m);
    first_.push_back(static_cast<int>(center / (2 * m)));
    weights_.push_back(static_cast<float>(2 * m - toward_next));
    if (toward_next > 0) weights_.push_back(static_cast<float>(toward_next));
  }

  double total_{1};
  std::vector<int> first_;
  std::vector<std::size_t> begin_;
  std::vector<float> weights_;
};

/// Working memory of `average_area`; kept between films it is allocated once.
struct area_scratch {
  area_axis vertical;
  area_axis horizontal;
  std::vector<float> row;
};

namespace detail {

/// row = Σ weight · (film's row), over the rows that make new row y. Exact: see longest_resized_side.
inline void sum_rows(const image& film, const area_axis& vertical, int y, std::vector<float>& row)
{
  std::fill(row.begin(), row.end(), 0.0F);
  int from = vertical.first(y);
  float* const sums = row.data();
  for (const float weight : vertical.weights(y)) {
    const std::uint8_t* const samples = film.row(from++);
    for (std::size_t x = 0; x < row.size(); ++x) sums[x] += weight * static_cast<float>(samples[x]);
  }
}

/// returns:  Σ weight · sums[k · stride]
inline double weighted_sum(std::span<const float> weights, const float* sums, std::size_t stride)
{
  double sum = 0;
  for (std::size_t k = 0; k < weights.size(); ++k)
    sum += static_cast<double>(weights[k]) * static_cast<double>(sums[k * stride]);
  return sum;
}

inline void fit(const image& film, int height, int width, area_scratch& scratch)
{
  ensure_is_picture(film);
  scratch.vertical.fit(film.height, height);
  scratch.horizontal.fit(film.width, width);
  scratch.row.resize(film.row_samples());
}

template<class Store>
void average_fitted(const image& film, area_scratch& scratch, Store&& store)
{
  const auto channels = static_cast<std::size_t>(film.channels);
  const double total = scratch.vertical.total() * scratch.horizontal.total();
  for (int y = 0; y < scratch.vertical.size(); ++y) {
    sum_rows(film, scratch.vertical, y, scratch.row);
    for (int x = 0; x < scratch.horizontal.size(); ++x) {
      const std::span<const float> weights = scratch.horizontal.weights(x);
      const float* sums = scratch.row.data() + static_cast<std::size_t>(scratch.horizontal.first(x)) * channels;
      for (int c = 0; c < film.channels; ++c)
        store(y, x, c, weighted_sum(weights, sums + c, channels) / total);
    }
  }
}

}  // namespace detail

/// Calls `store(y, x, c, mean)` for each sample of the film resized to height × width; the mean is in [0, 255] and
/// is the exact one, rounded once to double.
///
/// throws:  error{does_not_fit}
/// cost:    one or two multiplications a sample of the film, one division a sample of the result
/// memory:  allocates only when `scratch` never held as much
template<class Store>
void average_area(const image& film, int height, int width, area_scratch& scratch, Store&& store)
{
  detail::fit(film, height, width, scratch);
  detail::average_fitted(film, scratch, store);
}

/// Writes `film` at height × width into `out`, each mean rounded to the nearest integer, ½ upward.
///
/// throws:  error{does_not_fit}
/// memory:  allocates only when `scratch` or `out` never held as much
inline void resize_area(const image& film, int height, int width, area_scratch& scratch, image& out)
{
  detail::fit(film, height, width, scratch);
  out.reshape(height, width, film.channels);
  std::uint8_t* to = out.samples.data();
  detail::average_fitted(film, scratch,
                         [&to](int, int, int, double mean) { *to++ = static_cast<std::uint8_t>(mean + 0.5); });
}

}  // namespace thorax
