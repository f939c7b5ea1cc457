// SPDX-License-Identifier: MIT

#include <thorax/train/fit.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/tensor/distance.hpp>

#include "support/catch.hpp"
#include "support/network_in_double.hpp"
#include "support/reference_series.hpp"
#include "support/refuses.hpp"
#include "support/temporary_folder.hpp"
#include "support/toy_training.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace thorax::tests;
using thorax::best_by;
using thorax::cpu;
using thorax::epoch_news;
using thorax::epoch_record;
using thorax::error_code;
using thorax::fit_options;
using thorax::fit_progress;
using thorax::labeled_batch;
using thorax::reference;
using thorax::trainer;
using thorax::training_state;
using thorax::validation;

namespace {

struct nobody {
  void operator()(const fit_progress&) const {}
  void operator()(const epoch_record&, const epoch_news&) const {}
};

/// Measurements that a test has thought of, one an epoch.
class scripted {
public:
  explicit scripted(std::vector<validation> script) : script_{std::move(script)} {}

  template<class Trained>
  validation operator()(const Trained& now)
  {
    seen.emplace_back(now.parameters().begin(), now.parameters().end());
    return script_.at(seen.size() - 1);
  }

  std::vector<std::vector<float>> seen;  ///< the parameters at each call

private:
  std::vector<validation> script_;
};

validation improving(const trainer<cpu>& now) { return {1.0 / static_cast<double>(1 + now.steps()), 0}; }

std::vector<float> copied(std::span<const float> numbers) { return {numbers.begin(), numbers.end()}; }

std::size_t offset_of(const trainer<cpu>& trained, const std::string& weight)
{
  const auto written = view_of(trained.network().written);
  return written.parameters[static_cast<std::size_t>(find_parameter(written, weight))].offset;
}

}  // namespace

TEST_CASE("what can be learned is learned: the loss falls and unseen films are told apart", "[train]")
{
  const labeled_batch unseen = toy_films(9, 12);
  const toy_epochs films{toy_films(1, 24), 6};
  trainer<cpu> trained = tiny_trainer(cpu{1});
  const auto validate = [&](const trainer<cpu>& now) {
    return judged(now.snapshot({}, cpu{1})(unseen.pixels), unseen.findings);
  };
  const fit_options options{
    .phases = {{.trains = "everything", .epochs = 6, .learning_rate = 1e-3, .batch_statistics = false}}};
  const training_state state = fit(trained, options, films, validate, nobody{});
  REQUIRE(state.history.size() == 6);
  const epoch_record& first = state.history.front();
  const epoch_record& last = state.history.back();
  INFO("loss " << first.loss << " to " << last.loss << ", validated " << first.validation_loss << " to "
               << last.validation_loss);
  CHECK(last.loss < 0.6 * first.loss);
  CHECK(last.accuracy > 0.6);
  CHECK(last.validation_loss < 0.6 * first.validation_loss);
  CHECK(last.validation_accuracy == 1);
}

TEST_CASE("an epoch with batch statistics lessens the training loss too", "[train]")
{
  const toy_epochs films{toy_films(1, 24), 6};
  trainer<cpu> trained = tiny_trainer(cpu{1});
  const fit_options options{.phases = {{.epochs = 5, .learning_rate = 1e-3}}};
  const training_state state = fit(trained, options, films, improving, nobody{});
  CHECK(state.history.back().loss < 0.7 * state.history.front().loss);
}

