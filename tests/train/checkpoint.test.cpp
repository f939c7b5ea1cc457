// SPDX-License-Identifier: MIT

#include <thorax/train/checkpoint.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/base/file.hpp>
#include <thorax/model/initial_weights.hpp>
#include <thorax/model/write_model.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/refuses.hpp"
#include "support/temporary_folder.hpp"
#include "support/toy_training.hpp"

#include <sys/resource.h>  // setrlimit
#include <sys/stat.h>      // chmod
#include <unistd.h>        // geteuid, setuid

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace thorax::tests;
using thorax::checkpoint;
using thorax::cpu;
using thorax::error_code;
using thorax::trainer;
using thorax::training_state;

namespace {

/// A few dozen parameters, so that every byte of a checkpoint can be tried.
template<int Size>
struct smallest_network : thorax::network<thorax::input<1, Size, Size>, thorax::global_average_pool,
                                          thorax::named<"norm", thorax::batch_norm>,
                                          thorax::named<"classifier", thorax::linear<2>>, thorax::softmax> {};

template<class Network>
trainer<cpu> trainer_of()
{
  const auto network = thorax::blueprint_of<Network>();
  std::vector<float> numbers(network->written.parameter_floats);
  fill_initial(view_of(network->written), 3, numbers);
  return trainer<cpu>{network, std::move(numbers), 1e-5, cpu{1}, 3};
}

/// Two steps on films of one channel.
void train(trainer<cpu>& trained, double rate = 1e-3)
{
  const thorax::extents in = trained.network().written.input.shape;
  std::vector<float> pixels(2 * in.size());
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<float>(i % 7) - 2.5F;
  const std::vector<int> findings{0, 1};
  const std::vector<float> alike{1, 1};
  const auto films = thorax::view<const float>::packed(pixels.data(), 2, in);
  for (int i = 0; i < 2; ++i) trained.step(films, findings, alike, {.learning_rate = rate});
}

training_state some_state(const trainer<cpu>& trained)
{
  training_state state{.phase = 1, .epoch = 2, .batches = 3, .loss_sum = 0.1 + 0.2, .correct = 4, .films = 6,
                       .best = {1.0 / 3, 2.0 / 3}, .best_parameters = {}, .phase_best_parameters = {},
                       .averaged_parameters = {}, .history = {}};
  state.best_parameters.assign(trained.parameters().begin(), trained.parameters().end());
  state.phase_best_parameters = state.averaged_parameters = state.best_parameters;
  state.best_parameters.front() = -7;
  state.phase_best_parameters.front() = -8;
  state.averaged_parameters.front() = -9;
  state.history = {{1, 1, 1e-4, 1.1, 0.5, 0.1 + 0.7, 1.0 / 7, 12.5}, {2, 1, 1e-5, 0.3, 0.25, 0.125, 1, 1e-9}};
  return state;
}

/// A checkpoint in a folder of its own, written after two steps.
struct written_checkpoint {
  written_checkpoint()
  {
    trained.begin_phase({});
    train(trained);
    write_checkpoint(path, some_state(trained), trained, "one");
  }
  temporary_folder folder;
  std::filesystem::path path{folder / "checkpoint"};
  trainer<cpu> trained = trainer_of<smallest_network<3>>();
};

std::ptrdiff_t entries(const std::filesystem::path& folder)
{
  return std::distance(std::filesystem::directory_iterator{folder}, std::filesystem::directory_iterator{});
}

/// Lets no file of this process grow above so many bytes while it lives: a disk that is full.
class full_disk {
public:
  explicit full_disk(std::size_t bytes) : signal_{std::signal(SIGXFSZ, SIG_IGN)}
  {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const ::rlimit narrow{static_cast<rlim_t>(bytes), before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &narrow);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;
  ~full_disk()
  {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }

private:
  ::rlimit before_{};
  void (*signal_)(int);
};

}  // namespace

TEST_CASE("a checkpoint reads back as it was written, bit for bit", "[train]")
{
  written_checkpoint some;
  const checkpoint read{some.path, "one"};
  const training_state expected = some_state(some.trained);
  CHECK(read.state().phase == 1);
  CHECK(read.state().epoch == 2);
  CHECK(read.state().batches == 3);
  CHECK(read.state().loss_sum == 0.1 + 0.2);
  CHECK(read.state().correct == 4);
  CHECK(read.state().films == 6);
  CHECK(read.state().best == expected.best);
  CHECK(same_bits(read.state().best_parameters, expected.best_parameters));
  CHECK(same_bits(read.state().phase_best_parameters, expected.phase_best_parameters));
  CHECK(same_bits(read.state().averaged_parameters, expected.averaged_parameters));
  CHECK(read.state().history == expected.history);

  trainer<cpu> again = trainer_of<smallest_network<3>>();
  again.begin_phase({});
  CHECK(!same_bits(again.parameters(), some.trained.parameters()));
  read.restore(again);
  CHECK(same_bits(again.parameters(), some.trained.parameters()));
  CHECK(same_bits(again.first_moments(), some.trained.first_moments()));
  CHECK(same_bits(again.second_moments(), some.trained.second_moments()));
  CHECK(again.steps() == 2);
  CHECK(again.adam_steps() == 2);
  train(again);
  train(some.trained);
  CHECK(same_bits(again.parameters(), some.trained.parameters()));
}

TEST_CASE("a checkpoint from before the first validation has no best weights", "[train]")
{
  written_checkpoint some;
  write_checkpoint(some.path, {}, some.trained, "");
  const checkpoint read{some.path, ""};
  CHECK(read.state().best_parameters.empty());
  CHECK(read.state().phase_best_parameters.empty());
  CHECK(read.state().averaged_parameters.empty());
  CHECK(read.state().history.empty());
  trainer<cpu> again = trainer_of<smallest_network<3>>();
  again.begin_phase({});
  read.restore(again);
  CHECK(same_bits(again.parameters(), some.trained.parameters()));
}

TEST_CASE("a checkpoint of another run, network or phase is refused, and nothing is changed by it", "[train]")
{
  written_checkpoint some;
  CHECK(refuses(error_code::does_not_fit, "other films or options (one, this run is two); resume with the same ones, or begin again elsewhere",
                [&] { checkpoint{some.path, "two"}; }));

  const checkpoint read{some.path, "one"};
  trainer<cpu> wider = trainer_of<smallest_network<4>>();  // as many parameters, another input
  wider.begin_phase({});
  const std::vector<float> before{wider.parameters().begin(), wider.parameters().end()};
  REQUIRE(before.size() == some.trained.parameters().size());
  CHECK(refuses(error_code::does_not_fit, "expected", [&] { read.restore(wider); }));
  CHECK(same_bits(wider.parameters(), before));

  trainer<cpu> frozen = trainer_of<smallest_network<3>>();
  const auto& written = frozen.network().written;
  const auto at = static_cast<std::size_t>(find_parameter(view_of(written), "classifier.weight"));
  frozen.begin_phase({.boundary = written.parameters[at].position});
  const std::vector<float> start{frozen.parameters().begin(), frozen.parameters().end()};
  CHECK(refuses(error_code::does_not_fit, "first_moments", [&] { read.restore(frozen); }));
  CHECK(same_bits(frozen.parameters(), start));
  CHECK(frozen.steps() == 0);
}

TEST_CASE("what is no checkpoint is refused by name", "[train]")
{
  written_checkpoint some;
  const auto other = some.folder / "other";
  CHECK(refuses(error_code::file_unreadable, "other", [&] { checkpoint{other, "one"}; }));
  thorax::write_file(other, std::string{"not a checkpoint at all"});
  CHECK(refuses(error_code::format_refused, "other", [&] { checkpoint{other, "one"}; }));
  const std::vector<float> numbers(4);
  const std::vector<thorax::named_tensor> tensors{{"parameters", {4}, numbers}};
  thorax::write_safetensors(other, tensors);
  CHECK(refuses(error_code::format_refused, "no checksum", [&] { checkpoint{other, "one"}; }));
  thorax::weights_metadata metadata;
  metadata.findings = {"A", "B"};
  write_model(other, some.trained.snapshot(metadata, cpu{1}));
  CHECK(refuses(error_code::format_refused, "thorax.checkpoint", [&] { checkpoint{other, "one"}; }));
  CHECK(refuses(error_code::format_refused, "none with a network's weights", [&] { thorax::weights_file{some.path}; }));

  thorax::metadata_texts texts = thorax::detail::texts_of(training_state{}, "one");
  for (const std::string version : {"1", "3"}) {
    texts["thorax.checkpoint"] = version;
    thorax::write_file(other, thorax::encode_with_checksum(tensors, texts));
    CHECK(refuses(error_code::format_refused,
                  "expected version 2, found " + version + "; go on with the thorax that wrote it, or begin again",
                  [&] { checkpoint{other, "one"}; }));
  }
}

TEST_CASE("every flipped byte and every truncation of a checkpoint is refused with one sentence", "[train]")
{
  const written_checkpoint some;
  const std::string whole = thorax::read_file(some.path);
  const auto other = some.folder / "other";
  const auto is_refused = [&](const std::string& bytes) {
    std::filesystem::remove(other);
    std::ofstream{other, std::ios::binary} << bytes;  // thousands of times, so unlike write_file without a sync
    try {
      checkpoint{other, "one"};
    }
    catch (const thorax::error& failure) {
      const std::string sentence = failure.what();
      return sentence.find("other") != std::string::npos && sentence.find('\n') == std::string::npos;
    }
    return false;
  };
  REQUIRE(!is_refused(whole));
  REQUIRE(whole.size() < 4000);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
    INFO("byte " << i << " of " << whole.size());
    REQUIRE(is_refused(damaged));
    REQUIRE(is_refused(whole.substr(0, i)));
  }
  CHECK(is_refused(whole + '\0'));
}

