// SPDX-License-Identifier: MIT
//
// phantom_findings: what lungs show: their vessels, a dense lobe, streaks everywhere.

#pragma once

#include <thorax/base/random.hpp>           // random_stream
#include <thorax/data/phantom_anatomy.hpp>  // chest_anatomy, lung_reach, diaphragm
#include <thorax/data/phantom_canvas.hpp>   // film_layer, body_pose, rod, cloud

#include <algorithm>  // clamp
#include <array>
#include <cmath>  // abs, atan2, cos, sin, sqrt

namespace thorax {

/// How the branching lines of a lung are drawn.
struct branch_rule {
  int trunks{7};         ///< that leave each hilum
  double width{.017};    ///< half width of a trunk
  double strength{.10};
  double reach{.62};     ///< how far trunks go, in body units
  double fading{.74};    ///< strength and width of a branch, measured by those of its parent
};

namespace detail {

inline constexpr double turn = 6.283185307179586;

/// Draws a line that winds and forks until it is short.
inline void draw_branch(film_layer& layer, const body_pose& pose, body_point from, double heading, double length,
                        rod pen, double fading, drawn_numbers& draw)
{
  constexpr int pieces = 5;
  for (int i = 0; i < pieces; ++i) {
    heading += draw.between(-.16, .16);
    const body_point to{from.x + length / pieces * std::cos(heading), from.y + length / pieces * std::sin(heading)};
    draw_rod(layer, pose, from, to, pen);
    from = to;
    pen.half_width *= .95;
    pen.strength *= .96;
  }
  if (length < .09) return;
  pen.half_width *= fading;
  pen.strength *= fading;
  const double apart = draw.between(.35, .8);
  draw_branch(layer, pose, from, heading + apart / 2, length * draw.between(.55, .75), pen, fading, draw);
  draw_branch(layer, pose, from, heading - apart / 2, length * draw.between(.55, .75), pen, fading, draw);
}

}  // namespace detail

/// Draws the vessels of both lungs from the hila outward; the caller weighs the layer by the air around them.
inline void draw_branches(const branch_rule& rule, const body_pose& pose, random_stream stream, film_layer& layer)
{
  drawn_numbers draw{stream};
  for (const double side : {-1.0, 1.0})
    for (int trunk = 0; trunk < rule.trunks; ++trunk) {
      const double share = (trunk + draw.between(.2, .8)) / rule.trunks;
      const double up = detail::turn * (.27 - .56 * share);  // from nearly upright to nearly straight down
      const double heading = side > 0 ? -up : detail::turn / 2 + up;
      const body_point hilum{side * draw.between(.12, .19), draw.between(-.10, .08)};
      const double thick = draw.between(.7, 1.1);
      detail::draw_branch(layer, pose, hilum, heading, rule.reach * draw.between(.36, .46),
                          {rule.width * thick, rule.strength * thick}, rule.fading, draw);
    }
}

/// One dense region in one lobe, as in lobar pneumonia: soft where it fades into the lung, sharp where a fissure
/// ends it.
class lobar_opacity {
public:
  lobar_opacity(const chest_anatomy& chest, random_stream stream) : edge_{stream / 1, .22}, inside_{stream / 2, .09}
  {
    drawn_numbers draw{stream};
    const double side = draw.chance(.55) ? -1.0 : 1.0;
    const int lobe = draw.below(3);
    const double middle_y = lobe == 0 ? draw.between(-.46, -.24) : lobe == 1 ? draw.between(-.10, .12)
                                                                            : draw.between(.08, .24);
    const double reach = lung_reach(chest, middle_y);
    middle_ = {side * (.17 + (reach - .19) * draw.between(side > 0 && lobe > 0 ? .70 : .42, .90)), middle_y};
    wide_ = draw.between(.20, .34);
    high_ = draw.between(.18, .32);
    angle_ = draw.between(-.6, .6);
    softness_ = draw.between(.05, .11);
    strength_ = draw.between(.80, 1.0);
    fissure_ = draw.chance(.45) ? middle_y + (lobe == 0 ? 1 : -1) * high_ * draw.between(.25, .7) : 9;
    fissure_below_ = lobe == 0;
  }

