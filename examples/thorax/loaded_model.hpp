// SPDX-License-Identifier: MIT
//
// loaded_model: weights, of one network or of several that answer together, whose network, and a backend that, were
// chosen when the program started. The kernels are compiled in loaded_model.cpp only.

#pragma once

#include "gpu.hpp"

#include <thorax/backend/cpu/cpu.hpp>              // cpu
#include <thorax/backend/reference/reference.hpp>  // reference
#include <thorax/explain/heat_map.hpp>             // heat_map
#include <thorax/explain/part_gradient.hpp>        // score_kind
#include <thorax/model/model.hpp>                  // any_model

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace thorax::program {

/// The options that every command with weights has.
struct model_options {
  std::vector<std::filesystem::path> weights;  ///< of several networks the mean of their softmax is the answer
  std::string network;  ///< empty: the weights say it
  int size{};           ///< 0: the weights say it
  std::string backend{"cpu"};
  int threads{available_threads()};
  cpu_options switches{.pinned = true};  ///< nobody else's threads are in this process
  inference_passes passes;
};

/// Adds --weights, --network, --size, --backend and --threads to a command.
void add_model_options(CLI::App& command, model_options& options);

/// Says on standard error when the BLAS found on this machine slows the cpu backend, and the cure.
void say_blas_advice();

/// Whether a film is cut across the model's threads; in a task of its pool that makes no sense.
enum class who_computes { this_thread, all_threads };

/// What of a film is looked at: itself, or also its mirror image, and the mean of both answers counts.
enum class film_views { itself, mirrored_too };

/// What a network says about one film, a number for each finding.
struct film_answer {
  std::vector<float> logits;  ///< none if the probabilities are a mean: no logits belong to it
  std::vector<float> probabilities;
};

class loaded_model {
public:
  /// Reads the weights and lets the golden sample that they carry prove that this machine computes what it should.
  ///
  /// throws:  error, also for weights that do not say which network they are for when no option does, and for several
  ///          weights that do not have the same findings in the same order, or whose findings do not exclude each other
  explicit loaded_model(const model_options& options);

  /// Of each network.
  [[nodiscard]] std::vector<const weights_metadata*> metadata() const;

  /// What is known of the films that any of the networks saw; nothing if one of them does not say.
  [[nodiscard]] std::optional<seen_films> seen() const;

  /// returns:  the network's name, or "mean of 3 networks: …"
  [[nodiscard]] std::string name() const;

  /// What the first network takes.
  [[nodiscard]] extents input() const;

  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }
  [[nodiscard]] thread_pool& pool() const;

  /// By what logits are divided before softmax; 1 unless the weights say otherwise. What several networks say together
  /// has 1: each was divided by its own before the mean.
  [[nodiscard]] double temperature() const;

  /// returns:  for people: on which films the temperature was fitted; empty if on none
  [[nodiscard]] std::string temperature_from() const;

  /// Whether a film's probabilities add up to 1; behind a sigmoid each finding has one of its own.
  [[nodiscard]] bool findings_exclude_each_other() const;

  /// returns:  one line for people: network, input and findings
  [[nodiscard]] std::string description() const;

  /// The numbers are the same bit for bit, whoever computes. Each caller borrows a workspace for the time it takes.
  [[nodiscard]] film_answer answer(const image& film, who_computes who, film_views views = film_views::itself) const;

  /// Whether all networks have the part, with maps of one size.
  [[nodiscard]] bool can_explain(const std::string& part) const;

  /// throws:  error{wrong_usage} if a network has no such part
  void ensure_has_part(const std::string& part) const;

  /// throws:  error{does_not_fit} if there is no such part, or several networks have maps of different sizes there
  [[nodiscard]] heat_map grad_cam(const image& film, int finding, const std::string& part, score_kind score) const;

private:
  using any_network = model_on<cpu, reference>;

  [[nodiscard]] static any_network read(const model_options& options, const std::filesystem::path& weights);

  std::vector<any_network> nets_;
  std::vector<std::string> findings_;
};

}  // namespace thorax::program
