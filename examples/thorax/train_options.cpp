// SPDX-License-Identifier: MIT

#include "train_options.hpp"

#include "networks.hpp"
#include "not_empty.hpp"
#include "numbers.hpp"
#include "preprocessings.hpp"
#include "train_recipe.hpp"

#include <thorax/base/error.hpp>  // error

#include <CLI/CLI.hpp>

#include <optional>

namespace thorax::program {

namespace {

std::vector<std::string> parts_of(const std::string& text)
{
  std::vector<std::string> parts{""};
  for (const char letter : text)
    if (letter == ':') parts.emplace_back();
    else parts.back() += letter;
  return parts;
}

constexpr const char* phase_rest = "[:cosine][:frozen-statistics][:warmup=EPOCHS]";

template<class Number>
Number number_in(const std::string& text, const std::string& phase)
{
  const std::optional<Number> number = number_of<Number>(text);
  if (!number || !(*number > 0) || !(*number <= Number{100000}))
    throw error{error_code::wrong_usage, "--phase '" + phase + "': expected a number above 0 and up to 100000, "
                                           "found '" + text + "'; write FROM:EPOCHS:RATE" + std::string{phase_rest}};
  return *number;
}

template<class Number>
Number plateau_number(const std::string& text, const std::string& rule, const char* range, Number low, Number below)
{
  const std::optional<Number> number = number_of<Number>(text);
  if (!number || !(*number >= low) || !(*number < below))
    throw error{error_code::wrong_usage, "--plateau '" + rule + "': expected " + range + ", found '" + text +
                                           "'; write FACTOR:PATIENCE[:LEAST-RATE] as in 0.3:3:1e-7, or off"};
  return *number;
}

/// Which films are learned from, and which are not.
void add_split_options(CLI::App& command, train_options& options)
{
  command.add_option("--splits", options.splits, "patients and folds, as `thorax split` writes them (default: manifest.csv)")
    ->check(not_empty);
  CLI::Option* fold = command.add_option("--fold", options.fold, "films of this fold are validated on: the best epoch is "
                                         "chosen by them");
  fold->capture_default_str()->check(from_to(0, 9999));
  command.add_option("--folds", options.folds, "validate on each of so many folds in turn, with a network each")
    ->check(from_to(2, 1000))->excludes(fold);
  command.add_option("--ensemble", options.ensemble, "train networks of so many seeds, from --seed on")
    ->check(from_to(2, 100));
  command.add_option("--test-fold", options.test_fold, "films of this fold are left alone, for `thorax evaluate --fold`")
    ->check(from_to(0, 9999));
  command.add_flag("--allow-leaky-split", options.allow_leaky_split,
                   "let films of one patient, or copies of a film, be on both sides; all that comes of it says leaky");
}

/// How films become numbers, and how their geometry is changed while the network learns.
void add_picture_options(CLI::App& command, train_options& options)
{
  command.add_option("--preprocessing", options.preprocessing, "how films are resized, to ImageNet's mean and deviation; "
                      "keras is nearest without them, xrv goes from -1024 to 1024 (default: as --weights says, else area)")
    ->check(CLI::IsMember(preprocessing_names));
  command.add_option("--rotation", options.rotation, "augmentation: degrees to either side")->capture_default_str()
    ->check(from_to(0.0, 180.0));
  command.add_option("--shift", options.shift, "augmentation: share of height and width")->capture_default_str()
    ->check(from_to(0.0, 1.0));
  command.add_option("--zoom", options.zoom, "augmentation: share to either side")->capture_default_str()
    ->check(from_to(0.0, 0.99));
  command.add_option("--crop", options.crop, "augmentation: show a part of at least this share of the area, with sides "
                     "of 3:4 to 4:3; 1: all of it")->capture_default_str()->check(from_to(0.01, 1.0));
  command.add_flag("--no-flip", options.no_flip, "augmentation: never mirror");
  command.add_flag("--no-augmentation", options.no_augmentation, "show films as they are");
}

/// How gray levels are changed while the network learns, as other scanners would.
void add_intensity_options(CLI::App& command, train_options& options)
{
  command.add_option("--brightness", options.brightness, "augmentation: share of black to white, up or down")
    ->capture_default_str()->check(from_to(0.0, 1.0));
  command.add_option("--contrast", options.contrast, "augmentation: about mid-gray, share to either side")
    ->capture_default_str()->check(from_to(0.0, 0.99));
  command.add_option("--gamma", options.gamma, "augmentation: gray levels to the power of e to minus this up to e to this")
    ->capture_default_str()->check(from_to(0.0, 2.0));
}

/// How often a film is changed anew, and where is kept what frozen layers make of it.
void add_cache_options(CLI::App& command, train_options& options)
{
  command.add_option("--views", options.views, "changed forms in which each film is shown in turn; 0: a new one in every epoch")
    ->capture_default_str()->check(from_to(0, 10000));
  command.add_option("--cache", options.cache, "folder for what frozen layers make of films (default: OUT/features, "
                     "removed in the end)")
    ->check(not_empty);
  command.add_option("--cache-gb", options.cache_gigabytes, "gigabytes that it may take; 0: nothing is kept")
    ->capture_default_str()->check(from_to(0.0, 1e6));
}

/// What happens when validation gets no better, as Keras' callbacks do it.
void add_rules(CLI::App& command, train_options& options)
{
  command.add_option("--plateau", options.plateau, "FACTOR:PATIENCE[:LEAST-RATE], as 0.3:3:1e-7: lower the rate "
                     "after so many epochs without improvement; or off")->capture_default_str();
  command.add_option("--stop-after", options.stop_after, "end a phase after so many epochs without improvement and put "
                     "its best weights back (0: never)")
    ->capture_default_str()->check(from_to(0, 100000));
  command.add_option("--watch", options.watch, "what --plateau and --stop-after watch in validation")
    ->capture_default_str()->check(CLI::IsMember({"loss", "accuracy"}));
}

/// What a film counts, and which epoch is the best.
void add_learning_options(CLI::App& command, train_options& options)
{
  command.add_flag("--no-class-weights,!--class-weights", options.no_class_weights,
                   "rare findings count no more than others, or they do");
  command.add_option("--label-smoothing", options.label_smoothing, "share given to the other findings")
    ->capture_default_str()->check(from_to(0.0, 0.5));
  command.add_option("--best-by", options.best_by, "which epoch of all phases is the best")->capture_default_str()
    ->check(CLI::IsMember({"accuracy-then-loss", "accuracy", "loss"}));
  command.add_option("--average", options.average, "share that a moving average of the weights keeps a step, as 0.999; "
                     "validated and saved is the average (0: none)")
    ->capture_default_str()->check(from_to(0.0, 0.99999));
  command.add_flag("--skip-unreadable", options.skip_unreadable, "read all films first, leave out the damaged ones");
  command.add_option("--most-unreadable", options.most_unreadable, "percent of the films that --skip-unreadable may leave out")
    ->capture_default_str()->check(from_to(0.0, 100.0));
  command.add_flag("--fresh", options.fresh, "ignore a checkpoint in OUT and begin again");
}

}  // namespace

training_phase phase_of(const std::string& text)
{
  const std::vector<std::string> parts = parts_of(text);
  if (parts.size() < 3)
    throw error{error_code::wrong_usage, "--phase '" + text + "': expected FROM:EPOCHS:RATE, as in classifier:12:1e-4"};
  training_phase phase{.trains = parts[0], .epochs = number_in<int>(parts[1], text),
                       .learning_rate = number_in<double>(parts[2], text)};
  for (std::size_t i = 3; i < parts.size(); ++i) {
    if (parts[i] == "cosine") phase.cosine = true;
    else if (parts[i] == "frozen-statistics") phase.batch_statistics = false;
    else if (parts[i].starts_with("warmup=")) phase.warmup_epochs = number_in<double>(parts[i].substr(7), text);
    else throw error{error_code::wrong_usage, "--phase '" + text + "': expected cosine, frozen-statistics or "
                                                "warmup=EPOCHS, found '" + parts[i] + "'"};
  }
  return phase;
}

std::optional<reduce_on_plateau> plateau_of(const std::string& text)
{
  if (text == "off") return std::nullopt;
  const std::vector<std::string> parts = parts_of(text);
  if (parts.size() < 2 || parts.size() > 3)
    throw error{error_code::wrong_usage, "--plateau '" + text + "': expected FACTOR:PATIENCE[:LEAST-RATE], as in "
                                           "0.3:3:1e-7, or off"};
  reduce_on_plateau rule;
  rule.factor = plateau_number(parts[0], text, "a factor from 0 to below 1", 0.0, 1.0);
  rule.patience = plateau_number(parts[1], text, "a patience from 1 to 100000", 1, 100001);
  if (parts.size() == 3) rule.min_rate = plateau_number(parts[2], text, "a rate from 0 to below 1", 0.0, 1.0);
  return rule;
}

void add_train_options(CLI::App& command, train_options& options)
{
  command.add_option("--data", options.data, "folder of class folders, or one with a manifest.csv")->required()
    ->check(not_empty);
  command.add_option("--out", options.out, "folder for everything this run makes")->required()
    ->check(not_empty);
  command.add_option("--preset", options.preset, "a whole recipe; options beside it count more")
    ->check(CLI::IsMember(preset_names));
  command.add_option("--network", options.network, "architecture (default: as --weights says, else small_densenet)")
    ->check(CLI::IsMember(network_names));
  command.add_option("--size", options.size, "height and width of the films (default: as --weights says, else 96 for "
                     "small_densenet, 300 with the chest head, 224 for the others)")
    ->check(from_to(1, 4096));
  command.add_option("--weights", options.weights, "start from this weights file instead of from the seed");
  command.add_option("--phase", options.phases, "FROM:EPOCHS:RATE and more, see below; repeatable");
  add_split_options(command, options);
  command.add_option("--batch", options.batch, "films a step")->capture_default_str()->check(from_to(1, 4096));
  command.add_option("--seed", options.seed, "of weights, order, augmentation and dropout")->capture_default_str()
    ->check(from_to<std::uint64_t>(0, most_seed));
  command.add_option("--norm-momentum", options.momentum, "share of running statistics kept a step; 0.9 for few films")
    ->capture_default_str()->check(from_to(0.0, 0.999));
  command.add_option("--most-films", options.most_films, "train on at most so many, evenly picked")
    ->check(from_to(2, 1000000));
  add_picture_options(command, options);
  add_intensity_options(command, options);
  add_cache_options(command, options);
  add_rules(command, options);
  add_learning_options(command, options);
  command.add_option("--backend", options.backend, "cpu, cuda or reference")->capture_default_str()
    ->check(CLI::IsMember({"cpu", "cuda", "reference"}));
  command.add_option("--threads", options.threads, "threads of the backend")->capture_default_str()
    ->check(from_to(1, 1024));
  command.add_flag("--json", options.json, "one JSON line an epoch on standard output");
}

}  // namespace thorax::program