TEST_CASE("a write that fails, however far it came, leaves the old checkpoint and nothing else", "[train]")
{
  written_checkpoint some;
  const std::string old = thorax::read_file(some.path);
  train(some.trained);
  const auto write = [&] { write_checkpoint(some.path, some_state(some.trained), some.trained, "one"); };
  for (const std::size_t room : {std::size_t{0}, std::size_t{1}, std::size_t{64}, old.size() / 2, old.size() - 1}) {
    INFO("room for " << room << " of " << old.size() << " bytes");
    bool refused = false;
    {
      const full_disk disk{room};
      refused = refuses(error_code::file_unwritable, "cannot write", write);
    }
    CHECK(refused);
    CHECK(thorax::read_file(some.path) == old);
    CHECK(entries(some.folder.path()) == 1);
  }
  write();
  CHECK(thorax::read_file(some.path) != old);
  CHECK(thorax::read_file(thorax::previous_of(some.path)) == old);
  CHECK(checkpoint{some.path, "one"}.state().phase == 1);
}

TEST_CASE("the checkpoint before takes the place of a damaged one, but of no other", "[train]")
{
  written_checkpoint some;
  const auto write = [&] { write_checkpoint(some.path, some_state(some.trained), some.trained, "one"); };
  const std::string first = thorax::read_file(some.path);
  train(some.trained);
  write();
  const std::string second = thorax::read_file(some.path);
  const auto previous = thorax::previous_of(some.path);
  CHECK(thorax::mend_checkpoint(some.path).empty());
  CHECK(thorax::read_file(some.path) == second);

  std::string flipped = second;
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 4);
  for (const std::string& damaged : {flipped, second.substr(0, 100), std::string{}}) {
    thorax::write_file(some.path, damaged);
    thorax::write_file(previous, first);
    CHECK(thorax::mend_checkpoint(some.path).find(some.path.string()) != std::string::npos);
    CHECK(thorax::read_file(some.path) == first);
    CHECK_FALSE(std::filesystem::exists(previous));  // or a damaged one could later take the place of a whole one
  }

  // Whoever removes a checkpoint wants none. Two damaged ones stay as they are, and so does one of another run.
  std::filesystem::rename(some.path, previous);
  CHECK(thorax::mend_checkpoint(some.path).empty());
  CHECK_FALSE(std::filesystem::exists(some.path));
  std::filesystem::remove(previous);
  thorax::write_file(some.path, flipped);
  CHECK(thorax::mend_checkpoint(some.path).empty());
  thorax::write_file(previous, flipped);
  CHECK(thorax::mend_checkpoint(some.path).empty());
  CHECK(thorax::read_file(some.path) == flipped);
  thorax::write_file(previous, first);
  write_checkpoint(some.path, some_state(some.trained), some.trained, "two");
  CHECK(thorax::mend_checkpoint(some.path).empty());
  CHECK(refuses(error_code::does_not_fit, "other films or options", [&] { checkpoint{some.path, "one"}; }));
}

