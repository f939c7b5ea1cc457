// SPDX-License-Identifier: MIT

#include "train_recipe.hpp"

#include <thorax/data/class_weights.hpp>         // class_weights
#include <thorax/train/freeze_boundary.hpp>      // freeze_boundary

#include <CLI/CLI.hpp>

#include <algorithm>  // any_of

namespace thorax::program {

namespace {

/// The reference's recipe for its network; for the others, whose blocks are shorter, all layers in the second phase.
std::vector<training_phase> usual_phases(const std::string& network)
{
  if (network == "chest_network" || network == "densenet201") return two_phases;
  return {{.trains = "classifier", .epochs = 2, .learning_rate = 1e-3},
          {.trains = "everything", .epochs = 20, .learning_rate = 1e-3, .cosine = true}};
}

best_by best_named(const std::string& name)
{
  if (name == "loss") return best_by::loss;
  return name == "accuracy" ? best_by::accuracy : best_by::accuracy_then_loss;
}

bool has_cosine(const std::vector<std::string>& phases)
{
  return std::any_of(phases.begin(), phases.end(),
                     [](const std::string& each) { return each.find(":cosine") != std::string::npos; });
}

/// The run of the reference project, step by step.
template<class Usually>
void set_keras_parity(const Usually& usually, train_options& options)
{
  // The notebook says no limit of epochs: early stopping ends its phases, after 12 and 7 of them.
  const std::vector<std::string> phases{"classifier:30:1e-4", "features.denseblock4.denselayer24.conv2:20:1e-5"};
  usually("--network", options.network, "chest_network");
  usually("--size", options.size, 300);
  usually("--preprocessing", options.preprocessing, "keras");
  usually("--batch", options.batch, 16);
  usually("--norm-momentum", options.momentum, 0.99);
  usually("--rotation", options.rotation, 10.0);
  usually("--shift", options.shift, .05);
  usually("--zoom", options.zoom, .1);
  usually("--label-smoothing", options.label_smoothing, 0.0);
  usually("--average", options.average, 0.0);
  usually("--phase", options.phases, phases);
  if (!has_cosine(options.phases)) usually("--plateau", options.plateau, ".3:3:1e-7");
  usually("--stop-after", options.stop_after, 6);
  usually("--watch", options.watch, "loss");
  usually("--best-by", options.best_by, "accuracy");
}

/// What was best where everything trains from random weights; docs/results.md says how it was chosen.
template<class Usually>
void set_best(const Usually& usually, train_options& options)
{
  const bool falls_already = options.plateau != "off";  // a phase has one rule for its rate
  const std::vector<std::string> phases{falls_already ? "everything:18:2e-3" : "everything:18:2e-3:cosine"};
  if (options.network.empty() && options.weights.empty()) usually("--size", options.size, 128);
  usually("--batch", options.batch, 16);
  usually("--rotation", options.rotation, 12.0);
  usually("--shift", options.shift, .06);
  usually("--zoom", options.zoom, .12);
  usually("--label-smoothing", options.label_smoothing, 0.05);
  usually("--no-class-weights", options.no_class_weights, true);
  usually("--phase", options.phases, phases);
}

}  // namespace

void apply_preset(const CLI::App& command, train_options& options)
{
  const auto usually = [&](const char* option, auto& value, const auto& preset) {
    if (command.count(option) == 0) value = preset;
  };
  if (options.preset == "keras-parity") set_keras_parity(usually, options);
  if (options.preset == "best") set_best(usually, options);
  if (!options.preset.empty() && command.count("--phase") == 0) options.phases_from = "--preset " + options.preset;
}

fit_options fitting_of(const train_options& options, const dataset_split& split)
{
  fit_options fitting;
  fitting.phases = usual_phases(options.network);
  if (!options.phases.empty()) fitting.phases.clear();
  for (const std::string& phase : options.phases) fitting.phases.push_back(phase_of(phase));
  const monitor watched = options.watch == "loss" ? monitor::validation_loss : monitor::validation_accuracy;
  for (training_phase& phase : fitting.phases) {
    phase.plateau = plateau_of(options.plateau);
    if (phase.plateau) phase.plateau->watched = watched;
    if (options.stop_after > 0) phase.stop = early_stopping{.watched = watched, .patience = options.stop_after};
  }
  if (!options.no_class_weights) fitting.class_weights = class_weights(split.train);
  fitting.label_smoothing = static_cast<float>(options.label_smoothing);
  fitting.best = best_named(options.best_by);
  fitting.average = options.average;
  fitting.checkpoint = options.out / "checkpoint.safetensors";
  return fitting;
}

void ensure_phases_fit(const fit_options& fitting, const blueprint& network, const std::string& who_says_them)
{
  for (const training_phase& phase : fitting.phases) {
    try {
      freeze_boundary(view_of(network.written), phase.trains);
      ensure_usable(phase);
    }
    catch (const error& problem) {
      throw error{error_code::wrong_usage, who_says_them + ": " + problem.what()};
    }
  }
}

}  // namespace thorax::program