TEST_CASE("a step weighs and smooths the loss as the definition says, and moves weights as Adam does", "[train]")
{
  const std::vector<float> class_weights{2, 0.5F, 1.25F};
  const toy_epochs films{toy_films(2, 5), 5};
  const labeled_batch batch_of_all = *films(0, 0).next();
  trainer<cpu> trained = tiny_trainer(cpu{1});
  const std::vector<float> before = copied(trained.parameters());
  const fit_options options{.phases = {{.epochs = 1, .learning_rate = 1e-3}}, .class_weights = class_weights,
                            .label_smoothing = 0.1F};
  const training_state state = fit(trained, options, films, improving, nobody{});

  // The loss, by every op as written, in double.
  std::vector<float> weights;
  for (const int finding : batch_of_all.findings) weights.push_back(class_weights[static_cast<std::size_t>(finding)]);
  network_in_double exact{trained.network().written, before};
  const thorax::random_stream lots = thorax::random_stream{5} / 0;
  exact.batch_from = exact.drop_from = 0;
  exact.lots = &lots;
  exact.run({batch_of_all.pixels.data(), batch_of_all.pixels.size()}, 5);
  REQUIRE(state.history.size() == 1);
  CHECK(std::abs(state.history[0].loss - exact.loss(batch_of_all.findings, weights, 0.1F)) < 1e-5);
  CHECK(std::abs(state.history[0].loss - exact.loss(batch_of_all.findings, weights)) > 1e-4);
  const std::vector<float> alike(5, 1.0F);
  CHECK(std::abs(state.history[0].loss - exact.loss(batch_of_all.findings, alike, 0.1F)) > 1e-4);

  // Adam's first step: m = 0.1 g, v = 0.001 g², rate = learning rate · sqrt(0.001) / 0.1.
  trainer<cpu> twin = tiny_trainer(cpu{1});
  twin.begin_phase({});
  twin.gradients(thorax::view_of(batch_of_all.pixels), batch_of_all.findings, weights, 0.1F);
  const std::span<const float> gradient = twin.gradient();
  double farthest = 0;
  double longest = 0;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const double g = double{gradient[i]};
    const double moved = 1e-3 * std::sqrt(1e-3) / 0.1 * 0.1 * g / (std::sqrt(1e-3 * g * g) + 1e-7);
    const double start = double{twin.parameters()[twin.first_trained() + i]};  // running statistics have moved
    farthest = std::max(farthest, std::abs(start - moved - double{trained.trained()[i]}));
    longest = std::max(longest, std::abs(moved));
  }
  CHECK(longest > 0.9e-3);
  CHECK(farthest < 1e-6);
}

TEST_CASE("the learning rate falls along half a cosine over all batches of a phase", "[train]")
{
  const double pi = std::acos(-1.0);
  const toy_epochs films{toy_films(3, 6), 2};
  trainer<cpu> trained = tiny_trainer(cpu{1});
  const fit_options options{.phases = {{.epochs = 2, .learning_rate = 4e-3, .cosine = true}}};
  const training_state state = fit(trained, options, films, improving, nobody{});
  REQUIRE(state.history.size() == 2);
  CHECK(std::abs(state.history[0].learning_rate - 2e-3 * (1 + std::cos(pi * 2 / 6))) < 1e-15);
  CHECK(std::abs(state.history[1].learning_rate - 2e-3 * (1 + std::cos(pi * 5 / 6))) < 1e-15);

  trainer<cpu> twin = tiny_trainer(cpu{1});
  twin.begin_phase({});
  int step = 0;
  for (int epoch = 0; epoch < 2; ++epoch) {
    toy_epoch batches = films(epoch, 0);
    while (const labeled_batch* next = batches.next()) {
      const std::vector<float> alike(next->findings.size(), 1.0F);
      const double rate = 2e-3 * (1 + std::cos(pi * step++ / 6));
      twin.step(thorax::view_of(next->pixels), next->findings, alike, {.learning_rate = rate});
    }
  }
  const thorax::distance apart = thorax::distance_between<float, float>(twin.parameters(), trained.parameters());
  CHECK(step == 6);
  CHECK(apart.absolute < 1e-6);
}