TEST_CASE("a folder that may not be written keeps its checkpoint", "[train]")
{
  written_checkpoint some;
  const std::string old = thorax::read_file(some.path);
  REQUIRE(::chmod(some.folder.path().c_str(), 0555) == 0);
  // Root may write anywhere, so the child becomes somebody else first.
  child_process child{[&] {
    constexpr uid_t nobody = 65534;
    if (::geteuid() == 0 && ::setuid(nobody) != 0) ::_exit(3);
    try {
      write_checkpoint(some.path, some_state(some.trained), some.trained, "one");
    }
    catch (const thorax::error& failure) {
      ::_exit(failure.code() == error_code::file_unwritable ? 7 : 8);
    }
  }};
  CHECK(child.wait() == 7);
  REQUIRE(::chmod(some.folder.path().c_str(), 0755) == 0);
  CHECK(thorax::read_file(some.path) == old);
  CHECK(entries(some.folder.path()) == 1);
}

TEST_CASE("numbers that are not finite never replace a checkpoint", "[train]")
{
  written_checkpoint some;
  const std::string old = thorax::read_file(some.path);
  const float none = std::numeric_limits<float>::quiet_NaN();
  const float infinite = std::numeric_limits<float>::infinity();
  const auto refused = [&](const std::string& words, const training_state& state) {
    return refuses(error_code::number_not_finite, words,
                   [&] { write_checkpoint(some.path, state, some.trained, "one"); });
  };
  const training_state good = some_state(some.trained);
  for (auto& [words, number] : std::vector<std::pair<std::string, float*>>{
         {"among the parameters", &some.trained.parameters()[1]},
         {"among the first_moments", &some.trained.first_moments()[2]},
         {"among the second_moments", &some.trained.second_moments()[0]}}) {
    const float kept = std::exchange(*number, none);
    CHECK(refused(words, good));
    *number = infinite;
    CHECK(refused(words, good));
    *number = kept;
  }
  training_state bad = good;
  bad.loss_sum = std::numeric_limits<double>::quiet_NaN();
  CHECK(refused("", bad));
  CHECK(thorax::read_file(some.path) == old);
}

TEST_CASE("whenever a process that writes checkpoints is killed, a whole one is there", "[train]")
{
  written_checkpoint some;
  for (int round = 0; round < 20; ++round) {
    child_process child{[&] {
      for (;;) {
        train(some.trained);
        write_checkpoint(some.path, some_state(some.trained), some.trained, "one");
      }
    }};
    std::this_thread::sleep_for(std::chrono::microseconds{1000 + 511 * round});
    child.kill();
    trainer<cpu> again = trainer_of<smallest_network<3>>();
    again.begin_phase({});
    checkpoint{some.path, "one"}.restore(again);
    CHECK(again.steps() == static_cast<std::uint64_t>(again.adam_steps()));
    CHECK(again.steps() >= 2);
    CHECK(again.steps() % 2 == 0);
  }
}