  /// returns:  0 to 1: which part of the air is filled at a place
  [[nodiscard]] double at(body_point p) const
  {
    const body_point bent{p.x + .07 * edge_.at(p), p.y + .07 * edge_.at({p.y + 3, p.x - 5})};
    double filled = detail::in_ellipse(bent, middle_, wide_, high_, angle_, softness_);
    if (fissure_ < 5) {
      const double beyond = (fissure_below_ ? p.y - fissure_ : fissure_ - p.y) + .08 * (p.x - middle_.x);
      filled *= 1 - smooth_step(-.012, .012, beyond);
    }
    return strength_ * filled * std::clamp(.88 + .22 * inside_.at(p), 0.0, 1.0);
  }

  [[nodiscard]] body_point middle() const { return middle_; }

  /// Draws the air-filled bronchi that stand out dark in the dense region.
  void draw_bronchogram(const body_pose& pose, random_stream stream, film_layer& layer) const
  {
    drawn_numbers draw{stream};
    const double side = middle_.x < 0 ? -1.0 : 1.0;
    const body_point root{side * .14, std::clamp(middle_.y, -.15, .12)};
    const double heading = std::atan2(middle_.y - root.y, middle_.x - root.x);
    for (int i = 0; i < 2; ++i)
      detail::draw_branch(layer, pose, root, heading + draw.between(-.35, .35), draw.between(.18, .26), {.013, .10},
                          .8, draw);
  }

private:
  cloud edge_, inside_;
  body_point middle_;
  double wide_, high_, angle_, softness_, strength_, fissure_;
  bool fissure_below_;
};

/// Streaks, nets and cuffs in both lungs, as in viral pneumonia: densest around the hila, nowhere a dense region.
class diffuse_streaks {
public:
  explicit diffuse_streaks(random_stream stream) : net_{stream / 1, .12}, patches_{stream / 2, .45}
  {
    drawn_numbers draw{stream};
    strength_ = draw.between(.7, 1.1);
    for (double& each : more_) each = draw.between(.75, 1.25);
  }

  /// returns:  how much denser than usual a place is; on average over a lung nearly 0, because only the texture
  ///           is to tell, not the brightness
  [[nodiscard]] double at(body_point p) const
  {
    const double from_hilum = std::abs(p.x) - .15;
    const double central = 1 - smooth_step(.15, .85, std::sqrt(from_hilum * from_hilum + p.y * p.y));
    const double patch = std::clamp(.75 + .5 * patches_.at(p), .2, 1.4);
    return strength_ * more_[p.x < 0 ? 0 : 1] * (.5 + .5 * central) * patch * (.62 * net_.net_at(p) - .075);
  }

  /// Draws thickened bronchi: pairs of lines, and rings where one is met end on.
  void draw_cuffs(const body_pose& pose, random_stream stream, film_layer& layer) const
  {
    branch_rule tracks{.trunks = 10, .width = .018, .strength = .19 * strength_, .reach = .70, .fading = .84};
    draw_branches(tracks, pose, stream / 1, layer);
    drawn_numbers draw{stream / 2};
    for (int ring = 0; ring < 9; ++ring) {
      const double side = ring % 2 == 0 ? -1.0 : 1.0;
      const body_point middle{side * draw.between(.20, .48), draw.between(-.25, .28)};
      const double radius = draw.between(.008, .016);
      body_point last{middle.x + radius, middle.y};
      for (int i = 1; i <= 10; ++i) {
        const body_point next{middle.x + radius * std::cos(i * detail::turn / 10),
                              middle.y + radius * std::sin(i * detail::turn / 10)};
        draw_rod(layer, pose, last, next, {.006, .17 * strength_});
        last = next;
      }
    }
  }

private:
  cloud net_, patches_;
  double strength_{};
  std::array<double, 2> more_{};
};

}  // namespace thorax