TEST_CASE("an epoch's record holds means over its films, the short last batch counted as what it is", "[train]")
{
  const toy_epochs films{toy_films(4, 5), 2};
  trainer<cpu> trained = tiny_trainer(cpu{1});
  const fit_options options{.phases = {{.epochs = 1, .learning_rate = 1e-3}}};
  std::vector<fit_progress> watched;
  struct watcher {
    std::vector<fit_progress>& watched;
    void operator()(const fit_progress& now) const { watched.push_back(now); }
    void operator()(const epoch_record&, const epoch_news&) const {}
  };
  const training_state state = fit(trained, options, films, improving, watcher{watched});

  trainer<cpu> twin = tiny_trainer(cpu{1});
  twin.begin_phase({});
  toy_epoch batches = films(0, 0);
  double sum = 0;
  int correct = 0;
  int seen = 0;
  while (const labeled_batch* next = batches.next()) {
    const std::vector<float> alike(next->findings.size(), 1.0F);
    const thorax::step_report report =
      twin.step(thorax::view_of(next->pixels), next->findings, alike, {.learning_rate = 1e-3});
    sum += report.loss * static_cast<double>(next->findings.size());
    correct += report.correct;
    seen += static_cast<int>(next->findings.size());
    const auto at = static_cast<std::size_t>((seen + 1) / 2 - 1);
    REQUIRE(watched.size() > at);
    CHECK(watched[at].batches == static_cast<int>(at) + 1);
    CHECK(watched[at].phase == 1);
    CHECK(watched[at].epoch == 1);
    CHECK(std::abs(watched[at].loss - sum / seen) < 1e-12);
  }
  REQUIRE(seen == 5);
  CHECK(watched.size() == 3);
  CHECK(std::abs(state.history[0].loss - sum / 5) < 1e-12);
  CHECK(state.history[0].accuracy == correct / 5.0);
  CHECK(state.history[0].learning_rate == 1e-3);
  CHECK(same_bits(twin.parameters(), trained.parameters()));
}

TEST_CASE("phases and epochs count from one wherever somebody sees them", "[train]")
{
  const toy_epochs films{toy_films(5, 4), 4};
  trainer<cpu> trained = tiny_trainer(cpu{1});
  const fit_options options{.phases = {{.epochs = 2, .learning_rate = 1e-3}, {.epochs = 1, .learning_rate = 1e-3}}};
  using places = std::vector<std::pair<int, int>>;
  struct watcher {
    places& batches;
    places& epochs;
    void operator()(const fit_progress& now) const { batches.emplace_back(now.phase, now.epoch); }
    void operator()(const epoch_record& done, const epoch_news&) const { epochs.emplace_back(done.phase, done.epoch); }
  };
  places batches, epochs;
  const training_state state = fit(trained, options, films, improving, watcher{batches, epochs});
  const places expected{{1, 1}, {1, 2}, {2, 1}};
  CHECK(batches == expected);
  CHECK(epochs == expected);
  REQUIRE(state.history.size() == 3);
  CHECK(state.history.back().phase == 2);
}

