// SPDX-License-Identifier: MIT

#include <thorax/train/checkpoint.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/base/file.hpp>
#include <thorax/train/film_epochs.hpp>
#include <thorax/train/fit.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/small_dataset.hpp"
#include "support/toy_training.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace thorax::tests;
using thorax::cpu;
using thorax::training_state;

namespace {

/// All that a finished run leaves behind.
struct outcome {
  training_state state;
  std::vector<float> parameters, first_moments, second_moments;
  std::uint64_t steps{};
  std::int64_t adam_steps{};
};

/// Checks that two runs gave the same numbers, bit for bit.
void check_same(const outcome& one, const outcome& other)
{
  CHECK(timeless(one.state.history) == timeless(other.state.history));
  CHECK(one.state.best == other.state.best);
  CHECK(same_bits(one.state.best_parameters, other.state.best_parameters));
  CHECK(same_bits(one.parameters, other.parameters));
  CHECK(same_bits(one.first_moments, other.first_moments));
  CHECK(same_bits(one.second_moments, other.second_moments));
  CHECK(one.steps == other.steps);
  CHECK(one.adam_steps == other.adam_steps);
}

/// Tells `at` whenever fit calls back: epochs that open, batches, validations, records. A run may be stopped at each.
template<class At>
struct told {
  At& at;
  void operator()(const thorax::fit_progress&) const { at("batch"); }
  void operator()(const thorax::epoch_record&, const thorax::epoch_news&) const { at("record"); }
};

/// Validations by which a phase waits, lowers its rate and stops after its third epoch of four; the best accuracy is
/// that of its second epoch, and the second phase runs to its end.
template<class Trained>
thorax::validation scripted(const Trained& now)
{
  const std::vector<thorax::validation> script{{1, .5}, {2, .9}, {2, .1}, {2, .2}, {.5, .3}};
  return script.at(now.steps() / 3 - 1);
}

/// A training run over films on the disk that goes on where its checkpoint stands, if there is one.
class run {
public:
  explicit run(double checkpoint_seconds, bool has_rules = false)
    : source_{films_.films, {3, 64, 64}, {}}, has_rules_{has_rules}
  {
    options_.phases = {{.trains = "everything", .epochs = 1, .learning_rate = 1e-3},
                       {.trains = "features.denseblock4", .epochs = 2, .learning_rate = 1e-3, .cosine = true}};
    if (has_rules) {
      const thorax::early_stopping stop{.patience = 2};
      options_.phases = {{.trains = "everything", .epochs = 4, .learning_rate = 1e-3, .warmup_epochs = 1,
                          .plateau = thorax::reduce_on_plateau{.factor = .5, .patience = 1}, .stop = stop},
                         {.trains = "features.denseblock4", .epochs = 2, .learning_rate = 1e-3, .stop = stop}};
      options_.average = .9;
    }
    options_.class_weights = {1, 2, 3};
    options_.label_smoothing = 0.05F;
    options_.checkpoint = films_.folder / "checkpoint";
    options_.checkpoint_seconds = checkpoint_seconds;
    options_.fingerprint = "some films and options";
  }

  template<class At>
  outcome finish(int threads, At&& at) const
  {
    thorax::trainer<cpu> trained = tiny_trainer(cpu{threads});
    std::optional<thorax::checkpoint> from;
    if (has_checkpoint()) from.emplace(options_.checkpoint, options_.fingerprint);
    const thorax::film_epochs epochs{source_, 2, 7, thorax::augmentation{}, 2};
    const auto open = [&](int epoch, int skipped) {
      at("open");
      return epochs(epoch, skipped);
    };
    const auto validate = [&](const thorax::trainer<cpu>& now) {
      at("validation");
      if (has_rules_) return scripted(now);
      return validate_on(now.snapshot({}, cpu{threads}), source_, 4);
    };
    const training_state state = fit(trained, options_, open, validate, told<At>{at}, from);
    const auto copied = [](std::span<const float> all) { return std::vector<float>(all.begin(), all.end()); };
    return {state, copied(trained.parameters()), copied(trained.first_moments()), copied(trained.second_moments()),
            trained.steps(), trained.adam_steps()};
  }
  outcome finish(int threads = 1) const
  {
    return finish(threads, [](const char*) {});
  }

  [[nodiscard]] bool has_checkpoint() const { return std::filesystem::exists(options_.checkpoint); }
  [[nodiscard]] const std::filesystem::path& checkpoint() const { return options_.checkpoint; }
  void forget() const
  {
    std::filesystem::remove(options_.checkpoint);
    std::filesystem::remove(thorax::previous_of(options_.checkpoint));
  }

private:
  small_dataset films_{5};
  thorax::film_source source_;
  bool has_rules_;
  thorax::fit_options options_;
};

constexpr double every_batch = 0;
constexpr double epochs_only = 1e9;

}  // namespace

