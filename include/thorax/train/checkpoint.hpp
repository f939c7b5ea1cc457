// SPDX-License-Identifier: MIT
//
// checkpoint: everything a training run needs to go on as if it had never stopped, in one file that is
// replaced as a whole and carries a checksum.

#pragma once

#include <thorax/model/file_checksum.hpp>    // encode_with_checksum, verify_checksum
#include <thorax/model/metadata_reader.hpp>  // metadata_reader
#include <thorax/train/history.hpp>          // epoch_record
#include <thorax/train/trainer.hpp>          // trainer

#include <cstdint>  // uint64_t
#include <filesystem>
#include <string>
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
  double best{};                ///< validation score of `best_parameters`, larger is better
  std::vector<float> best_parameters;  ///< empty before the first validation
  std::vector<epoch_record> history;
};

namespace detail {

inline constexpr std::string_view checkpoint_version = "1";

inline metadata_texts texts_of(const training_state& state, std::uint64_t steps, std::int64_t adam_steps,
                               const std::string& fingerprint)
{
  return {{"thorax.checkpoint", std::string{checkpoint_version}},
          {"thorax.fingerprint", fingerprint},
          {"thorax.phase", std::to_string(state.phase)},
          {"thorax.epoch", std::to_string(state.epoch)},
          {"thorax.batches", std::to_string(state.batches)},
          {"thorax.loss_sum", json_of(state.loss_sum)},
          {"thorax.correct", std::to_string(state.correct)},
          {"thorax.films", std::to_string(state.films)},
          {"thorax.best", json_of(state.best)},
          {"thorax.steps", std::to_string(steps)},
          {"thorax.adam_steps", std::to_string(adam_steps)},
          {"thorax.history", history_csv(state.history)}};
}

inline named_tensor flat(std::string name, std::span<const float> numbers)
{
  return {std::move(name), {numbers.size()}, numbers};
}

inline int small_number(metadata_reader& reader, std::string_view key)
{
  return static_cast<int>(reader.number<std::uint64_t>(key));
}

}  // namespace detail

/// Writes a checkpoint; the one before it stays until the new one is complete and on the disk.
///
/// throws:  error{file_unwritable}
template<backend Backend>
void write_checkpoint(const std::filesystem::path& path, const training_state& state, trainer<Backend>& trained,
                      const std::string& fingerprint)
{
  const std::vector<named_tensor> tensors{detail::flat("parameters", trained.parameters()),
                                          detail::flat("first_moments", trained.first_moments()),
                                          detail::flat("second_moments", trained.second_moments()),
                                          detail::flat("best_parameters", state.best_parameters)};
  write_file(path, encode_with_checksum(
                     tensors, detail::texts_of(state, trained.steps(), trained.adam_steps(), fingerprint)));
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
      reader.refuse("thorax.checkpoint", "expected version 1, found " + version + "; read it with the newer thorax");
    const std::string found = reader.text("thorax.fingerprint");
    ensure(found == fingerprint, error_code::does_not_fit, [&] {
      return file_.name() + ": written by a run with other films or options (" + found + ", this run is " +
             fingerprint + "); resume with the same ones, or give another --out";
    });
    read_state(reader);
  }

  [[nodiscard]] const training_state& state() const { return state_; }

  /// Puts the trainer where it was; its phase must have begun.
  ///
  /// throws:  error{does_not_fit} if it belongs to another network or phase
  template<backend Backend>
  void restore(trainer<Backend>& trained) const
  {
    file_.copy_to(file_.at("parameters"), trained.parameters());
    file_.copy_to(file_.at("first_moments"), trained.first_moments());
    file_.copy_to(file_.at("second_moments"), trained.second_moments());
    trained.resume_at(steps_, adam_steps_);
  }

private:
  void read_state(metadata_reader& reader)
  {
    state_.phase = detail::small_number(reader, "thorax.phase");
    state_.epoch = detail::small_number(reader, "thorax.epoch");
    state_.batches = detail::small_number(reader, "thorax.batches");
    state_.loss_sum = reader.number<double>("thorax.loss_sum");
    state_.correct = detail::small_number(reader, "thorax.correct");
    state_.films = detail::small_number(reader, "thorax.films");
    state_.best = reader.number<double>("thorax.best");
    state_.history = parse_history(reader.text("thorax.history"), file_.name());
    steps_ = reader.number<std::uint64_t>("thorax.steps");
    adam_steps_ = static_cast<std::int64_t>(reader.number<std::uint64_t>("thorax.adam_steps"));
    const tensor_record& best = file_.at("best_parameters");
    state_.best_parameters.resize(best.size());
    file_.copy_to(best, state_.best_parameters);
  }

  safetensors_file file_;
  training_state state_;
  std::uint64_t steps_{};
  std::int64_t adam_steps_{};
};

}  // namespace thorax