TEST_CASE("each phase ends with the best weights so far, and the next one begins with them", "[train]")
{
  const toy_epochs films{toy_films(5, 4), 2};
  const fit_options options{.phases = {{.epochs = 3, .learning_rate = 1e-3}, {.epochs = 3, .learning_rate = 1e-3}}};
  const auto best_of = [&](const std::vector<double>& accuracies, bool by_loss = false) {
    std::vector<validation> script;
    for (const double accuracy : accuracies) script.push_back({1 - accuracy, by_loss ? 0 : accuracy});
    scripted validate{script};
    trainer<cpu> trained = tiny_trainer(cpu{1});
    std::vector<std::vector<float>> begins;
    const auto open = [&](int epoch, int skipped) {
      begins.push_back(copied(trained.parameters()));
      return films(epoch, skipped);
    };
    fit_options chosen = options;
    chosen.best = by_loss ? best_by::loss : best_by::accuracy_then_loss;
    const training_state state = fit(trained, chosen, open, validate, nobody{});
    CHECK(same_bits(state.best_parameters, trained.parameters()));
    REQUIRE(begins.size() == 6);
    for (const std::size_t i : {std::size_t{1}, std::size_t{2}, std::size_t{4}, std::size_t{5}})
      CHECK(same_bits(begins[i], validate.seen[i - 1]));  // within a phase nothing is put back
    std::size_t second_begins = 6, ends = 6;
    for (std::size_t i = 0; i < 6; ++i) {
      if (i < 3 && same_bits(begins[3], validate.seen[i])) second_begins = i;
      if (same_bits(trained.parameters(), validate.seen[i])) ends = i;
    }
    return std::vector<std::size_t>{second_begins, ends};
  };
  CHECK(best_of({.5, .9, .7, .8, .95, .6}) == std::vector<std::size_t>{1, 4});
  CHECK(best_of({.5, .9, .7, .8, .85, .6}) == std::vector<std::size_t>{1, 1});
  CHECK(best_of({.9, .9, .9, .9, .9, .9}) == std::vector<std::size_t>{0, 0});
  CHECK(best_of({.1, .2, .3, .4, .5, .6}, true) == std::vector<std::size_t>{2, 5});
  CHECK(best_of({.1, .5, .3, .4, .2, .4}, true) == std::vector<std::size_t>{1, 1});
}

TEST_CASE("best is the highest accuracy, then the lowest loss, however large the losses are", "[train]")
{
  const toy_epochs films{toy_films(5, 2), 2};
  const auto best_of = [&](const std::vector<validation>& script, best_by rule) {
    scripted validate{script};
    trainer<cpu> trained = tiny_trainer(cpu{1});
    std::vector<bool> told;
    struct watcher {
      std::vector<bool>& told;
      void operator()(const fit_progress&) const {}
      void operator()(const epoch_record&, const epoch_news& news) const { told.push_back(news.is_best); }
    };
    const fit_options options{.phases = {{.epochs = static_cast<int>(script.size()), .learning_rate = 1e-3}},
                              .best = rule};
    const training_state state = fit(trained, options, films, validate, watcher{told});
    std::size_t last_told = 9;
    for (std::size_t i = 0; i < told.size(); ++i)
      if (told[i]) last_told = i;
    REQUIRE(last_told < script.size());
    CHECK(state.best == script[last_told]);
    CHECK(same_bits(trained.parameters(), validate.seen[last_told]));
    return last_told;
  };
  CHECK(best_of({{2, .5}, {1, .5}, {1.5, .5}}, best_by::accuracy_then_loss) == 1);
  CHECK(best_of({{2, .5}, {5e6, .50001}, {1, .5}}, best_by::accuracy_then_loss) == 1);
  CHECK(best_of({{2, .5}, {1, .5}, {1.5, .5}}, best_by::accuracy) == 0);
  CHECK(best_of({{2, .5}, {5e6, .6}, {1, .4}}, best_by::loss) == 2);
  CHECK(best_of({{0.5, .0}, {0.5, .9}}, best_by::loss) == 0);
}

