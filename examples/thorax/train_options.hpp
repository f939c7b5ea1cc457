// SPDX-License-Identifier: MIT
//
// train_options: all that `thorax train` can be asked for.

#pragma once

#include <thorax/base/thread_pool.hpp>      // available_threads
#include <thorax/train/training_phase.hpp>  // training_phase

#include <cstdint>  // uint64_t
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace thorax::program {

struct train_options {
  std::filesystem::path data;
  std::filesystem::path out;
  std::filesystem::path weights;
  std::filesystem::path cache;  ///< empty: in out
  std::filesystem::path splits;  ///< what `thorax split` wrote; empty: the manifest says it
  std::string network;  ///< empty: the weights say it, else small_densenet
  std::string backend{"cpu"};
  std::string preprocessing;  ///< empty: the weights say it, else area
  std::string preset;         ///< empty: none
  std::string plateau{"off"};
  std::string watch{"loss"};
  std::string best_by{"accuracy-then-loss"};
  std::vector<std::string> phases;
  std::string phases_from{"--phase"};  ///< who says them
  int size{0};
  int fold{0};
  std::optional<int> test_fold;
  int folds{0};     ///< how many there are, each validated on in turn; 0: only `fold` is
  int ensemble{0};  ///< networks of as many seeds, from `seed` on; 0: one
  int batch{16};
  int threads{available_threads()};
  std::uint64_t seed{1};
  double momentum{0.99};
  int most_films{0};
  int stop_after{0};
  int views{0};
  double cache_gigabytes{4};
  double most_unreadable{5};  ///< percent
  double average{0};
  double label_smoothing{0};
  double rotation{10};
  double shift{.05};
  double zoom{.1};
  double brightness{0};
  double contrast{0};
  double gamma{0};
  double crop{1};
  bool no_flip{};
  bool no_augmentation{};
  bool no_class_weights{};
  bool fresh{};
  bool skip_unreadable{};
  bool allow_leaky_split{};
  bool json{};
};

/// FROM:EPOCHS:RATE[:cosine][:frozen-statistics][:warmup=EPOCHS]
///
/// throws:  error{wrong_usage}
training_phase phase_of(const std::string& text);

/// FACTOR:PATIENCE[:LEAST-RATE], or off
///
/// throws:  error{wrong_usage}
std::optional<reduce_on_plateau> plateau_of(const std::string& text);

void add_train_options(CLI::App& command, train_options& options);

}  // namespace thorax::program
