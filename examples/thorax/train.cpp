// SPDX-License-Identifier: MIT
//
// thorax train: films become a network, in phases, with nothing lost when it is stopped.

#include "commands.hpp"
#include "datasets.hpp"
#include "films.hpp"
#include "gpu.hpp"
#include "loaded_model.hpp"
#include "networks.hpp"
#include "preprocessings.hpp"
#include "results.hpp"
#include "run_folder.hpp"
#include "run_json.hpp"
#include "train_observer.hpp"
#include "train_options.hpp"
#include "train_recipe.hpp"

#include <thorax/backend/cpu/cpu.hpp>              // cpu
#include <thorax/backend/reference/reference.hpp>  // reference
#include <thorax/base/file.hpp>                    // read_file, write_file
#include <thorax/data/readable.hpp>                // drop_unreadable
#include <thorax/data/split.hpp>                   // split_by_fold, assign_folds
#include <thorax/model/initial_weights.hpp>        // fill_initial
#include <thorax/model/write_model.hpp>            // write_model
#include <thorax/train/feature_epochs.hpp>         // feature_epochs
#include <thorax/train/fit.hpp>                    // fit

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>  // copy, copy_n
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>  // remove_cvref_t
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

/// Leaves films out that cannot be read, and names them; where there are many, something else is wrong than a few files.
void leave_out_unreadable(dataset& films, const train_options& options)
{
  const std::size_t all = films.films.size();
  thread_pool pool{options.threads};
  const std::vector<unreadable_film> unreadable = drop_unreadable(films, pool);
  for (const unreadable_film& each : unreadable) std::fprintf(stderr, "thorax: left out: %s\n", each.reason.c_str());
  if (unreadable.empty()) return;
  const double percent = 100.0 * static_cast<double>(unreadable.size()) / static_cast<double>(all);
  const std::string count = std::to_string(unreadable.size()) + " of " + std::to_string(all) + " films";
  std::fprintf(stderr, "%s cannot be read and are left out\n", count.c_str());
  if (percent <= options.most_unreadable) return;
  char limit[32];
  std::snprintf(limit, sizeof limit, "%g", options.most_unreadable);
  throw error{error_code::limit_exceeded, "'" + options.data.string() + "': " + count + " cannot be read, at most " + limit +
                                            " % may be; mend them, or raise --most-unreadable"};
}

dataset_split films_of(const train_options& options)
{
  const leaky_split leak = options.allow_leaky_split ? leaky_split::allowed : leaky_split::refused;
  dataset films = dataset_with_folds(options.data, leak);
  if (options.skip_unreadable) leave_out_unreadable(films, options);
  dataset_split split = split_by_fold(films, options.fold, leak);
  thin_out(split.train, options.most_films);
  return split;
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

std::optional<checkpoint> checkpoint_of(const train_options& options, const fit_options& fitting,
                                        const nlohmann::ordered_json& run)
{
  if (options.fresh || !std::filesystem::exists(fitting.checkpoint)) return std::nullopt;
  if (const std::string damage = mend_checkpoint(fitting.checkpoint); !damage.empty())
    std::fprintf(stderr, "the newest checkpoint is damaged, this run goes on from the one before it: %s\n",
                 damage.c_str());
  try {
    return std::optional<checkpoint>{std::in_place, fitting.checkpoint, fitting.fingerprint};
  }
  catch (const error& problem) {
    throw error{problem.code(), problem.what() + changes_since(options.out / "run.json", run) +
                                  "; --fresh begins again and replaces what is in --out"};
  }
}

void say_where_it_begins(const std::optional<checkpoint>& from, const fit_options& fitting, bool fresh)
{
  if (!from) {
    std::fprintf(stderr, "it may be stopped at any time: the same command %sgoes on\n",
                 fresh ? "without --fresh " : "");
    return;
  }
  const bool ended = is_over(from->state(), fitting.phases);
  std::fprintf(stderr, ended ? "%s: this run is over, nothing is left to train\n" : "going on from %s\n",
               fitting.checkpoint.c_str());
}

/// Again what the observer wrote: a run killed behind its last checkpoint and resumed calls no observer.
template<backend Backend>
void write_results(const train_options& options, const fit_options& fitting, const training_state& ended,
                   trainer<Backend>& trained, const weights_metadata& metadata, Backend chosen)
{
  write_history(options.out, ended.history);
  const std::filesystem::path kept = options.out / "weights.safetensors", best = best_file(options.out, fitting);
  write_model(kept, trained.snapshot(metadata, chosen));
  if (!best.empty()) {
    std::copy(ended.best_parameters.begin(), ended.best_parameters.end(), trained.parameters().begin());
    write_model(best, trained.snapshot(metadata, chosen));
  }
  if (options.json) return;
  if (best.empty()) std::printf("the best weights are in %s\n", kept.c_str());
  else
    std::printf("the weights that the last phase put back are in %s,\nthe best of all phases in %s\n", kept.c_str(),
                best.c_str());
}

epoch_rule rule_of(const train_options& options)
{
  epoch_rule rule{.order = {}, .batch_size = options.batch, .seed = options.seed, .epoch = 0, .changes = std::nullopt};
  if (!options.no_augmentation)
    rule.changes = augmentation{static_cast<float>(options.rotation), static_cast<float>(options.shift),
                                static_cast<float>(options.zoom), !options.no_flip};
  return rule;
}

/// Where features are kept; in a folder of this run's own, unless the user names one, they go when it is over.
std::filesystem::path cache_folder(const train_options& options)
{
  if (options.cache_gigabytes <= 0) return {};
  return options.cache.empty() ? options.out / "features" : options.cache;
}

void remove_own_cache(const train_options& options)
{
  std::error_code ignored;
  if (options.cache.empty()) std::filesystem::remove_all(options.out / "features", ignored);
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
  ensure_phases_fit(fitting, *network, options.phases_from);

  const run_folder held{options.out, options.fresh};
  nlohmann::ordered_json run = run_json(options, fitting, split);
  run["films_content"] = content_of(split, trained.pool());
  run["start_content"] = content_of(trained.parameters(), metadata);
  fitting.fingerprint = fingerprint_of(run, split);
  const std::optional<checkpoint> from = checkpoint_of(options, fitting, run);
  say_where_it_begins(from, fitting, options.fresh);
  write_file(options.out / "run.json", run.dump(2) + "\n");

  const film_source training{split.train, film, metadata.preprocessing};
  const film_source validating{split.validation, film, metadata.preprocessing};
  feature_epochs<Backend> epochs{trained, training, validating, rule_of(options), 1, options.views,
                                 {cache_folder(options), static_cast<std::size_t>(options.cache_gigabytes * 0x1p30)}};
  const auto validate = [&](const trainer<Backend>&) { return epochs.validate(); };
  const int batches = static_cast<int>((training.size() + static_cast<std::size_t>(options.batch) - 1) /
                                       static_cast<std::size_t>(options.batch));
  train_observer<Backend> observer{options, fitting, trained, metadata, chosen, batches,
                                   from ? from->state().history : std::vector<epoch_record>{}};
  const training_state ended = fit(trained, fitting, epochs, validate, observer, from);
  if (!epochs.note().empty()) std::fprintf(stderr, "thorax: note: %s\n", epochs.note().c_str());
  remove_own_cache(options);
  write_results(options, fitting, ended, trained, metadata, chosen);
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
  if (options.backend == "cuda") on_gpu<void>(options.threads, [](const auto&) {});  // before films are read
  std::optional<weights_file> start;
  if (!options.weights.empty()) start.emplace(options.weights);
  take_what_weights_say(options, start);
  ensure_outside(options.out, options.data);
  if (!options.cache.empty()) ensure_outside(options.cache, options.data);
  const dataset_split split = films_of(options);
  std::fprintf(stderr, "%zu films to train on, %zu to validate on (fold %d%s)\n", split.train.films.size(),
               split.validation.films.size(), options.fold, options.allow_leaky_split ? ", leaky split" : "");
  if (options.backend == "reference") return run_training<reference>(options, split, std::move(start));
  if (options.backend == "cuda")
    return on_gpu<void>(options.threads, [&](const auto& chosen) {
      run_training<std::remove_cvref_t<decltype(chosen)>>(options, split, std::move(start));
    });
  say_blas_advice();
  run_training<cpu>(options, split, std::move(start));
}

}  // namespace

