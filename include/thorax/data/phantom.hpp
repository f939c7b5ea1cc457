// SPDX-License-Identifier: MIT
//
// phantom: a synthetic chest film with one of three findings, made from a seed. For trying, testing and teaching
// where no real film may go; no network trained on phantoms knows anything about children.

#pragma once

#include <thorax/base/error.hpp>              // error
#include <thorax/base/random.hpp>             // random_stream
#include <thorax/data/phantom_anatomy.hpp>    // chest_anatomy
#include <thorax/data/phantom_canvas.hpp>     // film_layer, body_pose
#include <thorax/data/phantom_exposure.hpp>   // film_exposure, exposed
#include <thorax/data/phantom_findings.hpp>   // lobar_opacity, diffuse_streaks
#include <thorax/data/phantom_skeleton.hpp>   // draw_ribs, draw_shoulders, spine
#include <thorax/image/image.hpp>             // image

#include <algorithm>  // max
#include <array>
#include <cstdint>  // uint64_t
#include <optional>
#include <string>
#include <string_view>

namespace thorax {

/// The findings of phantoms, in the order of their numbers.
inline constexpr std::array<std::string_view, 3> phantom_findings{"BACTERIAL", "NORMAL", "VIRAL"};

/// returns:  the number of the child on film `index`: of each five films in a row the last two are of one child
constexpr int phantom_patient(int index) { return index - (index % 5 == 4 ? 1 : 0); }

namespace detail {

/// All that is drawn before the exposure.
class phantom_chest {
public:
  phantom_chest(random_stream child, random_stream film, int finding, int size)
    : chest_{child / 1}, pose_{drawn_pose(film / 1, size)}, backs_{size}, fronts_{size}, shoulders_{size},
      vessels_{size}, airways_{size}, haze_{film / 3, .5}
  {
    drawn_numbers draw{film / 2};
    inflation_ = draw.between(.36, .54);
    haze_strength_ = draw.between(.02, .14);
    thickness_ = draw.between(.56, .70);
    draw_ribs(chest_, pose_, backs_, fronts_);
    draw_shoulders(chest_, pose_, draw.between(-.04, .14), shoulders_);
    draw_branches({.strength = draw.between(.04, .09), .reach = draw.between(.5, .7)}, pose_, child / 2, vessels_);
    if (finding == 0) {
      opacity_.emplace(chest_, film / 4);
      opacity_->draw_bronchogram(pose_, film / 5, airways_);
    }
    if (finding == 2) {
      streaks_.emplace(film / 4);
      streaks_->draw_cuffs(pose_, film / 5, vessels_);
    }
  }

  [[nodiscard]] film_layer density() const
  {
    film_layer film{vessels_.size};
    for (int y = 0; y < film.size; ++y)
      for (int x = 0; x < film.size; ++x) film.at(y, x) = static_cast<float>(density_at(y, x));
    return film;
  }

private:
  static body_pose drawn_pose(random_stream stream, int size)
  {
    drawn_numbers draw{stream};
    const double angle = draw.between(-.09, .09), scale = draw.between(.98, 1.28), stretch = draw.between(.92, 1.08);
    const double right = draw.between(-.09, .09);
    return {size, angle, scale, stretch, {right, draw.between(-.04, .16)}};
  }

  [[nodiscard]] double density_at(int y, int x) const
  {
    const body_point p = pose_.body_at(y, x);
    const double tissue = soft_tissue(chest_, p);
    if (tissue <= 0) return -.4;
    const double covered = mediastinum(chest_, p), air = lung_air(chest_, p);
    double filling = haze_strength_ * (1 + haze_.at(p)) / 2;
    if (opacity_) filling = std::max(filling, opacity_->at(p) * (1 - static_cast<double>(airways_.at(y, x)) * 3.2));
    double lines = static_cast<double>(vessels_.at(y, x));
    if (streaks_) lines += streaks_->at(p);
    const double open = air * (1 - .88 * covered);
    const double bones = static_cast<double>(backs_.at(y, x) + fronts_.at(y, x)) * smooth_step(0, .3, tissue) +
                         static_cast<double>(shoulders_.at(y, x));
    return thickness_ * tissue - .4 * (1 - smooth_step(0, .35, tissue)) + .13 * covered + spine(chest_, p) + bones -
           inflation_ * open * (1 - filling) + lines * open - .16 * other_air(chest_, p);
  }

  chest_anatomy chest_;
  body_pose pose_;
  film_layer backs_, fronts_, shoulders_, vessels_, airways_;
  cloud haze_;
  double inflation_{}, haze_strength_{}, thickness_{};
  std::optional<lobar_opacity> opacity_;
  std::optional<diffuse_streaks> streaks_;
};

}  // namespace detail

/// A film of 8 bits gray, size × size pixels. Anatomy follows from (seed, finding, patient), everything else from
/// (seed, finding, index). On machines whose exp or pow round differently single pixels may differ by 1.
///
/// finding:  0 a dense lobe (BACTERIAL), 1 clear lungs (NORMAL), 2 streaks in both lungs (VIRAL)
/// throws:   error{wrong_usage} for another finding, a negative index, or a size outside 32 to 4096
inline image phantom(std::uint64_t seed, int index, int finding, int size = 300)
{
  if (finding < 0 || finding >= static_cast<int>(phantom_findings.size()) || index < 0 || size < 32 || size > 4096)
    throw error{error_code::wrong_usage,
                "phantom: expected a finding from 0 to 2, an index from 0 and a size from 32 to 4096, found " +
                  std::to_string(finding) + ", " + std::to_string(index) + " and " + std::to_string(size)};
  const random_stream all = random_stream{seed} / static_cast<std::uint64_t>(finding);
  const random_stream child = all / 1 / static_cast<std::uint64_t>(phantom_patient(index));
  const random_stream film = all / 2 / static_cast<std::uint64_t>(index);
  const detail::phantom_chest chest{child, film, finding, size};
  return exposed(chest.density(), film_exposure{film / 6}, film / 7);
}

}  // namespace thorax