TEST_CASE("the reference's losses lower rates, stop phases and put back weights as Keras reported", "[train]")
{
  const toy_epochs films{toy_films(5, 2), 2};
  const thorax::reduce_on_plateau plateau{.factor = .3, .patience = 3, .min_rate = 1e-7};
  const thorax::early_stopping stop{.patience = 6};
  const fit_options options{
    .phases = {{.trains = "classifier", .epochs = 30, .learning_rate = 1e-4, .plateau = plateau, .stop = stop},
               {.epochs = 20, .learning_rate = 1e-5, .plateau = plateau, .stop = stop}},
    .best = best_by::accuracy};
  std::vector<validation> script = reference_phase_1;
  script.insert(script.end(), reference_phase_2.begin(), reference_phase_2.end());
  scripted validate{script};
  trainer<cpu> trained = tiny_trainer(cpu{1});
  std::vector<int> opened;
  std::vector<std::vector<float>> begins;
  const auto open = [&](int epoch, int skipped) {
    opened.push_back(epoch);
    begins.push_back(copied(trained.parameters()));
    return films(epoch, skipped);
  };
  std::vector<epoch_news> told;
  struct watcher {
    std::vector<epoch_news>& told;
    void operator()(const fit_progress&) const {}
    void operator()(const epoch_record&, const epoch_news& news) const { told.push_back(news); }
  };
  const training_state state = fit(trained, options, open, validate, watcher{told});

  REQUIRE(state.history.size() == 12 + 7);
  REQUIRE(told.size() == 19);
  const std::vector<double> expected_rates{1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 3e-5,
                                           3e-5, 3e-5, 1e-5, 1e-5, 1e-5, 1e-5, 3e-6, 3e-6, 3e-6};
  std::vector<int> best, kept, lowered, stopped;
  for (int i = 0; i < 19; ++i) {
    const auto at = static_cast<std::size_t>(i);
    CHECK(std::abs(state.history[at].learning_rate - expected_rates[at]) < 1e-12);
    if (told[at].is_best) best.push_back(i + 1);
    if (told[at].is_kept) kept.push_back(i + 1);
    if (told[at].new_rate) lowered.push_back(i + 1);
    if (told[at].stops) stopped.push_back(i + 1);
  }
  CHECK(best == std::vector<int>{1, 2, 4, 6, 9});
  CHECK(kept == std::vector<int>{1, 2, 4, 6, 13});
  CHECK(lowered == std::vector<int>{9, 12, 16, 19});
  CHECK(stopped == std::vector<int>{12, 19});
  CHECK(std::abs(told[11].new_rate.value_or(0) - 9e-6) < 1e-15);
  CHECK(std::abs(told[18].new_rate.value_or(0) - 9e-7) < 1e-15);
  CHECK(same_bits(begins[12], validate.seen[5]));             // the second phase begins with epoch 6 of the first,
  CHECK(same_bits(trained.parameters(), validate.seen[12]));  // and ends with its own first epoch;
  CHECK(same_bits(state.best_parameters, validate.seen[8]));  // the checkpoint's best is neither
  CHECK(state.best == reference_phase_1[8]);
  CHECK(opened[12] == 30);  // films of the second phase come in the order that they have without an early stop
  CHECK(is_over(state, options.phases));
}

TEST_CASE("a phase that may stop puts its own best weights back, also when it runs to its last epoch", "[train]")
{
  const toy_epochs films{toy_films(5, 2), 2};
  scripted validate{{{1, .1}, {.5, .2}, {.7, .9}, {2, .3}, {3, .4}}};
  trainer<cpu> trained = tiny_trainer(cpu{1});
  const thorax::early_stopping stop{.patience = 5};
  const fit_options options{.phases = {{.epochs = 3, .learning_rate = 1e-3, .stop = stop},
                                       {.epochs = 2, .learning_rate = 1e-3, .stop = stop}}};
  const training_state state = fit(trained, options, films, validate, nobody{});
  REQUIRE(validate.seen.size() == 5);
  CHECK(same_bits(trained.parameters(), validate.seen[3]));
  CHECK(same_bits(state.best_parameters, validate.seen[2]));

  // Without the rule in the last phase, that one ends with the best of all.
  scripted again{{{1, .1}, {.5, .2}, {.7, .9}, {2, .3}, {3, .4}}};
  fit_options mixed = options;
  mixed.phases[1].stop.reset();
  trainer<cpu> other = tiny_trainer(cpu{1});
  fit(other, mixed, films, again, nobody{});
  CHECK(same_bits(other.parameters(), again.seen[2]));
}