void add_train(CLI::App& commands)
{
  const auto options = std::make_shared<train_options>();
  CLI::App* command = commands.add_subcommand("train", "train a network on class folders of films");
  command->footer("A phase is FROM:EPOCHS:RATE[:cosine][:frozen-statistics][:warmup=EPOCHS]: train from that part\n"
                  "or weight on (`thorax summary --parts` lists them; everything means all). Without --phase,\n"
                  "chest_network and densenet201 train their head for 12 epochs at 1e-4, then their last 60 Keras\n"
                  "layers for 7 at 1e-5; the others train their head for 2 epochs and everything for 20, at 1e-3,\n"
                  "falling to 0.\n\n"
                  "--preset keras-parity is the recipe of the Keras project that thorax is compared with:\n"
                  "chest_network, size 300, --preprocessing keras, batches of 16, its augmentation and class weights,\n"
                  "at most 30 and 20 epochs of these two phases, --plateau 0.3:3:1e-7 --stop-after 6\n"
                  "--best-by accuracy. Give it ImageNet's features with --weights.\n"
                  "--preset best is what was best from random weights on films of other patients:\n"
                  "--phase everything:18:2e-3:cosine --label-smoothing 0.05 --rotation 12 --shift 0.06 --zoom 0.12\n"
                  "--no-class-weights, and 128 pixels a side where neither network nor weights are given. Options\n"
                  "beside a preset count more.\n\n"
                  "example: thorax train --data films --out run --phase classifier:2:1e-3 "
                  "--phase everything:20:1e-3:cosine\n\n"
                  "OUT gets weights.safetensors (the best so far), history.csv and history.svg, run.json, and\n"
                  "checkpoint.safetensors with the one before it; the same command, without --fresh, goes on where it\n"
                  "was stopped. With --stop-after, weights.safetensors is the best of the last phase by what is\n"
                  "watched, as Keras puts it back, and best_by_accuracy.safetensors (or best_by_loss) the best of all\n"
                  "phases.\n\n"
                  "While layers are frozen, what they make of a film is computed once for each of its --views and kept\n"
                  "on the disk: with --views 4, epochs after the fourth take seconds. The numbers are the same without\n"
                  "--cache-gb. OUT/features goes when the run is over; a folder given as --cache stays for other runs.");
  add_train_options(*command, *options);
  command->callback([options, command] {
    apply_preset(*command, *options);
    train(*options);
  });
}

}  // namespace thorax::program
