// SPDX-License-Identifier: MIT
//
// evaluation: all that is said of one network on one set of films, for texts, pages and programs alike.

#pragma once

#include <thorax/evaluate/at_prevalence.hpp>     // at_prevalence
#include <thorax/evaluate/calibration.hpp>       // calibration
#include <thorax/evaluate/finding_curves.hpp>    // finding_curve
#include <thorax/evaluate/mcnemar.hpp>           // mcnemar_test
#include <thorax/evaluate/metrics.hpp>           // metrics
#include <thorax/evaluate/operating_views.hpp>   // operating_view
#include <thorax/evaluate/patient_intervals.hpp>  // patient_intervals_of
#include <thorax/evaluate/predictions.hpp>       // predictions
#include <thorax/evaluate/score_intervals.hpp>    // score_intervals_of
#include <thorax/evaluate/text_columns.hpp>      // fixed_digits

#include <optional>
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax {

/// A prevalence to be looked at, in the order of the findings.
struct stated_shares {
  std::vector<double> learned;  ///< empty: those of the labels of the films measured
  std::vector<double> stated;
};

/// Another network's predictions of the same films.
struct compared_network {
  std::string name;  ///< for people: its file
  mcnemar_test test;
};

/// What a report says. Texts are for people and may hold anything; whoever writes them into a page escapes them.
struct evaluation {
  std::string split{};       ///< which films these are: numbers mean little without
  std::string network{};     ///< which network this is, and for which films
  std::string provenance{};  ///< what the weights say about their origin
  bool leaky{};            ///< films of one patient were on both sides of a split, so every number is too good
  bool flips{};            ///< answers are means over each film and its mirror image
  double temperature{1};   ///< by which logits were divided before softmax
  std::string temperature_from{};    ///< on which films it was fitted; empty if on none
  std::vector<std::string> notes{};  ///< sentences that a reader has to know
  metrics found;
  std::optional<calibration> trusted{};  ///< nothing where findings do not exclude each other
  score_intervals scores{};
  std::vector<finding_curve> curves{};
  std::vector<operating_view> views{};
  std::optional<at_prevalence> prevalence{};
  std::optional<compared_network> against{};
};

/// returns:  the measures of the films that have a label and were not rejected; the texts are left to who knows them
/// throws:   as metrics_of, operating_views and measures_at_prevalence
/// cost:     seconds: two thousand draws of patients
inline evaluation evaluation_of(const predictions& films, const std::optional<std::string>& negative = {},
                                const std::optional<stated_shares>& shares = {})
{
  evaluation whole{.temperature = films.temperature, .found = metrics_of(films)};
  whole.found.by_patients = patient_intervals_of(films);
  whole.scores = score_intervals_of(films);
  if (films.findings_exclude_each_other) whole.trusted = calibration_of(films);
  whole.curves = finding_curves(films);
  whole.views = operating_views(films, negative);
  if (shares)
    whole.prevalence = measures_at_prevalence(
      films, shares->learned.empty() ? label_shares(films) : shares->learned, shares->stated);
  return whole;
}

/// returns:  the comparison in words: how often each was right alone, and how likely that is by chance
inline std::string comparison_sentence(const compared_network& other)
{
  const mcnemar_test& test = other.test;
  const std::string p = test.exact_p < 0.0001 ? "below 0.0001" : fixed_digits(test.exact_p, 4);
  return "Against " + other.name + ": both right on " + std::to_string(test.both_right) +
         " films, both wrong on " + std::to_string(test.both_wrong) + ", only this network right on " +
         std::to_string(test.only_first) + ", only the other on " + std::to_string(test.only_second) + "; " +
         std::to_string(test.left_out) +
         " left out. If both were equally often right, a difference as large would come up with probability " + p +
         " (McNemar's test, exact), films taken for independent.";
}

}  // namespace thorax
