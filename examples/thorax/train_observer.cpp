// SPDX-License-Identifier: MIT

#include "train_observer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>  // any_of, max
#include <cstdio>     // snprintf

namespace thorax::program {

namespace {

/// 1e-04, 8.5e-04: as short as two digits allow.
std::string rate_text(double rate)
{
  char text[16];
  std::snprintf(text, sizeof text, "%.1e", rate);
  std::string shortened = text;
  if (const std::size_t zero = shortened.find(".0e"); zero != std::string::npos) shortened.erase(zero, 2);
  return shortened;
}

/// Losses of a run that diverges have dozens of digits.
std::string loss_text(double loss)
{
  char text[16];
  std::snprintf(text, sizeof text, loss < 1000 ? "%.3f" : "%.1e", loss);
  return text;
}

std::string events_of(const epoch_news& news)
{
  std::string events;
  const auto add = [&](const std::string& event) { events += (events.empty() ? "" : ", ") + event; };
  if (news.is_best) add("best");
  if (news.new_rate) add("rate to " + rate_text(*news.new_rate));
  if (news.stops) add("stops");
  return events;
}

}  // namespace

std::filesystem::path best_file(const std::filesystem::path& folder, const fit_options& fitting)
{
  const bool may_stop = std::any_of(fitting.phases.begin(), fitting.phases.end(),
                                    [](const training_phase& phase) { return phase.stop.has_value(); });
  if (!may_stop) return {};
  return folder / (fitting.best == best_by::loss ? "best_by_loss.safetensors" : "best_by_accuracy.safetensors");
}

void write_history(const std::filesystem::path& folder, const std::vector<epoch_record>& history, bool leaky)
{
  const char* split = leaky ? "leaky" : "";
  write_file(folder / "history.csv", history_csv(history, split));
  write_file(folder / "history.svg", history_svg(history, split));
}

std::string epoch_heading()
{
  return "                    loss and accuracy\n"
         "phase epoch    rate     training   validation       s";
}

std::string epoch_line(const epoch_record& done, const epoch_news& news)
{
  char line[160];
  std::snprintf(line, sizeof line, "%5d %5d %7s  %5s %.3f  %5s %.3f %7.0f", done.phase, done.epoch,
                rate_text(done.learning_rate).c_str(), loss_text(done.loss).c_str(), done.accuracy,
                loss_text(done.validation_loss).c_str(), done.validation_accuracy, done.seconds);
  const std::string events = events_of(news);
  return events.empty() ? line : line + std::string{"  "} + events;
}

std::string epoch_json(const epoch_record& done, const epoch_news& news)
{
  nlohmann::ordered_json line{{"phase", done.phase},
                              {"epoch", done.epoch},
                              {"learning_rate", done.learning_rate},
                              {"loss", done.loss},
                              {"accuracy", done.accuracy},
                              {"validation_loss", done.validation_loss},
                              {"validation_accuracy", done.validation_accuracy},
                              {"seconds", done.seconds},
                              {"best", news.is_best},
                              {"kept", news.is_kept},
                              {"new_rate", nullptr},
                              {"stops", news.stops}};
  if (news.new_rate) line["new_rate"] = *news.new_rate;
  return line.dump();
}

std::string time_left::after_batch(const fit_progress& now, const training_phase& phase)
{
  last_batch_ = clock::now();
  if (first_ < 0) first_ = now.batches - 1;  // of a resumed epoch some were done before
  const double seconds = std::chrono::duration<double>(last_batch_ - begin_).count();
  const double a_batch = seconds / (now.batches - first_);
  const double epoch = a_batch * std::max(0, batches_ - now.batches);
  const double others = (phase.epochs - now.epoch) * (a_batch * batches_ + between_epochs_);
  return duration_text(epoch) + " left, phase " + (phase.stop ? "at most " : "") +
         duration_text(epoch + between_epochs_ + others);
}

void time_left::after_epoch()
{
  begin_ = clock::now();
  between_epochs_ = std::chrono::duration<double>(begin_ - last_batch_).count();
  first_ = -1;
}

}  // namespace thorax::program
