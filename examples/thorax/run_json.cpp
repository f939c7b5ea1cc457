// SPDX-License-Identifier: MIT

#include "run_json.hpp"

#include <thorax/base/content_key.hpp>  // content_key, key_of_file, key_writer
#include <thorax/base/file.hpp>         // read_file
#include <thorax/base/random.hpp>       // mixed

#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <cstdio>   // snprintf
#include <vector>

namespace thorax::program {

namespace {

using json = nlohmann::ordered_json;

const char* word_of(monitor watched)
{
  return watched == monitor::validation_loss ? "validation loss" : "validation accuracy";
}

const char* word_of(best_by rule)
{
  switch (rule) {
    case best_by::accuracy_then_loss: return "validation accuracy, then validation loss";
    case best_by::accuracy: return "validation accuracy";
    case best_by::loss: return "validation loss";
  }
  return "";
}

json json_of_phase(const training_phase& phase)
{
  json text{{"trains", phase.trains}, {"epochs", phase.epochs}, {"learning_rate", phase.learning_rate},
            {"cosine", phase.cosine}, {"batch_statistics", phase.batch_statistics},
            {"warmup_epochs", phase.warmup_epochs}, {"plateau", nullptr}, {"stop", nullptr}};
  if (const auto& rule = phase.plateau)
    text["plateau"] = {{"watched", word_of(rule->watched)}, {"factor", rule->factor}, {"patience", rule->patience},
                       {"min_delta", rule->min_delta}, {"cooldown", rule->cooldown}, {"min_rate", rule->min_rate}};
  if (const auto& rule = phase.stop)
    text["stop"] = {{"watched", word_of(rule->watched)}, {"patience", rule->patience}, {"min_delta", rule->min_delta}};
  return text;
}

json json_of_augmentation(const train_options& options)
{
  if (options.no_augmentation) return nullptr;
  json text{{"rotation_degrees", options.rotation}, {"shift", options.shift}, {"zoom", options.zoom},
            {"flip", !options.no_flip}};
  // Named only where they are asked for, so that checkpoints of versions without them are gone on from.
  if (options.brightness > 0) text["brightness"] = options.brightness;
  if (options.contrast > 0) text["contrast"] = options.contrast;
  if (options.gamma > 0) text["gamma"] = options.gamma;
  if (options.crop < 1) text["crop"] = options.crop;
  return text;
}

}  // namespace

json run_json(const train_options& options, const fit_options& fitting, const training_films& films)
{
  const dataset_split& split = films.split;
  json run;
  run["preset"] = options.preset.empty() ? json(nullptr) : json(options.preset);
  run["network"] = options.network;
  run["size"] = options.size;
  run["findings"] = split.train.findings;
  run["training_films"] = split.train.films.size();
  run["validation_films"] = split.validation.films.size();
  run["fold"] = options.fold;
  if (options.test_fold) {
    run["test_fold"] = *options.test_fold;
    run["test_films"] = split.test.films.size();
  }
  if (!options.splits.empty()) run["splits"] = options.splits.string();
  run["leaky_split"] = films.seen.leaky;
  run["batch"] = options.batch;
  run["seed"] = options.seed;
  run["norm_momentum"] = options.momentum;
  run["backend"] = options.backend;
  run["preprocessing"] = !options.preprocessing.empty() ? options.preprocessing
                         : options.weights.empty()      ? "area"
                                                        : "as the weights say";
  run["augmentation"] = json_of_augmentation(options);
  run["views"] = options.views;
  run["class_weights"] = fitting.class_weights;
  run["label_smoothing"] = options.label_smoothing;
  run["optimizer"] = "adam";
  run["average"] = fitting.average;
  run["best_by"] = word_of(fitting.best);
  run["start"] = options.weights.empty() ? "random weights" : options.weights.string();
  for (const training_phase& phase : fitting.phases) run["phases"].push_back(json_of_phase(phase));
  return run;
}

std::string content_of(const dataset_split& split, thread_pool& pool)
{
  std::vector<const film*> films;
  for (const dataset* each : {&split.train, &split.validation})
    for (const film& one : each->films) films.push_back(&one);
  std::vector<content_key> keys(films.size());
  pool.run(static_cast<int>(films.size()), [&](int i, int) {
    const auto place = static_cast<std::size_t>(i);
    keys[place] = films[place]->content ? *films[place]->content : key_of_file(films[place]->path);
  });
  key_writer all;
  for (const content_key& each : keys) all.add_number(each.first).add_number(each.second);
  return all.key().text();
}

std::string content_of(std::span<const float> start, const weights_metadata& metadata)
{
  key_writer key;
  key.add(start).add_number(static_cast<std::uint64_t>(metadata.preprocessing.resize));
  key.add(std::span<const float>{metadata.preprocessing.mean}).add(std::span<const float>{metadata.preprocessing.deviation});
  key.add(std::span<const double>{&metadata.batch_norm_epsilon, 1});
  return key.key().text();
}

std::string fingerprint_of(json run, const dataset_split& split)
{
  run.erase("backend");
  run.erase("preset");  // the same options may be given one by one
  run.erase("splits");  // wherever the table lies, the films that it chooses count
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

std::string changes_since(const std::filesystem::path& path, const json& run)
{
  if (!std::filesystem::exists(path)) return "";
  const auto before = json::parse(read_file(path), nullptr, false);
  if (!before.is_object()) return "";
  std::string changes;
  const json leaves = run.flatten();
  for (const auto& [pointer, value] : leaves.items()) {
    const json::json_pointer place{pointer};
    if (before.contains(place) && before.at(place) != value)
      changes += "; " + pointer.substr(1) + " was " + before.at(place).dump() + " and is " + value.dump();
  }
  for (const auto& [option, value] : run.items())
    if (const std::size_t were = before.value(option, json{}).size(); value.is_structured() && were != value.size())
      changes += "; " + option + " had " + std::to_string(were) + " entries and has " + std::to_string(value.size());
  return changes;
}

}  // namespace thorax::program
