// SPDX-License-Identifier: MIT
//
// thorax calibrate: one number that makes a network as sure as it is right, fitted on validation films and kept with the
// weights.

#include "commands.hpp"
#include "datasets.hpp"
#include "films.hpp"
#include "labelled_films.hpp"
#include "not_empty.hpp"
#include "numbers.hpp"
#include "results.hpp"
#include "words.hpp"

#include <thorax/evaluate/calibration.hpp>  // calibration_of
#include <thorax/evaluate/temperature.hpp>  // fit_temperature, with_temperature
#include <thorax/evaluate/text_columns.hpp>  // fixed_digits
#include <thorax/model/weights_file.hpp>  // weights_file, write_weights

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>  // make_shared

namespace thorax::program {

namespace {

struct calibrate_options {
  model_options model;
  std::filesystem::path data;
  std::filesystem::path splits;
  int fold{};
  std::string out;
};

/// A temperature is chosen, as an epoch is, by films that then judge it no longer.
seen_films chosen_by(const dataset& films, int fold, thread_pool& pool)
{
  seen_films seen;
  for (const fold_roster& each : rosters_as_trained(films, pool))
    if (each.fold == fold) seen.folds.push_back({fold, each.films, each.content.text(), film_use::validation});
  return seen;
}

/// The same tensors as they are stored, with other metadata. What no network reads, as PyTorch's counters, is left out.
void write_with_temperature(const calibrate_options& options, const dataset& films, const loaded_model& net,
                            softmax_temperature fitted)
{
  const weights_file file{options.model.weights.front()};
  weights_metadata metadata = file.metadata();
  metadata.network = net.name();  // weights from elsewhere do not say these
  metadata.input = net.input();
  metadata.findings = net.findings();
  metadata.temperature = std::move(fitted);
  if (metadata.seen) metadata.seen = joined(*metadata.seen, chosen_by(films, options.fold, net.pool()));
  std::vector<std::vector<float>> numbers;
  std::vector<named_tensor> tensors;
  for (const tensor_record& each : file.tensors().tensors()) {
    if (!holds_weights(each.format)) continue;
    numbers.emplace_back(each.size());
    file.tensors().copy_to(each, numbers.back());
    tensors.push_back({each.name, each.shape, numbers.back(), each.format});
  }
  write_weights(options.out, metadata, tensors);
}

std::string text_of(const fitted_temperature& fitted, const predictions& said, const std::string& where)
{
  const calibration before = calibration_of(with_temperature(said, 1));
  const calibration after = calibration_of(with_temperature(said, fitted.temperature));
  const auto line = [](const char* name, double first, double second) {
    return left_aligned(name, 19) + fixed_digits(first, 4) + "  " + fixed_digits(second, 4) + '\n';
  };
  return wrapped("temperature " + fixed_digits(fitted.temperature, 4) + ", fitted on " +
                 std::to_string(fitted.films) + " films of " + printable(where)) +
         "\n" + left_aligned("on these films", 19) + "before  after\n" +
         line("log loss", before.log_loss, after.log_loss) + line("calibration error", before.ece, after.ece) +
         line("Brier score", before.brier, after.brier) + '\n' +
         wrapped("No answer changes, so accuracy does not. Measure on other films than these, to which it was fitted.");
}

void calibrate(const calibrate_options& options)
{
  ensure_has_place(options.out);
  if (options.model.weights.size() > 1)
    throw error{error_code::wrong_usage, "--weights: expected one network, found " +
                                           std::to_string(options.model.weights.size()) +
                                           "; calibrate them one after the other, and ask the results together"};
  const loaded_model net{options.model};
  const dataset films = dataset_with_folds(options.data, net.pool(), {options.splits});
  ensure_apart({options.out}, inputs_of(films));
  ensure_apart({options.out}, {options.model.weights.front(), options.splits});
  net.pool().pin_caller();  // if its own threads are pinned
  predictions said = rows_of(films, net, options.fold);
  ask(net, said.rows);
  const fitted_temperature fitted = fit_temperature(said);
  const std::string where = name_of(options.data, options.fold);
  write_with_temperature(
    options, films, net,
    {fitted.temperature, where, static_cast<std::uint64_t>(fitted.films), content_of(said.rows, net.pool())});
  std::cout << wrapped(notice) << '\n'
            << text_of(fitted, said, where) << "the weights that carry it are in " << options.out << '\n';
  if (rejected_of(said.rows) == 0) return;
  say_rejected(said.rows);
  throw CLI::RuntimeError{1};
}

}  // namespace

void add_calibrate(CLI::App& commands)
{
  const auto options = std::make_shared<calibrate_options>();
  CLI::App* command = commands.add_subcommand("calibrate", "make a network as sure as it is right");
  command->footer(
    "example: thorax calibrate --weights run/weights.safetensors --data films --fold 0 --out "
    "calibrated.safetensors\n\n"
    "Fits the temperature by which logits are divided before softmax, and writes it into a copy of the\n"
    "weights; predict and evaluate then use it. Take films that the network did not learn from, and\n"
    "measure on others still.");
  add_model_options(*command, options->model);
  command->add_option("--data", options->data, "folder of class folders, or one with a manifest.csv")
    ->required()
    ->check(not_empty);
  command->add_option("--fold", options->fold, "the films of this fold, on which it is fitted")
    ->required()
    ->check(from_to(0, 9999));
  command->add_option("--splits", options->splits, "patients and folds, as `thorax split` writes them")->check(not_empty);
  command->add_option("--out", options->out, "weights file to write")->required()->check(not_empty);
  command->callback([options] { calibrate(*options); });
}

}  // namespace thorax::program
