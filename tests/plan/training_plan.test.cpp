// SPDX-License-Identifier: MIT

#include <thorax/plan/training_plan.hpp>

#include <thorax/networks/chest_network.hpp>
#include <thorax/plan/lower.hpp>
#include <thorax/plan/names.hpp>

#include "support/catch.hpp"
#include "support/random_network.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace thorax;

namespace {

int boundary_at(const draft& written, const char* path)
{
  const int part = find_part(view_of(written), path);
  REQUIRE(part != none);
  return written.parts[static_cast<std::size_t>(part)].first_op;
}

const op& op_of(const training_plan& made, const training_step& step)
{
  return made.plan.ops[static_cast<std::size_t>(step.number)];
}

int count_of(const training_plan& made, step_kind kind)
{
  return static_cast<int>(std::count_if(made.steps.begin(), made.steps.end(),
                                        [&](const training_step& step) { return step.kind == kind; }));
}

// Which buffers a step reads and writes, as its kernel does: written down apart from the library's own lifetimes.
struct touched {
  std::vector<int> read;
  std::vector<int> written;
};

touched touched_by(const training_plan& made, const training_step& step)
{
  switch (step.kind) {
    case step_kind::fold: return {};
    case step_kind::statistics: return {{step.maps.buffer}, {}};
    case step_kind::clear: return {{}, {step.maps.buffer}};
    case step_kind::loss: return {{made.plan.logits.buffer, step.d_out.buffer}, {step.d_out.buffer}};
    case step_kind::lines: return {{step.maps.buffer, step.d_in.buffer}, {step.d_in.buffer}};
    case step_kind::forward: return {{op_of(made, step).in.buffer}, {op_of(made, step).out.buffer}};
    case step_kind::backward: break;
  }
  const op& run = op_of(made, step);
  touched all{{step.d_out.buffer, step.d_activated.buffer, step.d_in.buffer}, {step.d_activated.buffer, step.d_in.buffer}};
  const bool has_rule = run.norm_before != none || run.relu_before;
  if (step.weights || has_rule || run.kind == op_kind::max_pool) all.read.push_back(run.in.buffer);
  if (gives_probabilities(run.kind)) all.read.push_back(run.out.buffer);
  return all;
}

struct life {
  int first{-1};
  int last{-1};
};

std::vector<life> lives_of(const training_plan& made)
{
  std::vector<life> lives(made.plan.buffers.size());
  lives[static_cast<std::size_t>(made.plan.input.buffer)] = {0, 0};
  const int steps = static_cast<int>(made.steps.size());
  for (int i = 0; i < steps; ++i) {
    const touched now = touched_by(made, made.steps[static_cast<std::size_t>(i)]);
    for (const int buffer : now.written) {
      if (buffer == none) continue;
      life& its = lives[static_cast<std::size_t>(buffer)];
      if (its.first < 0) its.first = i;
      its.last = i;
    }
    for (const int buffer : now.read) {
      if (buffer == none) continue;
      CHECK(lives[static_cast<std::size_t>(buffer)].first >= 0);  // nothing is read before it is written
      lives[static_cast<std::size_t>(buffer)].last = i;
    }
  }
  const auto keep = [&](const slice& maps) { lives[static_cast<std::size_t>(maps.buffer)].last = steps; };
  keep(made.plan.logits);
  if (made.options.part != none) keep(made.part_out);
  if (made.options.part != none) keep(made.part_gradient);
  return lives;
}

void check_no_live_buffers_overlap(const training_plan& made)
{
  const std::vector<life> lives = lives_of(made);
  const std::vector<buffer>& buffers = made.plan.buffers;
  int clashes = 0;
  for (std::size_t a = 0; a < buffers.size(); ++a) {
    if (lives[a].first < 0) continue;
    CHECK(buffers[a].offset + buffers[a].shape.size() <= made.plan.arena_floats);
    for (std::size_t b = 0; b < a; ++b) {
      const bool together = lives[b].first >= 0 && lives[a].first <= lives[b].last && lives[b].first <= lives[a].last;
      const bool meet = buffers[a].offset < buffers[b].offset + buffers[b].shape.size() &&
                        buffers[b].offset < buffers[a].offset + buffers[a].shape.size();
      if (together && meet) ++clashes;
    }
  }
  CHECK(clashes == 0);
}

template<int Layers>
struct deep_network : network<input<3, 16, 16>, conv2d<16, kernel<3>>, dense_block<Layers, growth<8>>,
                              global_average_pool, linear<3>, softmax> {};

}  // namespace

