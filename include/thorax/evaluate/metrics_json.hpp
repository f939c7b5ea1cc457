// SPDX-License-Identifier: MIT
//
// metrics_json: metrics.json, the numbers of one evaluation for programs to read.

#pragma once

#include <thorax/evaluate/calibration.hpp>       // calibration
#include <thorax/evaluate/confusion_matrix.hpp>  // confusion_matrix
#include <thorax/evaluate/json_text.hpp>         // json_text
#include <thorax/evaluate/metrics.hpp>           // metrics
#include <thorax/evaluate/patient_intervals.hpp>  // patient_intervals

#include <cstdint>  // int64_t
#include <optional>
#include <string>
#include <string_view>

namespace thorax {

namespace detail {

/// Nothing is written as `null`.
inline void write_interval(json_text& json, std::string_view name, const std::optional<interval>& found)
{
  json.name(name);
  if (found) json.begin_array().value(found->low).value(found->high).end_array();
  else json.value(std::optional<double>{});
}

inline void write_findings(json_text& json, const metrics& found)
{
  json.name("findings").begin_array();
  for (const finding_metrics& one : found.findings) {
    json.begin_object();
    json.name("finding").value(one.finding).name("support").value(one.support);
    json.name("precision").value(one.precision).name("recall").value(one.recall).name("f1").value(one.f1);
    write_interval(json, "precision_95", one.precision_95);
    write_interval(json, "recall_95", one.recall_95);
    json.name("auc_ovr").value(one.auc_ovr).end_object();
  }
  json.end_array();
}

inline void write_counts(json_text& json, const confusion_matrix& counts)
{
  json.name("confusion_matrix").begin_object();
  json.name("rows").value("label").name("columns").value("prediction").name("counts").begin_array();
  for (int label = 0; label < counts.size(); ++label) {
    json.begin_array();
    for (int predicted = 0; predicted < counts.size(); ++predicted) json.value(counts(label, predicted));
    json.end_array();
  }
  json.end_array().end_object();
}

inline void write_range(json_text& json, std::string_view name, const bootstrap_interval& found)
{
  json.name(name).begin_object();
  write_interval(json, "low_high", found.range);
  json.name("undefined_resamples").value(std::int64_t{found.undefined}).end_object();
}

inline void write_patient_intervals(json_text& json, const patient_intervals& found)
{
  json.name("by_patients").begin_object();
  json.name("patients").value(static_cast<std::int64_t>(found.accuracy.patients));
  json.name("resamples").value(std::int64_t{found.drawn.resamples}).name("seed").value(std::to_string(found.drawn.seed));
  json.name("confidence").value(found.drawn.confidence);
  write_range(json, "accuracy", found.accuracy);
  write_range(json, "macro_f1", found.macro_f1);
  write_range(json, "macro_auc_ovr", found.macro_auc_ovr);
  json.end_object();
}

inline void write_calibration(json_text& json, const calibration& found)
{
  json.name("calibration").begin_object().name("brier").value(found.brier).name("ece").value(found.ece);
  json.name("classwise_ece").value(found.classwise_ece).name("finding_ece").begin_array();
  for (const double each : found.finding_ece) json.value(each);
  json.end_array().name("bins").begin_array();
  for (const reliability_bin& bin : found.top_bins) {
    json.begin_object().name("films").value(bin.films).name("mean_confidence").value(bin.mean_confidence);
    json.name("accuracy").value(bin.accuracy).end_object();
  }
  json.end_array().end_object();
}

/// Into the object that is open.
inline void write_metrics(json_text& json, const metrics& found, std::string_view split,
                          const std::optional<calibration>& trusted)
{
  json.name("format").value("thorax metrics 1").name("split").value(split);
  json.name("n").value(found.n).name("rejected").value(found.rejected);
  json.name("unlabeled").value(found.unlabeled).name("accuracy").value(found.accuracy);
  write_interval(json, "accuracy_95", found.accuracy_95);
  json.name("macro_f1").value(found.macro_f1).name("macro_auc_ovr").value(found.macro_auc_ovr);
  json.name("log_loss").value(found.log_loss);
  json.name("auc_keras_micro200").value(found.auc_keras_micro200);
  if (found.by_patients) write_patient_intervals(json, *found.by_patients);
  if (trusted) write_calibration(json, *trusted);
  write_findings(json, found);
  write_counts(json, found.counts);
}

}  // namespace detail

/// Writes the numbers with the split they were counted on, for without it they mean little: the name of a
/// fold, "official test", or the folder.
///
/// returns:  the text of metrics.json; its keys are in docs/reference/evaluate/metrics_json.md. A number that
///           is undefined is `null`; every other reads back as the same double
inline std::string metrics_json(const metrics& found, std::string_view split,
                                const std::optional<calibration>& trusted = {})
{
  json_text json;
  json.begin_object();
  detail::write_metrics(json, found, split, trusted);
  return json.end_object().text();
}

}  // namespace thorax
