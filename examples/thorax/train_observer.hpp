// SPDX-License-Identifier: MIT
//
// train_observer: what one sees of a training run, and the files that are written after every epoch.

#pragma once

#include "progress.hpp"
#include "train_options.hpp"

#include <thorax/base/file.hpp>           // write_file
#include <thorax/model/write_model.hpp>   // write_model
#include <thorax/train/fit.hpp>           // epoch_news, fit_options, fit_progress
#include <thorax/train/history_plot.hpp>  // history_svg

#include <chrono>
#include <cstddef>  // size_t
#include <cstdio>   // printf, snprintf
#include <filesystem>
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax::program {

/// returns:  the file beside weights.safetensors for the best of all phases, where early stopping makes these two
///           differ; empty where it does not
std::filesystem::path best_file(const std::filesystem::path& folder, const fit_options& fitting);

void write_history(const std::filesystem::path& folder, const std::vector<epoch_record>& history, bool leaky);

/// What stands above the lines of epochs, and such a line, without what ends it.
std::string epoch_heading();
std::string epoch_line(const epoch_record& done, const epoch_news& news);
std::string epoch_json(const epoch_record& done, const epoch_news& news);

/// How long the epoch and its phase will still take, by what this process has measured.
class time_left {
public:
  explicit time_left(int batches) : batches_{batches} {}

  /// returns:  "12 s left, phase at most 3 min": an early stop ends it sooner
  std::string after_batch(const fit_progress& now, const training_phase& phase);
  void after_epoch();

private:
  using clock = std::chrono::steady_clock;

  int batches_;
  int first_{-1};  ///< batches that were done when this process began to measure the epoch
  double between_epochs_{};  ///< seconds of validating and saving
  clock::time_point begin_{clock::now()};
  clock::time_point last_batch_{};
};

/// Prints what happens, and saves history and weights after every epoch.
template<backend Backend>
class train_observer {
public:
  train_observer(const train_options& options, const fit_options& fitting, const trainer<Backend>& trained,
                 const weights_metadata& metadata, Backend chosen, int batches, std::vector<epoch_record> history)
    : options_{options}, fitting_{fitting}, trained_{trained}, metadata_{metadata}, chosen_{chosen}, batches_{batches},
      history_{std::move(history)}, left_{batches}
  {
  }

  void operator()(const fit_progress& now)
  {
    const training_phase& phase = fitting_.phases[static_cast<std::size_t>(now.phase - 1)];
    const std::string left = left_.after_batch(now, phase);
    char label[64];
    std::snprintf(label, sizeof label, "phase %d epoch %d/%d  loss %.4f  %d/%d  ", now.phase, now.epoch, phase.epochs,
                  now.loss, now.batches, batches_);
    line_.show_text(label + left, now.batches == batches_);
  }

  void operator()(const epoch_record& done, const epoch_news& news)
  {
    line_.clear();
    history_.push_back(done);
    if (news.is_kept) save(options_.out / "weights.safetensors");
    if (const auto best = best_file(options_.out, fitting_); news.is_best && !best.empty()) save(best);
    write_history(options_.out, history_, metadata_.seen && metadata_.seen->leaky);
    if (!options_.json && !has_heading_) std::printf("%s\n", epoch_heading().c_str());
    has_heading_ = true;
    std::printf("%s\n", (options_.json ? epoch_json(done, news) : epoch_line(done, news)).c_str());
    std::fflush(stdout);
    left_.after_epoch();
  }

private:
  void save(const std::filesystem::path& path) const { write_model(path, trained_.snapshot(metadata_, chosen_)); }

  const train_options& options_;
  const fit_options& fitting_;
  const trainer<Backend>& trained_;
  weights_metadata metadata_;
  Backend chosen_;
  int batches_;
  std::vector<epoch_record> history_;
  time_left left_;
  progress_line line_;
  bool has_heading_{};
};

}  // namespace thorax::program
