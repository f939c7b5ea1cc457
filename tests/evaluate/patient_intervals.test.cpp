// SPDX-License-Identifier: MIT

#include <thorax/evaluate/patient_intervals.hpp>

#include "support/catch.hpp"

#include <string>
#include <vector>

using thorax::patient_intervals_of;
using thorax::predictions;

namespace {

/// Patients of two films each; of every fifth patient both are called wrongly.
predictions forty_patients()
{
  predictions films{{"A", "B"}, {}};
  for (int patient = 0; patient < 40; ++patient)
    for (int film = 0; film < 2; ++film) {
      const int label = patient % 2;
      const int called = patient % 5 == 0 ? 1 - label : label;
      const float sure = 0.5F + 0.01F * static_cast<float>(patient);
      films.rows.push_back({.path = std::to_string(patient) + "_" + std::to_string(film),
                            .patient = std::to_string(patient),
                            .true_finding = label,
                            .predicted = called,
                            .probabilities = called == 0 ? std::vector{sure, 1 - sure} : std::vector{1 - sure, sure}});
    }
  return films;
}

}  // namespace

TEST_CASE("intervals hold the numbers of the films as they are, and count patients", "[evaluate]")
{
  const thorax::patient_intervals found = patient_intervals_of(forty_patients(), {.seed = 3, .resamples = 200});
  CHECK(found.drawn.resamples == 200);
  for (const thorax::bootstrap_interval& each : {found.accuracy, found.macro_f1, found.macro_auc_ovr}) {
    CHECK(each.patients == 40);
    CHECK(each.films == 80);
    CHECK(each.undefined == 0);
    REQUIRE(each.value);
    REQUIRE(each.range);
    CHECK(each.range->low < *each.value);
    CHECK(*each.value < each.range->high);
  }
  CHECK(*found.accuracy.value == Approx(0.8));
}

TEST_CASE("patients with several films widen the interval of accuracy", "[evaluate]")
{
  predictions films = forty_patients();
  const thorax::interval by_patients = *patient_intervals_of(films).accuracy.range;
  for (thorax::prediction& each : films.rows) each.patient.clear();
  const thorax::interval by_films = *patient_intervals_of(films).accuracy.range;
  CHECK(by_patients.high - by_patients.low > 1.2 * (by_films.high - by_films.low));
}

TEST_CASE("an area that no resample has is undefined and counted, the other numbers stay", "[evaluate]")
{
  predictions films = forty_patients();
  for (thorax::prediction& each : films.rows) each.true_finding = 0;
  const thorax::patient_intervals found = patient_intervals_of(films, {.resamples = 50});
  CHECK_FALSE(found.macro_auc_ovr.value);
  CHECK_FALSE(found.macro_auc_ovr.range);
  CHECK(found.macro_auc_ovr.undefined == 50);
  CHECK(found.accuracy.undefined == 0);
}