TEST_CASE("buffers that live at the same time never share memory", "[plan]")
{
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    INFO("seed " << seed);
    tests::drawing draw{seed};
    const draft written = tests::random_network{draw}.written();
    const int boundary = draw.between(0, static_cast<int>(written.ops.size()));
    check_no_live_buffers_overlap(for_training(written, {.boundary = boundary, .batch_statistics = draw.yes()}));
    const int part = draw.between(0, static_cast<int>(written.parts.size()) - 1);
    check_no_live_buffers_overlap(
      for_training(written, {.boundary = written.parts[static_cast<std::size_t>(part)].last_op,
                             .batch_statistics = false, .dropout = false, .parameter_gradients = false, .part = part}));
  }
}

TEST_CASE("DenseNet201's training plans have no live buffers that overlap either", "[plan]")
{
  const draft written = lowered<chest_network>();
  for (const char* const path : {"features.conv0", "features.denseblock4.denselayer24.conv2", "classifier"}) {
    INFO(path);
    check_no_live_buffers_overlap(for_training(written, {.boundary = boundary_at(written, path)}));
  }
}

TEST_CASE("nothing is computed backward for what is frozen", "[plan]")
{
  const draft written = lowered<tiny_network>();
  for (const char* const path : {"features.denseblock2.denselayer1.norm2", "features.denseblock3.denselayer2.conv1",
                                 "features.transition3", "classifier", "classifier.linear2"}) {
    const int boundary = boundary_at(written, path);
    const training_plan made = for_training(written, {.boundary = boundary});
    INFO(path << ": boundary " << boundary);
    int inner = 0;
    for (const training_step& step : made.steps) {
      if (step.kind != step_kind::backward) continue;
      CHECK(op_of(made, step).position >= boundary);
      if (step.d_in.buffer != none) ++inner;
    }
    CHECK(inner == count_of(made, step_kind::backward) - 1);  // all but the first layer that trains
  }
}

TEST_CASE("where nothing trains there is nothing but forward and loss", "[plan]")
{
  const draft written = lowered<tiny_network>();
  const training_plan made = for_training(written, {.boundary = static_cast<int>(written.ops.size())});
  CHECK(count_of(made, step_kind::backward) == 0);
  CHECK(count_of(made, step_kind::statistics) == 0);
  CHECK(count_of(made, step_kind::fold) == 0);
  CHECK(count_of(made, step_kind::loss) == 1);
  CHECK(count_of(made, step_kind::forward) == static_cast<int>(made.plan.ops.size()));
  CHECK(std::none_of(made.plan.parameters.begin(), made.plan.parameters.end(),
                     [&](const parameter& each) { return made.trains(each); }));
}

TEST_CASE("a boundary parts parameters and norms into frozen ones and those that train", "[plan]")
{
  const draft written = lowered<tiny_network>();
  const int boundary = boundary_at(written, "features.denseblock3.denselayer2.norm2");
  const training_plan made = for_training(written, {.boundary = boundary});
  std::set<std::string> trained;
  for (const parameter& each : made.plan.parameters)
    if (made.trains(each)) trained.insert(name_of(view_of(made.plan), each));
  CHECK(trained.count("features.denseblock3.denselayer2.norm2.weight") == 1);
  CHECK(trained.count("features.denseblock3.denselayer2.norm2.running_mean") == 0);
  CHECK(trained.count("features.denseblock3.denselayer2.conv2.weight") == 1);
  CHECK(trained.count("features.denseblock3.denselayer2.conv1.weight") == 0);
  CHECK(trained.count("classifier.linear2.bias") == 1);
  CHECK(trained.size() == 2 + 1 + 3 + 12 + 2 + 2 + 2 + 2);
  CHECK(!made.norm_trains(none));
  for (std::size_t i = 0; i < made.plan.norms.size(); ++i) {
    const parameter& first = made.plan.parameters[static_cast<std::size_t>(made.plan.norms[i].first_parameter)];
    CHECK(made.norm_trains(static_cast<int>(i)) == (first.position >= boundary));
    CHECK(made.uses_batch(static_cast<int>(i)) == (first.position >= boundary));
  }
}