TEST_CASE("a warm-up raises the rate batch by batch, and a cosine begins behind it", "[train]")
{
  const double pi = std::acos(-1.0);
  const toy_epochs films{toy_films(3, 6), 2};
  const auto rates_of = [&](const thorax::training_phase& phase) {
    trainer<cpu> trained = tiny_trainer(cpu{1});
    const training_state state = fit(trained, {.phases = {phase}}, films, improving, nobody{});
    std::vector<double> rates;
    for (const epoch_record& each : state.history) rates.push_back(each.learning_rate);
    return rates;
  };
  const auto constant = rates_of({.epochs = 3, .learning_rate = 4e-3, .warmup_epochs = 2});
  REQUIRE(constant.size() == 3);
  CHECK(std::abs(constant[0] - 4e-3 / 2) < 1e-15);  // each epoch's last batch
  CHECK(std::abs(constant[1] - 4e-3) < 1e-15);
  CHECK(constant[2] == 4e-3);
  const auto falling = rates_of({.epochs = 3, .learning_rate = 4e-3, .cosine = true, .warmup_epochs = 1});
  CHECK(std::abs(falling[0] - 4e-3) < 1e-15);
  CHECK(std::abs(falling[1] - 2e-3 * (1 + std::cos(pi * 2 / 6))) < 1e-15);
  CHECK(std::abs(falling[2] - 2e-3 * (1 + std::cos(pi * 5 / 6))) < 1e-15);
}

TEST_CASE("with an average, what is validated, shown and kept are the averaged weights", "[train]")
{
  const toy_epochs films{toy_films(3, 6), 2};
  const thorax::training_phase phase{.trains = "features.denseblock4", .epochs = 2, .learning_rate = 1e-3};
  scripted validate{{{1, 0}, {.5, 0}}};
  trainer<cpu> trained = tiny_trainer(cpu{1});
  std::vector<std::vector<float>> shown;
  struct watcher {
    trainer<cpu>& trained;
    std::vector<std::vector<float>>& shown;
    void operator()(const fit_progress&) const {}
    void operator()(const epoch_record&, const epoch_news&) const { shown.push_back(copied(trained.parameters())); }
  };
  fit(trained, {.phases = {phase}, .average = .5}, films, validate, watcher{trained, shown});

  // The same steps, followed by hand: the weights that train are not touched by the average.
  trainer<cpu> twin = tiny_trainer(cpu{1});
  twin.begin_phase({.boundary = freeze_boundary(view_of(twin.network().written), phase.trains)});
  std::vector<double> average(twin.parameters().begin(), twin.parameters().end());
  int steps = 0;
  for (int epoch = 0; epoch < 2; ++epoch) {
    toy_epoch batches = films(epoch, 0);
    while (const labeled_batch* next = batches.next()) {
      const std::vector<float> alike(next->findings.size(), 1.0F);
      twin.step(thorax::view_of(next->pixels), next->findings, alike, {.learning_rate = 1e-3});
      const double share = std::min(.5, (1.0 + steps) / (10.0 + steps));
      for (std::size_t i = 0; i < average.size(); ++i)
        average[i] = share * average[i] + (1 - share) * double{twin.parameters()[i]};
      ++steps;
    }
    REQUIRE(validate.seen.size() == 2);
    const std::vector<float>& seen = validate.seen[static_cast<std::size_t>(epoch)];
    double farthest = 0;
    for (std::size_t i = 0; i < average.size(); ++i)
      farthest = std::max(farthest, std::abs(average[i] - double{seen[i]}));
    INFO("epoch " << epoch << ", farthest " << farthest);
    CHECK(farthest < 1e-6);
    CHECK(!same_bits(seen, twin.parameters()));
    CHECK(same_bits(seen, shown.at(static_cast<std::size_t>(epoch))));
  }
  CHECK(same_bits(trained.parameters(), validate.seen[1]));
}

