// SPDX-License-Identifier: MIT
//
// thorax evaluate: how well a network agrees with the labels of a dataset.

#include "commands.hpp"
#include "datasets.hpp"
#include "films.hpp"
#include "not_empty.hpp"
#include "numbers.hpp"
#include "results.hpp"
#include "words.hpp"

#include <thorax/data/dataset.hpp>               // dataset
#include <thorax/evaluate/calibration.hpp>            // calibration_of
#include <thorax/evaluate/classification_report.hpp>  // classification_report
#include <thorax/evaluate/exposure.hpp>               // exposure_of
#include <thorax/evaluate/metrics.hpp>                // metrics_of
#include <thorax/evaluate/metrics_json.hpp>           // metrics_json
#include <thorax/evaluate/patient_intervals.hpp>      // patient_intervals_of
#include <thorax/evaluate/predictions_csv.hpp>        // predictions_csv
#include <thorax/evaluate/summary_table.hpp>          // summary_table

#include <CLI/CLI.hpp>

#include <algorithm>  // find
#include <array>
#include <iostream>
#include <memory>    // make_shared
#include <optional>

namespace thorax::program {

namespace {

struct evaluate_options {
  model_options model;
  std::filesystem::path data;
  std::filesystem::path splits;
  std::optional<int> fold;
  std::string csv;
  std::string json;
  std::filesystem::path report;
};

/// returns:  the place of each of the dataset's findings among those of the network
std::vector<int> places_of(const dataset& films, const std::vector<std::string>& known)
{
  std::vector<int> places;
  for (const std::string& finding : films.findings) {
    const auto place = std::find(known.begin(), known.end(), finding);
    if (place == known.end()) {
      std::string expected;
      for (const std::string& each : known) expected += (expected.empty() ? "" : ", ") + each;
      throw error{error_code::does_not_fit, "class folder '" + finding + "' of '" + films.folder.string() +
                                              "' is no finding of these weights; expected " + expected};
    }
    places.push_back(static_cast<int>(place - known.begin()));
  }
  return places;
}

/// The films to be measured, as rows that nobody has answered yet.
std::vector<prediction> rows_of(const dataset& films, const std::vector<int>& places, std::optional<int> fold)
{
  std::vector<prediction> rows;
  for (const film& each : films.films) {
    if (fold && each.fold != *fold) continue;
    rows.push_back({.path = each.path.string(),
                    .patient = each.patient,
                    .fold = each.fold,
                    .true_finding = places[static_cast<std::size_t>(each.finding)]});
  }
  if (rows.empty())
    throw error{
      error_code::does_not_fit,
      "'" + films.folder.string() + "' has no film of fold " + std::to_string(fold.value_or(0)) +
        "; there are ten, counted from 0, unless the column patient_fold of a manifest.csv says otherwise"};
  return rows;
}

constexpr std::array<const char*, 3> report_files{"report.txt", "metrics.json", "predictions.csv"};

std::vector<std::string> targets_of(const evaluate_options& options)
{
  std::vector<std::string> targets{options.csv, options.json};
  if (options.report.empty()) return targets;
  for (const char* name : report_files) targets.push_back((options.report / name).string());
  return targets;
}

/// All that is read besides the weights.
std::vector<std::filesystem::path> paths_of(const dataset& films)
{
  std::vector<std::filesystem::path> paths;
  for (const film& each : films.films) paths.push_back(each.path);
  paths.push_back(films.folder / "manifest.csv");
  paths.push_back(films.folder / ".." / "manifest.csv");
  return paths;
}

/// The films as they are measured, with folds where these matter.
dataset films_of(const evaluate_options& options)
{
  if (!options.fold && options.splits.empty()) return dataset_with_remarks(options.data);
  thread_pool pool{options.model.threads};
  return dataset_with_folds(options.data, pool, {options.splits});
}

/// returns:  the split with what is known of it, as "films, fold 0 (fold 0: never seen in training or choosing)"
std::string split_with(const std::string& split, const std::vector<std::string>& exposure)
{
  std::string known;
  for (const std::string& each : exposure) known += (known.empty() ? "" : "; ") + each;
  return split + " (" + known + ")";
}

std::string report_of(const metrics& found, const std::string& split, const std::optional<calibration>& trusted,
                      const loaded_model& net, const std::vector<std::string>& exposure)
{
  std::string text = wrapped(notice) + '\n' + wrapped(net.description());
  for (const weights_metadata* each : net.metadata())
    if (!each->provenance.empty()) text += wrapped(printable(each->provenance));
  for (const std::string& each : exposure) text += wrapped(each);
  return text + '\n' + summary_table(found, split, trusted) + '\n' + classification_report(found.counts);
}

void write_folder(const std::filesystem::path& folder, const std::string& report, const std::string& json,
                  const std::string& csv)
{
  const std::array<const std::string*, 3> texts{&report, &json, &csv};
  for (std::size_t i = 0; i < texts.size(); ++i) write_file(folder / report_files[i], *texts[i]);
}

void evaluate(const evaluate_options& options)
{
  ensure_has_place(options.csv);
  ensure_has_place(options.json);
  if (!options.report.empty()) ensure_outside(options.report, options.data);
  const dataset films = films_of(options);
  const std::vector<std::string> targets = targets_of(options);
  ensure_apart(targets, paths_of(films));
  ensure_apart(targets, options.model.weights);
  ensure_apart(targets, {options.splits});
  const loaded_model net{options.model};
  net.pool().pin_caller();  // if its own threads are pinned
  if (!options.report.empty()) make_folder(options.report);
  predictions said{net.findings(), rows_of(films, places_of(films, net.findings()), options.fold),
                   net.findings_exclude_each_other()};
  ask(net, said.rows);

  const std::string split =
    options.data.string() + (options.fold ? ", fold " + std::to_string(*options.fold) : "");
  metrics found = metrics_of(said);
  found.by_patients = patient_intervals_of(said);
  std::optional<calibration> trusted;
  if (said.findings_exclude_each_other) trusted = calibration_of(said);
  const std::optional<seen_films> seen = net.seen();
  const std::vector<std::string> exposure = exposure_of(seen, rosters_as_trained(films, net.pool()), options.fold);
  const std::string report = report_of(found, split, trusted, net, exposure);
  const std::string json = metrics_json(found, seen ? split_with(split, exposure) : split, trusted);
  const std::string csv = predictions_csv(said);
  if (options.csv != "-" && options.json != "-") std::cout << report;
  if (!options.csv.empty()) write_result(options.csv, csv);
  if (!options.json.empty()) write_result(options.json, json);
  if (!options.report.empty()) write_folder(options.report, report, json, csv);
  if (found.rejected == 0) return;
  for (const prediction& row : said.rows)
    if (row.rejected) std::cerr << "thorax: " << printable(row.reason) << '\n';
  throw CLI::RuntimeError{1};
}

}  // namespace

void add_evaluate(CLI::App& commands)
{
  const auto options = std::make_shared<evaluate_options>();
  CLI::App* command = commands.add_subcommand("evaluate", "measure how well a network agrees with labels");
  command->footer(
    "example: thorax evaluate --weights run/weights.safetensors --data films --fold 0 --report out\n\n"
    "Every class folder must be a finding of the weights. A film that cannot be read is counted as\n"
    "rejected and not measured. The report's text is scikit-learn's.");
  add_model_options(*command, options->model);
  command->add_option("--data", options->data, "folder of class folders, or one with a manifest.csv")
    ->required()
    ->check(not_empty);
  command->add_option("--fold", options->fold, "only films of this fold")->check(from_to(0, 9999));
  command->add_option("--splits", options->splits, "patients and folds, as `thorax split` writes them")->check(not_empty);
  command->add_option("--csv", options->csv, "write one line a film; - prints it")->check(not_empty);
  command->add_option("--json", options->json, "write the numbers as JSON; - prints it")->check(not_empty);
  command->add_option("--report", options->report, "folder for report.txt, metrics.json and predictions.csv")
    ->check(not_empty);
  command->callback([options] { evaluate(*options); });
}

}  // namespace thorax::program
