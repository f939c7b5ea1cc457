// SPDX-License-Identifier: MIT
//
// patient_intervals: how far the headline numbers of an evaluation can be trusted, by drawing patients again.

#pragma once

#include <thorax/evaluate/auc.hpp>                // macro_auc_ovr_exact
#include <thorax/evaluate/confusion_matrix.hpp>   // confusion_matrix
#include <thorax/evaluate/patient_bootstrap.hpp>  // bootstrap_interval, bootstrap_settings, patient_bootstrap
#include <thorax/evaluate/predictions.hpp>        // predictions

#include <cstddef>  // size_t
#include <span>

namespace thorax {

struct patient_intervals {
  bootstrap_settings drawn;
  bootstrap_interval accuracy;
  bootstrap_interval macro_f1;
  bootstrap_interval macro_auc_ovr;  ///< without those resamples in which a finding has no film
};

/// The intervals of three measures, from the same resamples.
///
/// throws:  as patient_bootstrap
inline patient_intervals patient_intervals_of(const predictions& films, const bootstrap_settings& settings = {})
{
  const auto counted = [&](std::span<const std::size_t> places) {
    confusion_matrix counts{films.findings};
    for (const std::size_t i : places) counts.add(films.rows[i].true_finding, films.rows[i].predicted);
    return counts;
  };
  using places = std::span<const std::size_t>;
  return {settings, patient_bootstrap(films, [&](places drawn) { return counted(drawn).accuracy(); }, settings),
          patient_bootstrap(films, [&](places drawn) { return counted(drawn).macro_f1(); }, settings),
          patient_bootstrap(films, [](const predictions& drawn) { return macro_auc_ovr_exact(drawn); }, settings)};
}

}  // namespace thorax
