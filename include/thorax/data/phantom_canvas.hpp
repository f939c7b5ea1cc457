// SPDX-License-Identifier: MIT
//
// phantom_canvas: what a synthetic film is drawn with: drawn numbers, a pose, soft strokes and clouds.
// Comes before phantom_anatomy.hpp.

#pragma once

#include <thorax/base/random.hpp>  // random_stream, mixed

#include <algorithm>  // clamp, max, min
#include <cmath>      // abs, ceil, cos, floor, sin, sqrt
#include <cstddef>    // size_t
#include <cstdint>    // uint64_t, int64_t
#include <span>
#include <vector>

namespace thorax {

/// A place in the body: x to the right of the film (the patient's left), y down. The chest fills about -1 to 1.
struct body_point {
  double x{};
  double y{};
};

/// Numbers drawn one after the other from a stream.
class drawn_numbers {
public:
  explicit drawn_numbers(random_stream stream) : stream_{stream} {}

  double between(double low, double high) { return stream_.uniform(next_++, low, high); }
  bool chance(double probability) { return stream_.uniform(next_++) < probability; }
  int below(int count) { return static_cast<int>(stream_.below(next_++, static_cast<std::uint64_t>(count))); }

private:
  random_stream stream_;
  std::uint64_t next_{};
};

/// returns:  0 below `low`, 1 above `high`, and a smooth way between
inline double smooth_step(double low, double high, double value)
{
  const double t = std::clamp((value - low) / (high - low), 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

/// Where the body lies on a square film of `size` pixels.
class body_pose {
public:
  body_pose(int size, double angle, double scale, double stretch, body_point middle)
    : half_{size / 2.0}, cosine_{std::cos(angle)}, sine_{std::sin(angle)}, unit_x_{half_ * scale * stretch},
      unit_y_{half_ * scale}, middle_{middle}
  {
  }

  /// returns:  the place in the body that pixel (y, x) shows
  [[nodiscard]] body_point body_at(double y, double x) const
  {
    const double right = (x + .5 - half_ - middle_.x * half_) / unit_x_;
    const double down = (y + .5 - half_ - middle_.y * half_) / unit_y_;
    return {cosine_ * right + sine_ * down, cosine_ * down - sine_ * right};
  }

  /// returns:  the pixel coordinates (x, y) of a place in the body
  [[nodiscard]] body_point pixel_of(body_point place) const
  {
    const double right = cosine_ * place.x - sine_ * place.y, down = sine_ * place.x + cosine_ * place.y;
    return {right * unit_x_ + half_ + middle_.x * half_ - .5, down * unit_y_ + half_ + middle_.y * half_ - .5};
  }

  [[nodiscard]] double pixels_a_unit() const { return unit_y_; }

private:
  double half_, cosine_, sine_, unit_x_, unit_y_;
  body_point middle_;
};

/// One number a pixel of a square film.
struct film_layer {
  explicit film_layer(int size_)
    : size{size_}, values(static_cast<std::size_t>(size_) * static_cast<std::size_t>(size_))
  {
  }

  [[nodiscard]] float& at(int y, int x)
  {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(size) + static_cast<std::size_t>(x)];
  }
  [[nodiscard]] float at(int y, int x) const { return const_cast<film_layer&>(*this).at(y, x); }

  int size;
  std::vector<float> values;
};

/// A round rod seen from the side: solid like a vessel, or hollow like a bone, whose rims are then brighter.
struct rod {
  double half_width{};   ///< in body units
  double strength{};     ///< of the middle, if solid
  double hollowness{0};  ///< 0 solid, towards 1 hollow
};

namespace detail {

/// returns:  how much of the rod a ray crosses at `distance` half widths from its middle line
inline double chord(const rod& pen, double distance)
{
  constexpr double inner = .72;
  const double outside = 1 - distance * distance;
  if (outside <= 0) return 0;
  const double inside = inner * inner - distance * distance;
  return std::sqrt(outside) - (inside > 0 ? pen.hollowness * std::sqrt(inside) : 0);
}

inline double distance_to_segment(body_point p, body_point a, body_point b)
{
  const double along_x = b.x - a.x, along_y = b.y - a.y, length = along_x * along_x + along_y * along_y;
  const double t = length > 0 ? std::clamp(((p.x - a.x) * along_x + (p.y - a.y) * along_y) / length, 0.0, 1.0) : 0.0;
  const double x = p.x - a.x - t * along_x, y = p.y - a.y - t * along_y;
  return std::sqrt(x * x + y * y);
}

}  // namespace detail

/// Draws a straight piece of rod. Where pieces of one layer overlap the stronger stands, so that joints do not show.
inline void draw_rod(film_layer& layer, const body_pose& pose, body_point from, body_point to, const rod& pen)
{
  const body_point a = pose.pixel_of(from), b = pose.pixel_of(to);
  const double half_width = std::max(pen.half_width * pose.pixels_a_unit(), .8);  // thinner ones fade instead
  const double strength = pen.strength * std::min(1.0, pen.half_width * pose.pixels_a_unit() / half_width);
  const int top = std::max(0, static_cast<int>(std::floor(std::min(a.y, b.y) - half_width)));
  const int left = std::max(0, static_cast<int>(std::floor(std::min(a.x, b.x) - half_width)));
  const int bottom = std::min(layer.size - 1, static_cast<int>(std::ceil(std::max(a.y, b.y) + half_width)));
  const int right = std::min(layer.size - 1, static_cast<int>(std::ceil(std::max(a.x, b.x) + half_width)));
  for (int y = top; y <= bottom; ++y)
    for (int x = left; x <= right; ++x) {
      const body_point here{static_cast<double>(x), static_cast<double>(y)};
      const double distance = detail::distance_to_segment(here, a, b) / half_width;
      layer.at(y, x) = std::max(layer.at(y, x), static_cast<float>(strength * detail::chord(pen, distance)));
    }
}

/// Draws a rod along a line of points.
inline void draw_rods(film_layer& layer, const body_pose& pose, std::span<const body_point> points, const rod& pen)
{
  for (std::size_t i = 1; i < points.size(); ++i) draw_rod(layer, pose, points[i - 1], points[i], pen);
}

/// A cloudy field: numbers drawn at the crossings of a grid, smoothly joined, in four octaves.
class cloud {
public:
  /// `cell`: the size of its largest features, in body units
  cloud(random_stream stream, double cell) : stream_{stream}, cell_{cell} {}

  /// returns:  about -1 to 1, on average 0
  [[nodiscard]] double at(body_point p) const
  {
    double sum = 0, share = 1, scale = 1 / cell_;
    for (std::uint64_t octave = 0; octave < 4; ++octave, share /= 2, scale *= 2)
      sum += share * octave_at(stream_ / octave, p.x * scale, p.y * scale);
    return sum;
  }

  /// returns:  0 to 1, high along thin broken lines that form a net
  [[nodiscard]] double net_at(body_point p) const
  {
    const double bend = .15 * cell_;
    const body_point bent{p.x + bend * octave_at(stream_ / 7, 5 * p.x / cell_, 5 * p.y / cell_),
                          p.y + bend * octave_at(stream_ / 8, 5 * p.x / cell_, 5 * p.y / cell_)};
    double sum = 0, scale = 1 / cell_;
    for (std::uint64_t octave = 4; octave < 7; ++octave, scale *= 1.6) {
      const double ridge = 1 - std::min(1.0, std::abs(octave_at(stream_ / octave, bent.x * scale, bent.y * scale)) * 4);
      const double broken = .5 + .5 * octave_at(stream_ / (octave + 5), 2 * p.x * scale, 2 * p.y * scale);
      sum += ridge * ridge * broken / 1.5;
    }
    return std::min(sum, 1.0);
  }

private:
  static double octave_at(random_stream stream, double x, double y)
  {
    const double left = std::floor(x), top = std::floor(y);
    const double across = smooth_step(0, 1, x - left), down = smooth_step(0, 1, y - top);
    const auto crossing = [&](double dy, double dx) {
      const auto row = static_cast<std::uint64_t>(static_cast<std::int64_t>(top + dy));
      const auto column = static_cast<std::uint64_t>(static_cast<std::int64_t>(left + dx));
      return stream.uniform(mixed(row) + column, -1, 1);
    };
    const double above = crossing(0, 0) + across * (crossing(0, 1) - crossing(0, 0));
    const double below = crossing(1, 0) + across * (crossing(1, 1) - crossing(1, 0));
    return above + down * (below - above);
  }

  random_stream stream_;
  double cell_;
};

}  // namespace thorax
