// SPDX-License-Identifier: MIT
//
// evaluation_json: metrics.json with all that an evaluation says.

#pragma once

#include <thorax/evaluate/evaluation.hpp>    // evaluation
#include <thorax/evaluate/json_text.hpp>     // json_text
#include <thorax/evaluate/metrics_json.hpp>  // write_metrics, write_interval

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>  // pair

namespace thorax {

namespace detail {

inline void write_proportion(json_text& json, const char* name, const char* range,
                             const std::optional<proportion>& found)
{
  json.name(name).value(found ? std::optional{found->value} : std::nullopt);
  write_interval(json, range, found ? std::optional{found->range_95} : std::nullopt);
}

inline void write_point(json_text& json, std::string_view rule, const operating_point& point)
{
  json.begin_object().name("rule").value(rule).name("threshold").value(point.threshold);
  json.name("true_positives").value(point.true_positives).name("false_negatives").value(point.false_negatives);
  json.name("false_positives").value(point.false_positives).name("true_negatives").value(point.true_negatives);
  write_proportion(json, "sensitivity", "sensitivity_95", point.sensitivity);
  write_proportion(json, "specificity", "specificity_95", point.specificity);
  write_proportion(json, "ppv", "ppv_95", point.ppv);
  write_proportion(json, "npv", "npv_95", point.npv);
  json.end_object();
}

inline void write_views(json_text& json, std::span<const operating_view> views)
{
  json.name("operating_points").begin_array();
  for (const operating_view& view : views) {
    json.begin_object().name("positive").value(view.name).name("positives").value(view.positives);
    json.name("negatives").value(view.negatives).name("auc").value(view.area).name("points").begin_array();
    write_point(json, "answers", view.answers);
    write_point(json, "youden", view.youden);
    write_point(json, "sensitivity_0.95", view.sensitive);
    json.end_array().end_object();
  }
  json.end_array();
}

inline void write_weighted(json_text& json, const char* name, const weighted_measures& found)
{
  json.name(name).begin_object().name("accuracy").value(found.accuracy).name("log_loss").value(found.log_loss);
  json.name("precision").begin_array();
  for (const std::optional<double>& each : found.precision) json.value(each);
  json.end_array().name("recall").begin_array();
  for (const double each : found.recall) json.value(each);
  json.end_array().end_object();
}

inline void write_prevalence(json_text& json, const at_prevalence& found)
{
  json.name("at_prevalence").begin_object();
  for (const auto& [name, shares] : {std::pair{"learned", &found.learned}, std::pair{"stated", &found.stated}}) {
    json.name(name).begin_object();
    for (std::size_t k = 0; k < found.findings.size(); ++k) json.name(found.findings[k]).value((*shares)[k]);
    json.end_object();
  }
  write_weighted(json, "as_answered", found.as_answered);
  write_weighted(json, "corrected", found.corrected);
  json.end_object();
}

inline void write_comparison(json_text& json, const compared_network& other)
{
  const mcnemar_test& test = other.test;
  json.name("against").begin_object().name("file").value(other.name).name("both_right").value(test.both_right);
  json.name("both_wrong").value(test.both_wrong).name("only_this_right").value(test.only_first);
  json.name("only_other_right").value(test.only_second).name("left_out").value(test.left_out);
  json.name("mcnemar_exact_p").value(test.exact_p).name("mcnemar_chi_square").value(test.chi_square);
  json.name("mcnemar_chi_square_p").value(test.chi_square_p).end_object();
}

inline void write_score_intervals(json_text& json, const score_intervals& found)
{
  json.name("scores_by_patients").begin_object();
  write_range(json, "log_loss", found.log_loss);
  if (found.brier) write_range(json, "brier", *found.brier);
  if (found.ece) write_range(json, "ece", *found.ece);
  json.end_object();
}

/// The micro average has no intervals of its own.
inline void write_curves(json_text& json, std::span<const finding_curve> curves, const score_intervals& found)
{
  json.name("curves").begin_array();
  for (std::size_t k = 0; k < curves.size(); ++k) {
    json.begin_object().name("finding").value(curves[k].name).name("auc").value(curves[k].area);
    json.name("average_precision").value(curves[k].average_precision);
    if (k < found.auc.size()) {
      write_range(json, "auc_by_patients", found.auc[k]);
      write_range(json, "average_precision_by_patients", found.average_precision[k]);
    }
    json.end_object();
  }
  json.end_array();
}

}  // namespace detail

/// returns:  the text of metrics.json: what metrics_json writes, and the rest; its keys are in
///           docs/reference/evaluate/evaluation_json.md
inline std::string evaluation_json(const evaluation& whole)
{
  json_text json;
  json.begin_object();
  detail::write_metrics(json, whole.found, whole.split, whole.trusted);
  json.name("network").value(whole.network).name("provenance").value(whole.provenance);
  json.name("leaky").value(whole.leaky).name("flips").value(whole.flips);
  json.name("temperature").value(whole.temperature).name("temperature_from").value(whole.temperature_from);
  json.name("notes").begin_array();
  for (const std::string& note : whole.notes) json.value(note);
  json.end_array();
  detail::write_curves(json, whole.curves, whole.scores);
  detail::write_score_intervals(json, whole.scores);
  detail::write_views(json, whole.views);
  if (whole.prevalence) detail::write_prevalence(json, *whole.prevalence);
  if (whole.against) detail::write_comparison(json, *whole.against);
  return json.end_object().text();
}

}  // namespace thorax
