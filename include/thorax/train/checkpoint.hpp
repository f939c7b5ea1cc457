// SPDX-License-Identifier: MIT
//
// checkpoint: everything a training run needs to go on as if it had never stopped, in one file that is
// replaced as a whole and carries a checksum. The one before it is kept.

#pragma once

#include <thorax/model/file_checksum.hpp>    // encode_with_checksum, verify_checksum
#include <thorax/model/metadata_reader.hpp>  // metadata_reader
#include <thorax/train/history.hpp>          // epoch_record, validation
#include <thorax/train/kept_file.hpp>        // write_kept_file, previous_of
#include <thorax/train/trainer.hpp>          // trainer

#include <algorithm>  // all_of
#include <cmath>      // isfinite
#include <cstddef>    // size_t
#include <cstdint>    // int64_t, uint64_t
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>  // as_const, move
#include <vector>

namespace thorax {

/// Where a run stands, besides the numbers that the trainer holds.
struct training_state {
  int phase{};                  ///< counts from 0
  int epoch{};                  ///< finished epochs of the phase
  int batches{};                ///< finished batches of the epoch after them
  double loss_sum{};            ///< of those batches, each loss times its films
  int correct{};                ///< of those batches
  int films{};                  ///< of those batches
  validation best{};            ///< of `best_parameters`
  std::vector<float> best_parameters;        ///< empty before the first validation
  std::vector<float> phase_best_parameters;  ///< that early stopping puts back; empty in a phase without it
  std::vector<float> averaged_parameters;    ///< empty unless the run averages them
  std::vector<epoch_record> history;         ///< from it follows what the rules of a phase have counted
};

namespace detail {

inline constexpr std::string_view checkpoint_version = "2";

inline metadata_texts texts_of(const training_state& state, const std::string& fingerprint)
{
  return {{"thorax.checkpoint", std::string{checkpoint_version}},
          {"thorax.fingerprint", fingerprint},
          {"thorax.phase", std::to_string(state.phase)},
          {"thorax.epoch", std::to_string(state.epoch)},
          {"thorax.batches", std::to_string(state.batches)},
          {"thorax.loss_sum", json_of(state.loss_sum)},
          {"thorax.correct", std::to_string(state.correct)},
          {"thorax.films", std::to_string(state.films)},
          {"thorax.best_loss", json_of(state.best.loss)},
          {"thorax.best_accuracy", json_of(state.best.accuracy)},
          {"thorax.history", history_csv(state.history)}};
}

/// returns:  the name, and the input, in which two networks with equally many parameters may still differ
inline std::string network_text(const blueprint& network)
{
  return network.name + " for " + text_of(network.written.input.shape);
}

inline named_tensor flat(std::string name, std::span<const float> numbers)
{
  const bool is_finite = std::all_of(numbers.begin(), numbers.end(), [](float x) { return std::isfinite(x); });
  ensure(is_finite, error_code::number_not_finite, [&] {
    return "training diverged: among the " + name + " are some that are not finite any more, so no checkpoint "
           "replaces the last one; train with a smaller learning rate";
  });
  return {std::move(name), {numbers.size()}, numbers};
}

/// returns:  a sentence; empty if the file is one of ours and as it was written, whatever it holds
inline std::string damage_of(const std::filesystem::path& path)
{
  try {
    const safetensors_file file{path};
    return verify_checksum(file) ? "" : file.name() + ": carries no checksum";
  }
  catch (const error& problem) {
    return problem.what();
  }
}

inline int small_number(metadata_reader& reader, std::string_view key)
{
  const auto number = reader.number<std::uint64_t>(key);
  if (number > std::numeric_limits<int>::max()) reader.refuse(key, "expected at most 2147483647");
  return static_cast<int>(number);
}

}  // namespace detail

/// Writes a checkpoint; the one before it stays until the new one is complete and on the disk, and from then on is
/// at previous_of(path).
///
/// throws:  error{file_unwritable}; error{number_not_finite} if a run could not go on from here
/// memory:  a second copy of the numbers while it writes
template<backend Backend>
void write_checkpoint(const std::filesystem::path& path, const training_state& state, trainer<Backend>& trained,
                      const std::string& fingerprint)
{
  const std::vector<named_tensor> tensors{detail::flat("parameters", std::as_const(trained).parameters()),
                                          detail::flat("first_moments", trained.first_moments()),
                                          detail::flat("second_moments", trained.second_moments()),
                                          detail::flat("best_parameters", state.best_parameters),
                                          detail::flat("phase_best_parameters", state.phase_best_parameters),
                                          detail::flat("averaged_parameters", state.averaged_parameters)};
  metadata_texts texts = detail::texts_of(state, fingerprint);
  texts.emplace("thorax.network", detail::network_text(trained.network()));
  texts.emplace("thorax.steps", std::to_string(trained.steps()));
  texts.emplace("thorax.adam_steps", std::to_string(trained.adam_steps()));
  write_kept_file(path, encode_with_checksum(tensors, std::move(texts)));
}

/// If the checkpoint is damaged and the one before it is whole, that one takes its place. A run that goes on from there
/// ends with the same numbers; it does some batches again.
///
/// returns:  what was wrong with the newer one, in a sentence; empty if nothing was done
/// throws:   error{file_unwritable}
inline std::string mend_checkpoint(const std::filesystem::path& path)
{
  if (!std::filesystem::exists(path)) return "";
  const std::string damage = detail::damage_of(path);
  if (damage.empty() || !detail::damage_of(previous_of(path)).empty()) return "";
  detail::move_onto(previous_of(path), path);
  return damage;
}

/// A checkpoint that was read and verified.
class checkpoint {
public:
  /// throws:  error{file_unreadable}, {format_refused}, {checksum_differs}; {does_not_fit} if the checkpoint was
  ///          written by a run with other data or options
  checkpoint(const std::filesystem::path& path, const std::string& fingerprint) : file_{path}
  {
    ensure(verify_checksum(file_), error_code::format_refused,
           [&] { return file_.name() + ": carries no checksum; expected a checkpoint written by `thorax train`"; });
    metadata_reader reader{file_};
    const std::string version = reader.text("thorax.checkpoint");
    if (version != detail::checkpoint_version)
      reader.refuse("thorax.checkpoint", "expected version " + std::string{detail::checkpoint_version} + ", found " +
                                           version + "; go on with the thorax that wrote it, or begin again");
    const std::string found = reader.text("thorax.fingerprint");
    ensure(found == fingerprint, error_code::does_not_fit, [&] {
      return file_.name() + ": written by a run with other films or options (" + found + ", this run is " +
             fingerprint + "); resume with the same ones, or begin again elsewhere";
    });
    read_state(reader);
    state_.history = parse_history(reader.text("thorax.history"), "the history in " + path.string());
  }

