// SPDX-License-Identifier: MIT
//
// phantom_anatomy: a child's chest as a few drawn numbers, and what of it a ray crosses at each place.
// All lengths are in body units (see body_point); the shapes are drawn after frontal chest films.

#pragma once

#include <thorax/base/random.hpp>          // random_stream
#include <thorax/data/phantom_canvas.hpp>  // body_point, drawn_numbers, smooth_step

#include <algorithm>  // max, min
#include <array>
#include <cmath>    // abs, cos, pow, sin, sqrt
#include <cstddef>  // size_t

namespace thorax {

/// What makes one child differ from another.
struct chest_anatomy {
  explicit chest_anatomy(random_stream child)
  {
    drawn_numbers draw{child};
    lung_width = draw.between(.66, .78);
    apex = draw.between(-.74, -.64);
    dome[0] = draw.between(.30, .46);  // the liver lifts the right dome
    dome[1] = dome[0] + draw.between(.01, .10);
    dome_height = draw.between(.14, .26);
    wall = draw.between(.10, .22);
    heart_width = draw.between(.88, 1.20);
    band = draw.between(.12, .17);
    heart_shift = draw.between(-.04, .05);
    thymus = draw.chance(.35) ? draw.between(.05, .16) : 0.0;
    spine_curve = draw.between(-.025, .025);
    rib_start = draw.between(-.80, -.74);
    rib_distance = draw.between(.122, .138);
    rib_drop = draw.between(.14, .34);
    rib_strength = draw.between(.075, .125);
    arms_raised = draw.chance(.45);
    bubble = draw.chance(.6) ? draw.between(.06, .15) : 0.0;
  }