TEST_CASE("what stands before the freeze boundary stays as it is, bit for bit, running statistics included", "[train]")
{
  const toy_epochs films{toy_films(6, 6), 3};
  for (const bool batch_statistics : {true, false}) {
    trainer<cpu> trained = tiny_trainer(cpu{1});
    const std::vector<float> start = copied(trained.parameters());
    const fit_options options{.phases = {{.trains = "classifier", .epochs = 1, .learning_rate = 1e-3,
                                          .batch_statistics = batch_statistics},
                                         {.trains = "features.denseblock4.denselayer2.conv2", .epochs = 1,
                                          .learning_rate = 1e-3, .batch_statistics = batch_statistics}}};
    scripted validate{{{1, 0}, {.5, 0}}};
    fit(trained, options, films, validate, nobody{});
    const std::size_t ends[] = {offset_of(trained, "classifier.norm.weight"),
                                offset_of(trained, "features.denseblock4.denselayer2.conv2.weight")};
    for (std::size_t phase = 0; phase < 2; ++phase) {
      const std::span<const float> was = phase == 0 ? start : validate.seen[0];
      const std::span<const float> is = validate.seen[phase];
      INFO("phase " << phase << ", batch statistics " << batch_statistics);
      CHECK(same_bits(is.first(ends[phase]), was.first(ends[phase])));
      for (const thorax::parameter& each : trained.network().written.parameters) {
        if (each.offset < ends[phase]) continue;
        const bool is_statistic = !is_trainable(each.kind);
        INFO(name_of(view_of(trained.network().written), each));
        CHECK(same_bits(is.subspan(each.offset, each.size()), was.subspan(each.offset, each.size())) ==
              (is_statistic && !batch_statistics));
      }
    }
  }
}

TEST_CASE("reference and cpu train alike from the same seed", "[train]")
{
  const toy_epochs films{toy_films(7, 12), 4};
  const std::vector<float> alike(4, 1.0F);
  trainer<reference> slow = tiny_trainer(reference{});
  trainer<cpu> quick = tiny_trainer(cpu{2});
  slow.begin_phase({});
  quick.begin_phase({});
  toy_epoch batches = films(0, 0);
  int steps = 0;
  while (const labeled_batch* next = batches.next()) {
    const double one = slow.step(thorax::view_of(next->pixels), next->findings, alike, {.learning_rate = 1e-4}).loss;
    const double other = quick.step(thorax::view_of(next->pixels), next->findings, alike, {.learning_rate = 1e-4}).loss;
    INFO("step " << steps << ": " << one << " and " << other);
    CHECK(std::abs(one - other) < 1e-5);
    ++steps;
  }
  CHECK(steps == 3);
}

TEST_CASE("training that diverges says so and leaves a checkpoint with finite numbers", "[train]")
{
  const temporary_folder folder;
  const toy_epochs films{toy_films(8, 6), 2};
  fit_options options{.phases = {{.epochs = 1, .learning_rate = 1e-3}, {.epochs = 2, .learning_rate = 1e30}}};
  options.checkpoint = folder / "checkpoint";
  options.checkpoint_seconds = 0;
  scripted validate{{{1, 0}, {1, 1}, {1, 1}}};
  trainer<cpu> trained = tiny_trainer(cpu{1});
  CHECK(refuses(error_code::number_not_finite, "smaller learning rate",
                [&] { fit(trained, options, films, validate, nobody{}); }));
  REQUIRE(validate.seen.size() == 1);

  const std::optional<thorax::checkpoint> last{std::in_place, options.checkpoint, ""};
  CHECK(last->state().history.size() == 1);
  CHECK(same_bits(last->state().best_parameters, validate.seen[0]));
  trainer<cpu> again = tiny_trainer(cpu{1});
  again.begin_phase({});
  last->restore(again);
  for (const float number : again.parameters()) REQUIRE(std::isfinite(number));
  CHECK(again.steps() >= 3);
  CHECK(refuses(error_code::number_not_finite, "smaller learning rate",
                [&] { fit(again, options, films, validate, nobody{}, last); }));
  const thorax::checkpoint still{options.checkpoint, ""};
  CHECK(still.state().history == last->state().history);
}

