// SPDX-License-Identifier: MIT
//
// phantom_skeleton: ribs, clavicles, shoulder blades, upper arms and spine of a synthetic film.

#pragma once

#include <thorax/data/phantom_anatomy.hpp>  // chest_anatomy, lung_reach
#include <thorax/data/phantom_canvas.hpp>   // film_layer, body_pose, rod

#include <algorithm>  // max
#include <array>
#include <cmath>    // sin, cos, abs, floor
#include <cstddef>  // size_t

namespace thorax {

namespace detail {

inline constexpr std::size_t rib_points = 22;
using rib_line = std::array<body_point, rib_points>;

/// One rib of the right of the film. Behind it runs from the spine outward and down; its front half turns back
/// toward the breastbone and further down, and ends in cartilage, which films do not show.
struct rib {
  rib_line back;
  rib_line front;
};

inline rib rib_number(const chest_anatomy& chest, int number)
{
  constexpr double quarter_turn = 1.5707963267948966;
  const double start = chest.rib_start + number * chest.rib_distance;
  const double drop = chest.rib_drop * (.55 + .06 * number), fall = .13 + .016 * number;
  const double side = std::max(lung_reach(chest, start + drop), .22 + .09 * number * (number < 3 ? 1 : 0)) + .025;
  const double end = std::min(.34 + .012 * number, .8 * side);
  rib one{};
  for (std::size_t i = 0; i < rib_points; ++i) {
    const double t = quarter_turn * static_cast<double>(i) / static_cast<double>(rib_points - 1);
    one.back[i] = {.07 + (side - .07) * std::sin(t), start + drop * (1 - std::cos(t)) - .035 * std::sin(2 * t)};
    one.front[i] = {end + (side - end) * std::cos(t), start + drop + fall * std::sin(t) + .03 * t};
  }
  return one;
}

inline rib_line mirrored(rib_line line)
{
  for (body_point& point : line) point.x = -point.x;
  return line;
}

}  // namespace detail

/// Adds nine pairs of ribs, backs and fronts each in a layer of their own so that crossings are denser.
inline void draw_ribs(const chest_anatomy& chest, const body_pose& pose, film_layer& backs, film_layer& fronts)
{
  for (int number = 0; number < 10; ++number) {
    const detail::rib one = detail::rib_number(chest, number);
    const rod behind{.026 + .0008 * number, chest.rib_strength * 1.7, .62};
    const rod before{.029, chest.rib_strength * 1.25, .62};
    draw_rods(backs, pose, one.back, behind);
    draw_rods(backs, pose, detail::mirrored(one.back), behind);
    if (number == 9) continue;
    draw_rods(fronts, pose, one.front, before);
    draw_rods(fronts, pose, detail::mirrored(one.front), before);
  }
}

/// Adds clavicles, shoulder blades and upper arms; `lift` raises the shoulders.
inline void draw_shoulders(const chest_anatomy& chest, const body_pose& pose, double lift, film_layer& layer)
{
  for (const double side : {-1.0, 1.0}) {
    detail::rib_line clavicle{};
    for (std::size_t i = 0; i < detail::rib_points; ++i) {
      const double t = static_cast<double>(i) / static_cast<double>(detail::rib_points - 1);
      clavicle[i] = {side * (.10 + .66 * t), -.62 - (.10 + lift) * t - .035 * std::sin(6.2831853 * t)};
    }
    draw_rods(layer, pose, clavicle, {.026, .24, .6});
    const body_point joint{side * .86, -.66 - lift};
    const body_point tip{side * .70, -.16 - .5 * lift};
    draw_rod(layer, pose, {side * .60, -.60 - lift}, tip, {.014, .12});
    draw_rod(layer, pose, joint, tip, {.018, .15});
    draw_rod(layer, pose, {side * .58, -.66 - lift}, joint, {.020, .14});
    const body_point elbow = chest.arms_raised ? body_point{side * 1.25, -1.8} : body_point{side * 1.16, 1.5};
    draw_rod(layer, pose, joint, {joint.x + side * .02, joint.y - .01}, {.080, .20, .25});
    draw_rod(layer, pose, joint, elbow, {.048, .22, .55});
  }
}

/// returns:  what the spine adds at a place: bodies of the vertebrae between darker discs, with their pedicles
inline double spine(const chest_anatomy& chest, body_point p)
{
  const double x = p.x - chest.spine_curve * std::sin(3 * p.y), height = chest.rib_distance;
  const double along = (p.y - chest.rib_start) / height + .5, within = along - std::floor(along) - .5;
  const double bodies = 1 - smooth_step(.066, .086, std::abs(x));
  const double plate = smooth_step(.30, .42, std::abs(within));
  const double disc = smooth_step(.42, .48, std::abs(within));
  const double away_x = (std::abs(x) - .045) / .016, away_y = (within + .12) * height / .026;
  const double pedicle = std::max(0.0, 1 - away_x * away_x - away_y * away_y);
  const double process = std::max(0.0, 1 - x * x / .0002 - (within - .22) * (within - .22) / .02);
  const double arms = (1 - smooth_step(.12, .15, std::abs(x))) * std::max(0.0, 1 - within * within * 40);
  return .085 * bodies * (1 + .45 * plate - .95 * disc) + .06 * pedicle + .045 * process + .035 * arms;
}

}  // namespace thorax
