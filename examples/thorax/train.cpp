// SPDX-License-Identifier: MIT
//
// thorax train: films become a network, in phases, with nothing lost when it is stopped.

#include "commands.hpp"
#include "datasets.hpp"
#include "films.hpp"
#include "loaded_model.hpp"
#include "networks.hpp"
#include "preprocessings.hpp"
#include "progress.hpp"
#include "results.hpp"
#include "run_folder.hpp"
#include "train_options.hpp"

#include <thorax/backend/cpu/cpu.hpp>              // cpu
#include <thorax/backend/reference/reference.hpp>  // reference
#include <thorax/base/file.hpp>                    // read_file, write_file
#include <thorax/data/class_weights.hpp>           // class_weights
#include <thorax/data/readable.hpp>                // drop_unreadable
#include <thorax/data/split.hpp>                   // split_by_fold, assign_folds
#include <thorax/model/initial_weights.hpp>        // fill_initial
#include <thorax/model/write_model.hpp>            // write_model
#include <thorax/train/film_epochs.hpp>            // film_epochs, validate_on
#include <thorax/train/fit.hpp>                    // fit

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>  // copy_n
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace thorax::program {

namespace {

/// Every nth film, so that each finding keeps its share.
void thin_out(dataset& films, int most)
{
  const auto count = static_cast<int>(films.films.size());
  if (most <= 0 || count <= most) return;
  std::vector<film> kept;
  for (int i = 0; i < most; ++i)
    kept.push_back(films.films[static_cast<std::size_t>(static_cast<std::int64_t>(i) * count / most)]);
  films.films = kept;
}

dataset_split films_of(const train_options& options)
{
  const leaky_split leak = options.allow_leaky_split ? leaky_split::allowed : leaky_split::refused;
  dataset films = dataset_with_folds(options.data, leak);
  if (options.skip_unreadable) {
    thread_pool pool{options.threads};
    for (const unreadable_film& each : drop_unreadable(films, pool))
      std::fprintf(stderr, "thorax: left out: %s\n", each.reason.c_str());
  }
  dataset_split split = split_by_fold(films, options.fold, leak);
  thin_out(split.train, options.most_films);
  return split;
}

nlohmann::ordered_json run_json(const train_options& options, const fit_options& fitting, const dataset_split& split)
{
  nlohmann::ordered_json run;
  run["network"] = options.network;
  run["size"] = options.size;
  run["findings"] = split.train.findings;
  run["training_films"] = split.train.films.size();
  run["validation_films"] = split.validation.films.size();
  run["fold"] = options.fold;
  run["leaky_split"] = options.allow_leaky_split;
  run["batch"] = options.batch;
  run["seed"] = options.seed;
  run["norm_momentum"] = options.momentum;
  run["backend"] = options.backend;
  run["preprocessing"] = !options.preprocessing.empty() ? options.preprocessing : options.weights.empty() ? "area" : "as the weights say";
  run["augmentation"] = options.no_augmentation
                          ? nlohmann::ordered_json(nullptr)
                          : nlohmann::ordered_json{{"rotation_degrees", options.rotation}, {"shift", options.shift},
                                                   {"zoom", options.zoom}, {"flip", !options.no_flip}};
  run["class_weights"] = fitting.class_weights;
  run["label_smoothing"] = options.label_smoothing;
  run["best_by"] = options.best_by_loss ? "validation loss" : "validation accuracy";
  run["start"] = options.weights.empty() ? "random weights" : options.weights.string();
  for (const training_phase& phase : fitting.phases)
    run["phases"].push_back({{"trains", phase.trains}, {"epochs", phase.epochs}, {"learning_rate", phase.learning_rate},
                             {"cosine", phase.cosine}, {"batch_statistics", phase.batch_statistics}});
  return run;
}

/// A number that changes with anything that a resumed run must share with the one that was stopped.
std::string fingerprint_of(nlohmann::ordered_json run, const dataset_split& split)
{
  run.erase("backend");
  std::uint64_t hash = 0;
  const auto mix = [&](const std::string& text) {
    for (const char letter : text) hash = mixed(hash ^ static_cast<unsigned char>(letter)) + 1;
  };
  mix(run.dump());
  for (const dataset* films : {&split.train, &split.validation})
    for (const film& each : films->films) mix(each.path.filename().string() + std::to_string(each.finding));
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  return digits;
}

/// What the option says, else what the weights were trained with, else area averages and ImageNet's statistics.
preprocessing preprocessing_of(const train_options& options, const std::optional<weights_file>& start)
{
  if (!options.preprocessing.empty()) return preprocessing_named(options.preprocessing);
  return start ? start->metadata().preprocessing : preprocessing{};
}

weights_metadata metadata_of(const train_options& options, const dataset_split& split,
                             const std::optional<weights_file>& start)
{
  weights_metadata metadata;
  metadata.findings = split.train.findings;
  metadata.preprocessing = preprocessing_of(options, start);
  metadata.provenance = "thorax train --network " + options.network + " --size " + std::to_string(options.size) +
                        " on " + std::to_string(split.train.films.size()) + " films; see run.json beside it";
  if (start && !start->metadata().provenance.empty())  // whose data, licence and credit stay those of the weights
    metadata.provenance += "; begun with weights: " + start->metadata().provenance;
  return metadata;
}

/// Where training starts: from a seed, or from a weights file of the same network.
std::vector<float> starting_point(const train_options& options, const blueprint& network,
                                  std::optional<weights_file> start, weights_metadata& metadata)
{
  const plan_view plan = view_of(network.written);
  std::vector<float> numbers(plan.parameter_floats);
  if (!start) {
    fill_initial(plan, options.seed, numbers);
    return numbers;
  }
  metadata.batch_norm_epsilon = start->metadata().batch_norm_epsilon;
  const network_weights weights{plan, std::move(*start)};
  for (std::size_t k = 0; k < plan.parameters.size(); ++k)
    std::copy_n(weights.pointers()[k], plan.parameters[k].size(), numbers.data() + plan.parameters[k].offset);
  return numbers;
}

/// The films of this run: gray ones stay gray where the weights that it starts from have one channel.
extents film_of(const train_options& options, const std::optional<weights_file>& start)
{
  const int channels = start ? channels_in(*start) : usual_film(options.network).channels;
  return {channels, options.size, options.size};
}

/// The reference's recipe for its network; for the others, whose blocks are shorter, all layers in the second phase.
std::vector<training_phase> usual_phases(const std::string& network)
{
  if (network == "chest_network" || network == "densenet201") return two_phases;
  return {{.trains = "classifier", .epochs = 2, .learning_rate = 1e-3},
          {.trains = "everything", .epochs = 20, .learning_rate = 1e-3, .cosine = true}};
}

fit_options fitting_of(const train_options& options, const dataset_split& split)
{
  fit_options fitting;
  fitting.phases = usual_phases(options.network);
  if (!options.phases.empty()) fitting.phases.clear();
  for (const std::string& phase : options.phases) fitting.phases.push_back(phase_of(phase));
  if (!options.no_class_weights) fitting.class_weights = class_weights(split.train);
  fitting.label_smoothing = static_cast<float>(options.label_smoothing);
  fitting.best_by_loss = options.best_by_loss;
  fitting.checkpoint = options.out / "checkpoint.safetensors";
  return fitting;
}

/// Prints what happens, and saves history and best weights after every epoch.
template<backend Backend>
class train_observer {
public:
  train_observer(const train_options& options, const trainer<Backend>& trained, const weights_metadata& metadata,
                 Backend chosen, int batches, std::vector<epoch_record> history)
    : options_{options}, trained_{trained}, metadata_{metadata}, chosen_{chosen}, batches_{batches},
      history_{std::move(history)}
  {
  }

  void operator()(const fit_progress& now)
  {
    char label[64];
    std::snprintf(label, sizeof label, "phase %d epoch %2d  loss %.4f", now.phase, now.epoch, now.loss);
    line_.show(label, now.batches, batches_);
  }

  void operator()(const epoch_record& done, bool is_best)
  {
    line_.clear();
    history_.push_back(done);
    if (is_best) write_model(options_.out / "weights.safetensors", trained_.snapshot(metadata_, chosen_));
    write_file(options_.out / "history.csv", history_csv(history_));
    if (options_.json)
      std::printf("%s\n", nlohmann::ordered_json{{"phase", done.phase}, {"epoch", done.epoch}, {"loss", done.loss},
                                                  {"accuracy", done.accuracy}, {"validation_loss", done.validation_loss},
                                                  {"validation_accuracy", done.validation_accuracy},
                                                  {"seconds", done.seconds}, {"best", is_best}}.dump().c_str());
    else
      std::printf("phase %d epoch %2d: loss %.3f accuracy %.3f, validation %.3f %.3f %s %5.0f s\n", done.phase,
                  done.epoch, done.loss, done.accuracy, done.validation_loss, done.validation_accuracy,
                  is_best ? "best" : "    ", done.seconds);
    std::fflush(stdout);
    line_.restart();
  }

private:
  const train_options& options_;
  const trainer<Backend>& trained_;
  weights_metadata metadata_;
  Backend chosen_;
  int batches_;
  std::vector<epoch_record> history_;
  progress_line line_;
};

/// What a resumed run was asked to do otherwise than the one that was stopped.
std::string changes_since(const std::filesystem::path& path, const nlohmann::ordered_json& run)
{
  if (!std::filesystem::exists(path)) return "";
  const auto before = nlohmann::ordered_json::parse(read_file(path), nullptr, false);
  if (!before.is_object()) return "";
  std::string changes;
  for (const auto& [option, value] : run.items())
    if (before.value(option, nlohmann::ordered_json{}) != value)
      changes += "; " + option + " was " + before.value(option, nlohmann::ordered_json{}).dump() + " and is " +
                 value.dump();
  return changes;
}

std::optional<checkpoint> checkpoint_of(const train_options& options, const fit_options& fitting,
                                        const nlohmann::ordered_json& run)
{
  if (options.fresh || !std::filesystem::exists(fitting.checkpoint)) return std::nullopt;
  try {
    return std::optional<checkpoint>{std::in_place, fitting.checkpoint, fitting.fingerprint};
  }
  catch (const error& problem) {
    throw error{problem.code(), problem.what() + changes_since(options.out / "run.json", run) +
                                  "; --fresh begins again and replaces what is in --out"};
  }
}

void ensure_phases_exist(const fit_options& fitting, const blueprint& network)
{
  for (const training_phase& phase : fitting.phases) {
    try {
      freeze_boundary(view_of(network.written), phase.trains);
    }
    catch (const error& problem) {
      throw error{error_code::wrong_usage, std::string{"--phase: "} + problem.what()};
    }
  }
}

void say_where_it_begins(const std::optional<checkpoint>& from, const fit_options& fitting, bool fresh)
{
  if (!from) {
    std::fprintf(stderr, "it may be stopped at any time: the same command %sgoes on\n", fresh ? "without --fresh " : "");
    return;
  }
  const training_state& state = from->state();
  const bool is_over = state.phase + 1 == static_cast<int>(fitting.phases.size()) &&
                       state.epoch == fitting.phases.back().epochs;
  std::fprintf(stderr, is_over ? "%s: this run is over, nothing is left to train\n" : "going on from %s\n",
               fitting.checkpoint.c_str());
}

template<backend Backend>
void run_training(const train_options& options, const dataset_split& split, std::optional<weights_file> start)
{
  const extents film = film_of(options, start);
  const auto network = network_named(options.network, film, static_cast<int>(split.train.findings.size()));
  weights_metadata metadata = metadata_of(options, split, start);
  const Backend chosen{options.threads};
  std::vector<float> numbers = starting_point(options, *network, std::move(start), metadata);
  trainer<Backend> trained{network, std::move(numbers), metadata.batch_norm_epsilon, chosen, options.seed};
  trained.keep_statistics(options.momentum);
  fit_options fitting = fitting_of(options, split);
  ensure_phases_exist(fitting, *network);

  const run_folder held{options.out, options.fresh};
  const nlohmann::ordered_json run = run_json(options, fitting, split);
  fitting.fingerprint = fingerprint_of(run, split);
  const std::optional<checkpoint> from = checkpoint_of(options, fitting, run);
  say_where_it_begins(from, fitting, options.fresh);
  write_file(options.out / "run.json", run.dump(2) + "\n");

  const film_source training{split.train, film, metadata.preprocessing};
  const film_source validating{split.validation, film, metadata.preprocessing};
  film_epochs epochs{training, options.batch, options.seed, std::nullopt};
  if (!options.no_augmentation)
    epochs.changes = augmentation{static_cast<float>(options.rotation), static_cast<float>(options.shift),
                                  static_cast<float>(options.zoom), !options.no_flip};
  const auto validate = [&](const trainer<Backend>& now) {
    return validate_on(now.snapshot(metadata, chosen), validating, options.batch);
  };
  const int batches = static_cast<int>((training.size() + static_cast<std::size_t>(options.batch) - 1) /
                                       static_cast<std::size_t>(options.batch));
  train_observer<Backend> observer{options, trained, metadata, chosen, batches,
                                   from ? from->state().history : std::vector<epoch_record>{}};
  const training_state ended = fit(trained, fitting, epochs, validate, observer, from);
  // Again what the observer wrote: a run killed behind its last checkpoint and resumed calls no observer.
  write_file(options.out / "history.csv", history_csv(ended.history));
  write_model(options.out / "weights.safetensors", trained.snapshot(metadata, chosen));
  if (!options.json) std::printf("the best weights are in %s\n", (options.out / "weights.safetensors").c_str());
}

/// Network and size that no option gives come from the weights, if these say them.
void take_what_weights_say(train_options& options, const std::optional<weights_file>& start)
{
  const weights_metadata said = start ? start->metadata() : weights_metadata{};
  if (options.network.empty()) options.network = said.network.empty() ? "small_densenet" : said.network;
  if (options.size == 0) options.size = said.input.height > 0 ? said.input.height : usual_film(options.network).height;
}

void train(train_options options)
{
  std::optional<weights_file> start;
  if (!options.weights.empty()) start.emplace(options.weights);
  take_what_weights_say(options, start);
  ensure_outside(options.out, options.data);
  const dataset_split split = films_of(options);
  std::fprintf(stderr, "%zu films to train on, %zu to validate on (fold %d%s)\n", split.train.films.size(),
               split.validation.films.size(), options.fold, options.allow_leaky_split ? ", leaky split" : "");
  if (options.backend == "reference") return run_training<reference>(options, split, std::move(start));
  say_blas_advice();
  run_training<cpu>(options, split, std::move(start));
}

}  // namespace

void add_train(CLI::App& commands)
{
  const auto options = std::make_shared<train_options>();
  CLI::App* command = commands.add_subcommand("train", "train a network on class folders of films");
  command->footer("A phase is FROM:EPOCHS:RATE[:cosine][:frozen-statistics]: train from that part or weight on\n"
                  "(`thorax summary --parts` lists them; everything means all). Without --phase, chest_network and\n"
                  "densenet201 train their head for 12 epochs at 1e-4, then their last 60 Keras layers for 7 at 1e-5; the\n"
                  "others train their head for 2 epochs and everything for 20, at 1e-3, falling to 0.\n\n"
                  "example: thorax train --data films --out run --phase classifier:2:1e-3 --phase everything:20:1e-3:cosine\n\n"
                  "OUT gets weights.safetensors (the best so far), history.csv, run.json and checkpoint.safetensors;\n"
                  "the same command, without --fresh, goes on where it was stopped.");
  add_train_options(*command, *options);
  command->callback([options] { train(*options); });
}

}  // namespace thorax::program
