// SPDX-License-Identifier: MIT
//
// thorax evaluate: how well a network agrees with the labels of a dataset.

#include "commands.hpp"
#include "datasets.hpp"
#include "evaluate_options.hpp"
#include "films.hpp"
#include "labelled_films.hpp"
#include "report_folder.hpp"
#include "results.hpp"
#include "words.hpp"

#include <thorax/evaluate/evaluation.hpp>        // evaluation_of
#include <thorax/evaluate/evaluation_json.hpp>   // evaluation_json
#include <thorax/evaluate/exposure.hpp>          // exposure_of
#include <thorax/evaluate/predictions_csv.hpp>   // predictions_csv
#include <thorax/evaluate/read_predictions.hpp>  // read_predictions

#include <CLI/CLI.hpp>

#include <iostream>
#include <map>
#include <memory>  // make_shared
#include <optional>

namespace thorax::program {

namespace {

std::vector<std::string> targets_of(const evaluate_options& options)
{
  std::vector<std::string> targets{options.csv, options.json};
  if (!options.report.empty())
    for (std::string& file : report_files(options.report)) targets.push_back(std::move(file));
  return targets;
}

/// Refused before the work begins: results that have no place, would overwrite each other or what is read.
void ensure_places(const evaluate_options& options, const dataset& films)
{
  const std::vector<std::string> targets = targets_of(options);
  ensure_apart(targets, inputs_of(films));
  ensure_apart(targets, options.model.weights);
  ensure_apart(targets, {options.against, options.splits});
}

/// The films as they are measured, with folds where these matter.
dataset films_of(const evaluate_options& options)
{
  if (!options.fold && options.splits.empty()) return dataset_with_remarks(options.data);
  thread_pool pool{options.model.threads};
  return dataset_with_folds(options.data, pool, {options.splits});
}

/// The predictions to be compared with. Their films are matched before the network is asked, so that no work is lost.
std::optional<predictions> predictions_against(const evaluate_options& options, const predictions& asked)
{
  if (options.against.empty()) return std::nullopt;
  predictions other = read_predictions(options.against, asked.findings, asked.findings_exclude_each_other);
  predictions unanswered = asked;
  for (prediction& row : unanswered.rows) row.rejected = true;
  try {
    static_cast<void>(mcnemar(unanswered, other));
  }
  catch (const error& problem) {
    throw error{problem.code(), "--against '" + options.against + "' (the second): " + problem.what()};
  }
  return other;
}

/// returns:  how many patients have films in the fold that is measured and in others
std::size_t patients_in_and_outside(const evaluate_options& options, const dataset& films)
{
  return options.fold ? patients_on_both_sides(films, *options.fold) : 0;
}

/// Whether the films measured hold those that the temperature was fitted on: all of them, or one fold of them.
bool holds_fitted_films(const predictions& said, const std::string& fitted, thread_pool& pool)
{
  if (fitted.empty()) return false;
  if (content_of(said.rows, pool) == fitted) return true;
  std::map<int, std::vector<prediction>> folds;
  for (const prediction& row : said.rows) folds[row.fold].push_back({.path = row.path, .rejected = row.rejected});
  for (const auto& [fold, rows] : folds)
    if (folds.size() > 1 && content_of(rows, pool) == fitted) return true;
  return false;
}

std::vector<std::string> notes_on(const evaluate_options& options, const dataset& films, const predictions& said,
                                  const loaded_model& net)
{
  std::vector<std::string> notes = exposure_of(net.seen(), rosters_as_trained(films, net.pool()), options.fold);
  for (const weights_metadata* each : net.metadata())
    if (each->temperature && holds_fitted_films(said, each->temperature->content, net.pool()))
      notes.emplace_back("the temperature was fitted on films that are measured here: log loss, Brier score and "
                         "calibration error are better than they are on other films");
  if (const std::size_t shared = patients_in_and_outside(options, films); shared > 0)
    notes.push_back(std::to_string(shared) + " patients have films both in fold " + std::to_string(*options.fold) +
                    " and outside of it: for a network that learned from the other folds this split is leaky");
  return notes;
}

std::string provenance_of(const loaded_model& net)
{
  std::string text;
  for (const weights_metadata* each : net.metadata())
    if (!each->provenance.empty()) text += (text.empty() ? "" : "; ") + each->provenance;
  return text;
}

evaluation everything_about(const evaluate_options& options, const dataset& films, const predictions& said,
                            const loaded_model& net, const std::optional<predictions>& other)
{
  evaluation whole = evaluation_of(said, negative_of(options, said), shares_of(options, said.findings));
  whole.split = name_of(options.data, options.fold);
  whole.network = net.description();
  whole.provenance = provenance_of(net);
  whole.temperature_from = net.temperature_from();
  whole.flips = options.flips;
  whole.leaky = (net.seen() && net.seen()->leaky) || patients_in_and_outside(options, films) > 0;
  whole.notes = notes_on(options, films, said, net);
  if (other) whole.against = compared_network{options.against, mcnemar(said, *other)};
  return whole;
}

void evaluate(const evaluate_options& options)
{
  ensure_has_place(options.csv);
  ensure_has_place(options.json);
  if (!options.report.empty()) ensure_outside(options.report, options.data);
  const dataset films = films_of(options);
  ensure_places(options, films);
  const loaded_model net{options.model};
  net.pool().pin_caller();  // if its own threads are pinned
  predictions said = rows_of(films, net, options.fold);
  static_cast<void>(negative_of(options, said));
  static_cast<void>(shares_of(options, said.findings));
  const std::optional<predictions> other = predictions_against(options, said);
  if (!options.report.empty()) make_folder(options.report);
  ask(net, said.rows, options.flips ? film_views::mirrored_too : film_views::itself);

  const evaluation whole = everything_about(options, films, said, net, other);
  if (options.csv != "-" && options.json != "-") std::cout << report_text(whole);
  if (!options.csv.empty()) write_result(options.csv, predictions_csv(said));
  if (!options.json.empty()) write_result(options.json, evaluation_json(whole));
  if (!options.report.empty()) write_report(options.report, whole, said, net, options.mistakes);
  if (whole.found.rejected == 0) return;
  say_rejected(said.rows);
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
    "rejected and not measured. The report's table is scikit-learn's. report.html holds the films of\n"
    "the mistakes that it shows: who passes it on passes them on.");
  add_evaluate_options(*command, *options);
  command->callback([options] { evaluate(*options); });
}

}  // namespace thorax::program