TEST_CASE("norms that train may use their running statistics, and are folded anew for each step", "[plan]")
{
  const draft written = lowered<tiny_network>();
  const training_plan made = for_training(written, {.boundary = boundary_at(written, "classifier"),
                                                    .batch_statistics = false});
  CHECK(count_of(made, step_kind::statistics) == 0);
  CHECK(count_of(made, step_kind::fold) == 1);
  CHECK(!made.uses_batch(static_cast<int>(made.plan.norms.size()) - 1));
  CHECK(made.norm_trains(static_cast<int>(made.plan.norms.size()) - 1));
}

TEST_CASE("the statistics of a channel are computed once, however many norms read it", "[plan]")
{
  const training_plan made = for_training(lowered<tiny_network>(), {});
  std::set<std::pair<int, int>> known;
  for (const training_step& step : made.steps)
    if (step.kind == step_kind::statistics)
      for (int c = 0; c < step.maps.shape.channels; ++c)
        CHECK(known.insert({step.maps.buffer, step.maps.first_channel + c}).second);
  for (const training_step& step : made.steps)
    if (step.kind == step_kind::fold)
      for (int c = 0; c < step.maps.shape.channels; ++c)
        CHECK(known.count({step.maps.buffer, step.maps.first_channel + c}) == 1);
  CHECK(count_of(made, step_kind::fold) == static_cast<int>(made.plan.norms.size()));
}

TEST_CASE("memory for training grows with the depth of a block, not with its square", "[plan]")
{
  const auto floats = [](draft written) { return static_cast<double>(for_training(std::move(written), {}).plan.arena_floats); };
  const double shallow = floats(lowered<deep_network<8>>());
  const double deep = floats(lowered<deep_network<16>>());
  const double deeper = floats(lowered<deep_network<32>>());
  INFO(shallow << ", " << deep << ", " << deeper);
  CHECK(deep / shallow < 2.3);
  CHECK(deeper / deep < 2.3);
}

TEST_CASE("dropout drops behind the boundary only, and not at all when it should not", "[plan]")
{
  const draft written = lowered<tiny_network>();
  const auto dropouts = [&](const training_options& options) {
    const training_plan made = for_training(written, options);
    return std::count_if(made.plan.ops.begin(), made.plan.ops.end(),
                         [](const op& step) { return step.kind == op_kind::dropout; });
  };
  CHECK(dropouts({}) == 1);
  CHECK(dropouts({.boundary = boundary_at(written, "classifier.dropout")}) == 1);
  CHECK(dropouts({.boundary = boundary_at(written, "classifier.linear2")}) == 0);
  CHECK(dropouts({.dropout = false}) == 0);
}

TEST_CASE("a part's maps and their gradient are kept, for every part of a network", "[plan]")
{
  const draft written = lowered<tiny_network>();
  for (std::size_t i = 0; i < written.parts.size(); ++i) {
    const training_plan made = for_training(written, {.boundary = written.parts[i].last_op, .batch_statistics = false,
                                                      .dropout = false, .parameter_gradients = false,
                                                      .part = static_cast<int>(i)});
    INFO(path_of(view_of(written), static_cast<int>(i)));
    CHECK(made.part_out.shape == written.parts[i].out.shape);
    CHECK(made.part_gradient.shape == made.part_out.shape);
    CHECK(std::any_of(made.plan.ops.begin(), made.plan.ops.end(),
                      [&](const op& step) { return overlap(step.out, made.part_out); }));
    CHECK(count_of(made, step_kind::fold) == 0);
    for (const training_step& step : made.steps) CHECK(!(step.weights || step.norm));
  }
}

TEST_CASE("a part that ends with the softmax is explained by the logits", "[plan]")
{
  const draft written = lowered<tiny_network>();
  for (const char* const path : {"classifier", "classifier.softmax", "classifier.linear2"}) {
    const int part = find_part(view_of(written), path);
    const training_plan made = for_training(written, {.boundary = written.parts[static_cast<std::size_t>(part)].last_op,
                                                      .parameter_gradients = false, .part = part});
    CHECK(made.part_out == made.plan.logits);
    CHECK(made.plan.output == made.plan.logits);
    CHECK(made.plan.ops.back().kind == op_kind::linear);
  }
}

TEST_CASE("the compiler can plan a training step", "[plan]")
{
  struct small : network<input<1, 4, 4>, append<batch_norm, relu, conv2d<2, kernel<3>>>, global_average_pool, linear<2>,
                         softmax> {};
  constexpr std::size_t floats = for_training(lowered<small>(), {}).plan.arena_floats;
  CHECK(floats == for_training(lowered<small>(), {}).plan.arena_floats);
  CHECK(floats >= 3 * 16U * 2U);  // the block's maps and their gradient
}
