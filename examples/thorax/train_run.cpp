// SPDX-License-Identifier: MIT

#include "train_run.hpp"

#include "gpu.hpp"
#include "loaded_model.hpp"
#include "networks.hpp"
#include "preprocessings.hpp"
#include "run_folder.hpp"
#include "run_json.hpp"
#include "train_observer.hpp"
#include "train_recipe.hpp"

#include <thorax/backend/cpu/cpu.hpp>              // cpu
#include <thorax/backend/reference/reference.hpp>  // reference
#include <thorax/base/file.hpp>                    // write_file
#include <thorax/data/splits_csv.hpp>              // splits_csv
#include <thorax/model/initial_weights.hpp>        // fill_initial
#include <thorax/model/write_model.hpp>            // write_model
#include <thorax/train/feature_epochs.hpp>         // feature_epochs
#include <thorax/train/fit.hpp>                    // fit

#include <nlohmann/json.hpp>

#include <algorithm>  // copy, copy_n
#include <cstdio>     // fprintf, printf
#include <filesystem>
#include <optional>
#include <string>
#include <type_traits>  // remove_cvref_t
#include <utility>      // move
#include <vector>

namespace thorax::program {

namespace {

/// What the option says, else what the weights were trained with, else area averages and ImageNet's statistics.
preprocessing preprocessing_of(const train_options& options, const std::optional<weights_file>& start)
{
  if (!options.preprocessing.empty()) return preprocessing_named(options.preprocessing);
  return start ? start->metadata().preprocessing : preprocessing{};
}

weights_metadata metadata_of(const train_options& options, const training_films& films,
                             const std::optional<weights_file>& start)
{
  weights_metadata metadata;
  metadata.findings = films.split.train.findings;
  metadata.preprocessing = preprocessing_of(options, start);
  metadata.seen = films.seen;
  metadata.provenance = "thorax train --network " + options.network + " --size " + std::to_string(options.size) +
                        " on " + std::to_string(films.split.train.films.size()) + " films" +
                        (films.seen.leaky ? " of a leaky split" : "") + ", its epoch chosen on fold " +
                        std::to_string(options.fold) +
                        (options.test_fold ? ", fold " + std::to_string(*options.test_fold) + " left alone" : "") +
                        "; see run.json beside it";
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
  write_history(options.out, ended.history, metadata.seen->leaky);
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
    rule.changes = augmentation{.rotation_degrees = static_cast<float>(options.rotation),
                                .shift = static_cast<float>(options.shift),
                                .zoom = static_cast<float>(options.zoom),
                                .flip = !options.no_flip,
                                .brightness = static_cast<float>(options.brightness),
                                .contrast = static_cast<float>(options.contrast),
                                .gamma = static_cast<float>(options.gamma),
                                .crop = static_cast<float>(options.crop)};
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
void run_training(const train_options& options, const training_films& films, const std::string& splits,
                  std::optional<weights_file> start)
{
  const dataset_split& split = films.split;
  const extents film = film_of(options, start);
  const auto network = network_named(options.network, film, static_cast<int>(split.train.findings.size()));
  weights_metadata metadata = metadata_of(options, films, start);
  const Backend chosen{options.threads};
  std::vector<float> numbers = starting_point(options, *network, std::move(start), metadata);
  trainer<Backend> trained{network, std::move(numbers), metadata.batch_norm_epsilon, chosen, options.seed};
  trained.keep_statistics(options.momentum);
  fit_options fitting = fitting_of(options, split);
  ensure_phases_fit(fitting, *network, options.phases_from);

  const run_folder held{options.out, options.fresh};
  nlohmann::ordered_json run = run_json(options, fitting, films);
  run["films_content"] = content_of(split, trained.pool());
  run["start_content"] = content_of(trained.parameters(), metadata);
  fitting.fingerprint = fingerprint_of(run, split);
  const std::optional<checkpoint> from = checkpoint_of(options, fitting, run);
  say_where_it_begins(from, fitting, options.fresh);
  write_file(options.out / "run.json", run.dump(2) + "\n");
  write_file(options.out / "splits.csv", splits);

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

void say_which_films(const train_options& options, const training_films& films)
{
  const std::string tested = options.test_fold ? ", " + std::to_string(films.split.test.films.size()) +
                                                   " left alone (fold " + std::to_string(*options.test_fold) + ")"
                                               : "";
  std::fprintf(stderr, "%zu films to train on, %zu to validate on (fold %d%s)%s\n", films.split.train.films.size(),
               films.split.validation.films.size(), options.fold, films.seen.leaky ? ", leaky split" : "",
               tested.c_str());
}

/// Network and size that no option gives come from the weights, if these say them.
void take_what_weights_say(train_options& options, const std::optional<weights_file>& start)
{
  const weights_metadata said = start ? start->metadata() : weights_metadata{};
  if (options.network.empty()) options.network = said.network.empty() ? "small_densenet" : said.network;
  if (options.size == 0) options.size = said.input.height > 0 ? said.input.height : usual_film(options.network).height;
}

}  // namespace

void train_once(train_options options, const folded_films& all)
{
  std::optional<weights_file> start;
  if (!options.weights.empty()) start.emplace(options.weights);
  take_what_weights_say(options, start);
  const training_films films = films_for_run(options, all, start ? &start->metadata() : nullptr);
  say_which_films(options, films);
  const std::string splits = splits_csv(all.readable);
  if (options.backend == "reference") return run_training<reference>(options, films, splits, std::move(start));
  if (options.backend == "cuda")
    return on_gpu<void>(options.threads, [&](const auto& chosen) {
      run_training<std::remove_cvref_t<decltype(chosen)>>(options, films, splits, std::move(start));
    });
  say_blas_advice();
  run_training<cpu>(options, films, splits, std::move(start));
}

}  // namespace thorax::program