TEST_CASE("a film with a number that is none, or a validation without one, stops the run", "[train]")
{
  toy_epochs films{toy_films(8, 6), 2};
  const fit_options options{.phases = {{.epochs = 1, .learning_rate = 1e-3}}};
  trainer<cpu> trained = tiny_trainer(cpu{1});
  CHECK(refuses(error_code::number_not_finite, "validation loss", [&] {
    scripted validate{{{std::numeric_limits<double>::quiet_NaN(), 1}}};
    fit(trained, options, films, validate, nobody{});
  }));
  films.films.pixels(3, 1, 20, 20) = std::numeric_limits<float>::quiet_NaN();
  CHECK(refuses(error_code::number_not_finite, "training loss",
                [&] { fit(trained, options, films, improving, nobody{}); }));
}

TEST_CASE("a checkpoint of a run with other rules is refused before the first step", "[train]")
{
  const temporary_folder folder;
  const toy_epochs films{toy_films(8, 2), 2};
  const thorax::training_phase plain{.epochs = 2, .learning_rate = 1e-3};
  thorax::training_phase stopping = plain;
  stopping.stop = thorax::early_stopping{.patience = 6};
  const auto refused = [&](const fit_options& wrote, const fit_options& goes_on) {
    trainer<cpu> trained = tiny_trainer(cpu{1});
    fit_options options = wrote;
    options.checkpoint = folder / "checkpoint";
    fit(trained, options, films, improving, nobody{});
    const std::optional<thorax::checkpoint> last{std::in_place, options.checkpoint, ""};
    return refuses(error_code::does_not_fit, "written with other rules",
                   [&] { fit(trained, goes_on, films, improving, nobody{}, last); });
  };
  CHECK(refused({.phases = {plain}}, {.phases = {stopping}}));
  CHECK(refused({.phases = {plain}}, {.phases = {plain}, .average = .5}));
  CHECK(refused({.phases = {plain}, .average = .5}, {.phases = {plain}}));
}

TEST_CASE("what cannot be trained is refused before the first step", "[train]")
{
  const toy_epochs films{toy_films(8, 3), 2};
  trainer<cpu> trained = tiny_trainer(cpu{1});
  const auto refused = [&](error_code code, const std::string& words, const fit_options& options) {
    const auto open = [&](int, int) -> toy_epoch { throw std::runtime_error{"training began"}; };
    return refuses(code, words, [&] { fit(trained, options, open, improving, nobody{}); });
  };
  CHECK(refused(error_code::wrong_usage, "at least one phase", {.phases = {}}));
  CHECK(refused(error_code::wrong_usage, "at least 1 epoch", {.phases = {{.epochs = 1}, {.epochs = 0}}}));
  CHECK(refused(error_code::does_not_fit, "features.nothing", {.phases = {{}, {.trains = "features.nothing"}}}));
  CHECK(refused(error_code::does_not_fit, "denselayer24", {}));  // the default's second phase, of DenseNet201
  CHECK(refused(error_code::wrong_usage, "class weights", {.phases = {{}}, .class_weights = {1, 2}}));
  CHECK(refused(error_code::wrong_usage, "a share from 0 to below 1, found 1.0", {.phases = {{}}, .average = 1}));
  const thorax::training_phase unusable{.epochs = 1, .stop = thorax::early_stopping{.patience = -1}};
  CHECK(refused(error_code::wrong_usage, "early stopping", {.phases = {{}, unusable}}));

  const auto none = [](int, int) { return toy_epoch{{}, 0}; };
  const fit_options one{.phases = {{}}};
  CHECK(refuses(error_code::does_not_fit, "no films", [&] { fit(trained, one, none, improving, nobody{}); }));
  toy_epochs stranger = films;
  stranger.films.findings[2] = 3;
  const fit_options weighted{.phases = {{}}, .class_weights = {1, 1, 1}};
  CHECK(refuses(error_code::does_not_fit, "finding", [&] { fit(trained, weighted, stranger, improving, nobody{}); }));
  CHECK(refuses(error_code::does_not_fit, "finding", [&] { fit(trained, one, stranger, improving, nobody{}); }));
}