TEST_CASE("a run that is killed at any moment and goes on ends with the same numbers, bit for bit", "[train]")
{
  for (const double seconds : {every_batch, epochs_only}) {
    const run training{seconds};
    std::vector<std::string> moments;
    const outcome expected = training.finish(1, [&](const char* moment) { moments.emplace_back(moment); });
    REQUIRE(expected.state.history.size() == 3);
    REQUIRE(moments.size() == 3 * (1 + 3 + 1 + 1));
    CHECK(std::set<std::string>(moments.begin(), moments.end()).size() == 4);
    CHECK(expected.steps == 9);
    CHECK(expected.adam_steps == 6);

    std::set<bool> had_checkpoint;
    for (std::size_t last = 0; last < moments.size(); ++last) {
      INFO("killed at moment " << last << ", " << moments[last] << ", with checkpoints every " << seconds << " s");
      training.forget();
      child_process child{[&] {
        std::size_t passed = 0;
        training.finish(1, [&](const char*) {
          if (passed++ == last) ::raise(SIGKILL);
        });
      }};
      REQUIRE(child.wait() == -SIGKILL);
      had_checkpoint.insert(training.has_checkpoint());
      check_same(training.finish(), expected);
    }
    CHECK(had_checkpoint.size() == 2);
  }
}

TEST_CASE("a run that is killed again and again, whatever it does at the time, ends with the same numbers", "[train]")
{
  const run training{every_batch};
  const outcome expected = training.finish();
  training.forget();
  int kills = 0;
  bool is_finished = false;
  for (int round = 0; !is_finished; ++round) {
    child_process child{[&] { training.finish(); }};
    if (round < 40) {
      std::this_thread::sleep_for(std::chrono::microseconds{3000 + 977 * round});
      child.kill();
      ++kills;
    }
    else is_finished = child.wait() == 0;
  }
  CHECK(kills == 40);
  check_same(training.finish(), expected);
}

TEST_CASE("two threads train as one does, bit for bit, also when one goes on for two", "[train]")
{
  const run training{every_batch};
  const outcome alone = training.finish(1);
  training.forget();
  check_same(training.finish(2), alone);
  training.forget();
  child_process child{[&] {
    int passed = 0;
    training.finish(2, [&](const char*) {
      if (++passed == 9) ::raise(SIGKILL);
    });
  }};
  REQUIRE(child.wait() == -SIGKILL);
  REQUIRE(training.has_checkpoint());
  check_same(training.finish(1), alone);
}

TEST_CASE("a run that is over goes on to nothing and keeps its weights", "[train]")
{
  const run training{epochs_only};
  const outcome expected = training.finish();
  int called = 0;
  check_same(training.finish(1, [&](const char*) { ++called; }), expected);
  CHECK(called == 0);
}

TEST_CASE("a run with all rules that is killed at any moment ends with the same numbers", "[train]")
{
  for (const double seconds : {every_batch, epochs_only}) {
    const run training{seconds, true};
    std::vector<std::string> moments;
    const outcome expected = training.finish(1, [&](const char* moment) { moments.emplace_back(moment); });
    REQUIRE(expected.state.history.size() == 5);
    CHECK(expected.state.history[2].learning_rate == 5e-4);
    CHECK(expected.state.best.accuracy == .9);
    CHECK(!same_bits(expected.state.best_parameters, expected.parameters));

    for (std::size_t last = 0; last < moments.size(); ++last) {
      INFO("killed at moment " << last << ", " << moments[last] << ", with checkpoints every " << seconds << " s");
      training.forget();
      child_process child{[&] {
        std::size_t passed = 0;
        training.finish(1, [&](const char*) {
          if (passed++ == last) ::raise(SIGKILL);
        });
      }};
      REQUIRE(child.wait() == -SIGKILL);
      check_same(training.finish(), expected);
    }
  }
}

TEST_CASE("a run whose newest checkpoint is damaged goes on from the one before and ends the same", "[train]")
{
  const run training{every_batch, true};
  std::size_t moments = 0;
  const outcome expected = training.finish(1, [&](const char*) { ++moments; });
  int mended = 0;
  for (std::size_t last = 0; last < moments; last += 2) {
    training.forget();
    child_process child{[&] {
      std::size_t passed = 0;
      training.finish(1, [&](const char*) {
        if (passed++ == last) ::raise(SIGKILL);
      });
    }};
    REQUIRE(child.wait() == -SIGKILL);
    if (!std::filesystem::exists(thorax::previous_of(training.checkpoint()))) continue;
    std::string bytes = thorax::read_file(training.checkpoint());
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    thorax::write_file(training.checkpoint(), bytes);
    INFO("killed at moment " << last << " of " << moments << ", then damaged");
    CHECK(thorax::mend_checkpoint(training.checkpoint()).find("damaged") != std::string::npos);
    check_same(training.finish(), expected);
    ++mended;
  }
  CHECK(mended >= 10);
}
