// SPDX-License-Identifier: MIT

#include "train_series.hpp"

#include "datasets.hpp"
#include "films.hpp"
#include "loaded_model.hpp"
#include "run_folder.hpp"
#include "train_run.hpp"
#include "words.hpp"

#include <thorax/base/file.hpp>                       // write_file
#include <thorax/data/splits_csv.hpp>                 // splits_csv
#include <thorax/evaluate/calibration.hpp>            // calibration_of
#include <thorax/evaluate/classification_report.hpp>  // classification_report
#include <thorax/evaluate/fold_spread.hpp>            // fold_spread_of, folds_json, spread_table
#include <thorax/evaluate/json_text.hpp>              // json_string
#include <thorax/evaluate/metrics.hpp>                // metrics_of
#include <thorax/evaluate/metrics_json.hpp>           // metrics_json
#include <thorax/evaluate/patient_intervals.hpp>      // patient_intervals_of
#include <thorax/evaluate/predictions_csv.hpp>        // predictions_csv
#include <thorax/evaluate/summary_table.hpp>          // summary_table

#include <algorithm>  // max
#include <cstdint>    // uint64_t
#include <cstdio>     // fprintf, printf
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace thorax::program {

namespace {

/// The networks that are validated on one fold, which differ by their seed.
struct fold_runs {
  int fold{};
  std::vector<train_options> runs;
};

std::vector<fold_runs> runs_of(const train_options& options, const dataset& films)
{
  std::set<int> folds{options.fold};
  if (options.folds > 0) folds = fold_numbers(films);
  if (options.folds > 0 && options.test_fold) folds.erase(*options.test_fold);
  std::vector<fold_runs> series;
  for (const int fold : folds) {
    fold_runs of_fold{fold, {}};
    for (int i = 0; i < std::max(1, options.ensemble); ++i) {
      train_options run = options;
      run.fold = fold;
      run.seed += static_cast<std::uint64_t>(i);
      if (options.folds > 0) run.out /= "fold_" + std::to_string(fold);
      if (options.ensemble > 0) run.out /= "seed_" + std::to_string(run.seed);
      of_fold.runs.push_back(std::move(run));
    }
    series.push_back(std::move(of_fold));
  }
  return series;
}

void train_all(const std::vector<fold_runs>& series, const folded_films& films)
{
  const std::size_t all = series.size() * series.front().runs.size();
  std::size_t number = 0;
  for (const fold_runs& of_fold : series)
    for (const train_options& run : of_fold.runs) {
      std::fprintf(stderr, "run %zu of %zu: %s\n", ++number, all, run.out.c_str());
      if (run.json) std::printf("{\"run\":%s}\n", json_string(run.out.string()).c_str());
      std::fflush(stdout);
      train_once(run, films);
    }
}

/// What the networks of all folds say, each about the films that it was validated on.
struct pooled {
  predictions said;
  bool leaky{};
  std::string description;  ///< of the networks of a fold
};

void add_fold(pooled& all, const fold_runs& of_fold, const dataset& films)
{
  model_options model;
  model.backend = of_fold.runs.front().backend;
  model.threads = of_fold.runs.front().threads;
  model.switches.pinned = false;  // one model after the other
  for (const train_options& run : of_fold.runs) model.weights.push_back(run.out / "weights.safetensors");
  const loaded_model net{model};
  std::vector<prediction> rows;
  for (const film& each : films.films)
    if (each.fold == of_fold.fold)
      rows.push_back({.path = each.path.string(), .patient = each.patient, .fold = each.fold, .true_finding = each.finding});
  ask(net, rows);
  all.said.rows.insert(all.said.rows.end(), rows.begin(), rows.end());
  all.leaky = all.leaky || net.seen().value_or(seen_films{}).leaky;
  all.description = net.description();
}

std::string split_of(const train_options& options, const std::vector<fold_runs>& series)
{
  if (series.size() == 1) return options.data.string() + ", fold " + std::to_string(series.front().fold);
  return options.data.string() + ", " + std::to_string(series.size()) + " folds pooled";
}

/// What a number of it is worth.
std::string worth_of(const train_options& options, bool leaky)
{
  std::string text = "each film is answered by networks that were not trained on it, but whose epochs were chosen on its fold";
  if (options.test_fold) text += "; fold " + std::to_string(*options.test_fold) + " was left alone";
  if (leaky) text += "; leaky split: patients, or copies of films, were on both sides; every number is too good";
  return text;
}

void write_pooled(const train_options& options, const std::vector<fold_runs>& series, const pooled& all)
{
  metrics found = metrics_of(all.said);
  found.by_patients = patient_intervals_of(all.said);
  const calibration trusted = calibration_of(all.said);
  const std::string split = split_of(options, series), worth = worth_of(options, all.leaky);
  std::string report = wrapped(notice) + '\n' + wrapped(all.description) + wrapped(worth) + '\n' +
                       summary_table(found, split, trusted) + '\n';
  if (series.size() > 1) {
    const fold_spread spread = fold_spread_of(all.said);
    report += spread_table(spread) + '\n';
    write_file(options.out / "folds.json", folds_json(spread));
  }
  report += classification_report(found.counts);
  write_file(options.out / "predictions.csv", predictions_csv(all.said));
  write_file(options.out / "metrics.json", metrics_json(found, split + " (" + worth + ")", trusted));
  write_file(options.out / "report.txt", report);
  if (options.json) return;
  std::printf("\n%s\nthis report, metrics.json and predictions.csv are in %s\n", report.c_str(), options.out.c_str());
}

}  // namespace

bool is_series(const train_options& options) { return options.folds > 0 || options.ensemble > 0; }

void train_series(const train_options& options, const folded_films& films)
{
  const std::vector<fold_runs> series = runs_of(options, films.readable);
  if (series.empty())
    throw error{error_code::does_not_fit, "no fold is left to validate on; ask for more folds"};
  const run_folder held{options.out, false};
  write_file(options.out / "splits.csv", splits_csv(films.readable));
  train_all(series, films);
  pooled all{{films.readable.findings, {}}, false, {}};
  for (const fold_runs& of_fold : series) add_fold(all, of_fold, films.readable);
  write_pooled(options, series, all);
  if (const std::size_t rejected = rejected_of(all.said.rows); rejected > 0)
    throw error{error_code::file_unreadable, std::to_string(rejected) + " films could not be read when the networks were "
                                               "asked about them; predictions.csv says why"};
}

}  // namespace thorax::program