  double lung_width, apex, dome_height, wall;
  std::array<double, 2> dome{};  ///< heights of the diaphragm's tops, by lung_side
  double heart_width, band, heart_shift, thymus, spine_curve;
  double rib_start, rib_distance, rib_drop, rib_strength;
  bool arms_raised;
  double bubble;  ///< radius of the air in the stomach; 0: none
};

/// The two lungs: the patient's right one lies left on the film.
enum class lung_side { left_on_film, right_on_film };

/// returns:  how far from the middle the lungs reach at height y; the inner side of the ribs
inline double lung_reach(const chest_anatomy& chest, double y)
{
  constexpr double widest = .40;
  if (y <= chest.apex) return 0;
  if (y >= widest) return chest.lung_width * (1 - .10 * (y - widest));
  const double up = (widest - y) / (widest - chest.apex);
  return chest.lung_width * std::pow(1 - std::pow(up, 2.5), 1 / 2.2);
}

/// returns:  the height of the diaphragm at distance x from the middle
inline double diaphragm(const chest_anatomy& chest, lung_side side, double x)
{
  const double away = (x - .36) / (chest.lung_width - .30);
  return chest.dome[static_cast<std::size_t>(side)] + chest.dome_height * (away > 0 ? away * away : .5 * away * away);
}

/// returns:  0 to 1: how much air of the lungs a ray meets, heart and vessels not yet considered
inline double lung_air(const chest_anatomy& chest, body_point p)
{
  const lung_side side = p.x < 0 ? lung_side::left_on_film : lung_side::right_on_film;
  const double x = std::abs(p.x), inside = lung_reach(chest, p.y) - x;
  const double above = diaphragm(chest, side, x) - p.y;
  const double from_middle = x - .07 - .03 * smooth_step(-.2, .5, p.y);
  const double field = smooth_step(0, .035, inside) * smooth_step(-.012, .02, above) * smooth_step(0, .06, from_middle);
  return field * (.62 + .38 * smooth_step(0, .28, inside)) * (.8 + .2 * smooth_step(0, .35, above));
}

namespace detail {

/// returns:  0 outside, 1 inside an ellipse, with a border of width `softness`
inline double in_ellipse(body_point p, body_point middle, double wide, double high, double angle, double softness)
{
  const double x = p.x - middle.x, y = p.y - middle.y;
  const double along = (x * std::cos(angle) + y * std::sin(angle)) / wide;
  const double across = (y * std::cos(angle) - x * std::sin(angle)) / high;
  const double beyond = (std::sqrt(along * along + across * across) - 1) * std::min(wide, high);
  return 1 - smooth_step(-softness, softness, beyond);
}

}  // namespace detail

/// returns:  0 to 1: how much a ray is covered by heart, great vessels and thymus, which push the air aside
inline double mediastinum(const chest_anatomy& chest, body_point p)
{
  const double w = chest.heart_width, shift = chest.heart_shift;
  const double ventricles = detail::in_ellipse(p, {.17 + shift, .17}, .43 * w, .29 * w, .72, .035);
  const double atrium = detail::in_ellipse(p, {-.07 + shift, .20}, .19 * w, .27, .1, .035);
  const double trunk = detail::in_ellipse(p, {.09 + shift, -.10}, .17 * w, .26, .25, .045);
  const double knob = detail::in_ellipse(p, {.10, -.32}, .09, .11, 0, .04);
  const double half_band = chest.band + .03 * smooth_step(-.3, -.8, p.y);
  const double band = (1 - smooth_step(half_band - .03, half_band + .04, std::abs(p.x - .01))) *
                      smooth_step(.5, .2, p.y);
  const double sail = chest.thymus > 0 ? detail::in_ellipse(p, {-.06, -.30}, .10 + chest.thymus, .26, 0, .05) : 0.0;
  const double open = (1 - ventricles) * (1 - atrium) * (1 - trunk) * (1 - knob) * (1 - .9 * band) * (1 - .75 * sail);
  return 1 - open;
}

namespace detail {

inline double arm(const chest_anatomy& chest, body_point p)
{
  const double x = std::abs(p.x);
  const body_point elbow = chest.arms_raised ? body_point{1.25, -1.8} : body_point{1.16, 1.5};
  return 1 - smooth_step(.13, .19, distance_to_segment({x, p.y}, {.88, -.62}, elbow));
}

}  // namespace detail

/// returns:  0 to 1: how much soft tissue a ray crosses; 0 beside the child
inline double soft_tissue(const chest_anatomy& chest, body_point p)
{
  const double x = std::abs(p.x);
  const double shoulder = .30 + .72 * smooth_step(-1.0, -.66, p.y);
  const double waist = chest.lung_width + chest.wall - .04 * smooth_step(.1, .7, p.y);
  const double reach = p.y < -.45 ? shoulder + (waist - shoulder) * smooth_step(-.66, -.45, p.y) : waist;
  const double torso = std::pow(std::max(0.0, 1 - (x / reach) * (x / reach)), .42);
  const double head = detail::in_ellipse(p, {0, -1.30}, .40, .36, 0, .03);
  return std::max({torso, .62 * detail::arm(chest, p), 1.1 * head});
}

/// returns:  air outside the lungs: windpipe, stomach bubble; 0 to 1
inline double other_air(const chest_anatomy& chest, body_point p)
{
  const double pipe = (1 - smooth_step(.026, .046, std::abs(p.x - .012))) * smooth_step(-.16, -.24, p.y);
  const double left = detail::distance_to_segment(p, {.012, -.21}, {.15, -.06});
  const double right = detail::distance_to_segment(p, {.012, -.21}, {-.13, -.05});
  const double bronchi = 1 - smooth_step(.014, .034, std::min(left, right));
  double air = .55 * std::max(pipe, .8 * bronchi);
  if (chest.bubble > 0) {
    const double dome = chest.dome[1] + .06 + chest.bubble;
    air = std::max(air, detail::in_ellipse(p, {.36, dome}, 1.5 * chest.bubble, chest.bubble, 0, .02));
  }
  return air;
}

}  // namespace thorax
