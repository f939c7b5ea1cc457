// SPDX-License-Identifier: MIT
//
// full_notice: what stands at the begin of every report that is passed on; the README has the same words.

#pragma once

#include <array>
#include <string_view>

namespace thorax::program {

/// Paragraphs. They belong to networks that learned from the films of Kermany et al. 2018; the last but one says what
/// holds for others.
inline constexpr std::array<std::string_view, 6> full_notice{
  "Research and teaching software. Not a medical device. Not cleared, certified or clinically validated for any "
  "use in any country. Do not use it to diagnose, triage, treat, or to decide about antibiotics.",
  "It was trained on frontal (AP) chest films of children aged one to five from one hospital (Kermany et al. "
  "2018, CC BY 4.0). It knows three labels only; every other disease, adults, lateral views, photographs of "
  "screens and images from other equipment are outside its scope, and it may be confidently wrong on them.",
  "The labels are readers' opinions of the picture, not laboratory results. Chest films cannot reliably "
  "separate bacterial from viral pneumonia.",
  "Scores are model outputs, not the chance that a child is ill. Heat maps show where the network reacted, on a "
  "coarse grid (9×9 for films at 300x300); they do not show disease and can mislead.",
  "A network that learned from other films knows those only, and one that learned from phantoms, which are "
  "drawings, knows nothing about children.",
  "Do not pass on images that identify a person. All was computed on this machine; nothing was sent anywhere."};

}  // namespace thorax::program