  [[nodiscard]] const training_state& state() const { return state_; }

  /// Puts the trainer where it was; its phase must have begun.
  ///
  /// throws:  error{does_not_fit}, and nothing is changed, if it belongs to another network or phase
  template<backend Backend>
  void restore(trainer<Backend>& trained) const
  {
    const std::string wanted = detail::network_text(trained.network());
    ensure(network_ == wanted, error_code::does_not_fit, [&] {
      return file_.name() + ": written by a run of " + network_ + ", expected " + wanted +
             "; resume it with the network it was written for";
    });
    ensure_as_many("parameters", trained.parameters().size());
    ensure_as_many("first_moments", trained.first_moments().size());
    ensure_as_many("second_moments", trained.second_moments().size());
    for (const char* name : {"best_parameters", "phase_best_parameters", "averaged_parameters"})
      if (file_.at(name).size() != 0) ensure_as_many(name, trained.parameters().size());
    file_.copy_to(file_.at("parameters"), trained.parameters());
    file_.copy_to(file_.at("first_moments"), trained.first_moments());
    file_.copy_to(file_.at("second_moments"), trained.second_moments());
    trained.resume_at(steps_, adam_steps_);
  }

private:
  void ensure_as_many(std::string_view name, std::size_t wanted) const
  {
    const std::size_t found = file_.at(name).size();
    ensure(found == wanted, error_code::does_not_fit, [&] {
      return file_.name() + ": expected " + std::to_string(wanted) + " numbers as " + std::string{name} + ", found " +
             std::to_string(found) + "; resume it with the phases it was written by";
    });
  }

  void read_state(metadata_reader& reader)
  {
    state_.phase = detail::small_number(reader, "thorax.phase");
    state_.epoch = detail::small_number(reader, "thorax.epoch");
    state_.batches = detail::small_number(reader, "thorax.batches");
    state_.loss_sum = reader.number<double>("thorax.loss_sum");
    state_.correct = detail::small_number(reader, "thorax.correct");
    state_.films = detail::small_number(reader, "thorax.films");
    state_.best = {reader.number<double>("thorax.best_loss"), reader.number<double>("thorax.best_accuracy")};
    network_ = reader.text("thorax.network");
    steps_ = reader.number<std::uint64_t>("thorax.steps");
    adam_steps_ = static_cast<std::int64_t>(reader.number<std::uint64_t>("thorax.adam_steps"));
    read_numbers("best_parameters", state_.best_parameters);
    read_numbers("phase_best_parameters", state_.phase_best_parameters);
    read_numbers("averaged_parameters", state_.averaged_parameters);
  }

  void read_numbers(std::string_view name, std::vector<float>& numbers) const
  {
    const tensor_record& found = file_.at(name);
    numbers.resize(found.size());
    file_.copy_to(found, numbers);
  }

  safetensors_file file_;
  training_state state_;
  std::string network_;
  std::uint64_t steps_{};
  std::int64_t adam_steps_{};
};

}  // namespace thorax
