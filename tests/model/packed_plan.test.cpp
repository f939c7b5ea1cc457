// SPDX-License-Identifier: MIT

#include <thorax/model/packed_plan.hpp>

#include <thorax/backend/reference/predictor.hpp>
#include <thorax/layers/average_pool.hpp>
#include <thorax/layers/batch_norm.hpp>
#include <thorax/layers/conv2d.hpp>
#include <thorax/layers/linear.hpp>
#include <thorax/layers/max_pool.hpp>
#include <thorax/layers/relu.hpp>
#include <thorax/layers/softmax.hpp>
#include <thorax/tensor/distance.hpp>

#include "support/catch.hpp"
#include "support/chosen_cpu.hpp"
#include "support/largest_difference.hpp"
#include "support/network_in_double.hpp"
#include "support/packed_run.hpp"
#include "support/random_network.hpp"
#include "support/random_weights.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace thorax::tests;
using thorax::draft;
using thorax::extents;
using thorax::inference_passes;
using thorax::reference_predictor;
using thorax::slice;

namespace {

struct pass {
  std::string name;
  std::function<draft(draft)> run;
};

const std::vector<pass>& passes()
{
  static const std::vector<pass> all{
    {"as written", [](draft plan) { return plan; }},
    {"drop_dropout", [](draft plan) { return thorax::drop_dropout(std::move(plan)); }},
    {"elide_copies", [](draft plan) { return thorax::elide_copies(std::move(plan)); }},
    {"join_norm_and_relu", [](draft plan) { return thorax::join_norm_and_relu(std::move(plan)); }},
    {"pool_first", [](draft plan) { return thorax::pool_first(std::move(plan)); }},
    {"fold_into_producers", [](draft plan) { return thorax::fold_into_producers(std::move(plan)); }},
    {"move_into_readers", [](draft plan) { return thorax::move_into_readers(std::move(plan)); }}};
  return all;
}

// Behind these nothing but place_in_arena may follow: other passes do not know what they make.
const std::vector<pass>& last_passes()
{
  static const std::vector<pass> all{
    {"nothing", [](draft plan) { return plan; }},
    {"means_into_convolutions", [](draft plan) { return thorax::means_into_convolutions(std::move(plan)); }},
    {"maxima_into_convolutions", [](draft plan) { return thorax::maxima_into_convolutions(std::move(plan)); }}};
  return all;
}

template<class Found>
double apart(const std::vector<Found>& found, const std::vector<double>& expected)
{
  return thorax::distance_between<Found, double>(found, expected).relative;
}

thorax::thread_pool& pool_of(int threads)
{
  static thorax::thread_pool one{1};
  static thorax::thread_pool two{2};
  static thorax::thread_pool three{3};
  return threads == 1 ? one : threads == 2 ? two : three;
}

void make_gray(extents shape, float* film)
{
  for (std::size_t i = shape.pixels(); i < shape.size(); ++i) film[i] = film[i % shape.pixels()];
}

// The same films, the second of which is gray, through the ops as written, in double, and through what passes made of
// them.
class comparison {
public:
  comparison(const draft& written, std::uint64_t seed)
    : written_{written}, parameters_{random_weights(view_of(written), seed)},
      samples_{random_pixels(count * written.input.shape.size(), seed + 1)}, exact_{written, parameters_}
  {
    make_gray(written.input.shape, samples_.data() + written.input.shape.size());
    exact_.run(samples_, count);
  }

  void check(const std::string& name, const draft& plan, int kept = thorax::none)
  {
    check_predictor("reference", name, plan, kept, reference_predictor{}, 1e-5);  // which uses one thread, always
  }

  // The way of every instruction set. Sums in float, and numbers several times as large as the result in Winograd's
  // filtering, round away some 2e-6 here; a wrong pixel or weight would change a hundredth.
  void check_cpu(const std::string& name, const draft& plan, int kept = thorax::none)
  {
    for (const cpu_choice& choice : cpu_choices())
      check_predictor(choice.name(), name, plan, kept, choice.predictor(), 2e-5);
    for (const cpu_choice& choice : bf16_choices())
      check_predictor(choice.name(), name, plan, kept, choice.predictor(), 0.1);
  }

private:
  static constexpr int count = 2;

  template<class Predictor>
  void check_predictor(const std::string& who, const std::string& name, const draft& plan, int kept,
                       const Predictor& chosen, double tolerance)
  {
    INFO(who << ", " << name);
    const packed_run<Predictor> found{plan, parameters_, samples_, chosen, pool_of(1)};
    check_close(who, found.logits(), written_.logits, tolerance);
    check_close(who, found.output(), written_.output, tolerance);
    if (kept != thorax::none) {
      const auto number = static_cast<std::size_t>(kept);
      std::vector<float> part = found.maps(plan.parts[number].out, 0);
      const std::vector<float> of_second = found.maps(plan.parts[number].out, 1);
      part.insert(part.end(), of_second.begin(), of_second.end());
      INFO("part " << kept);
      check_close(who, part, written_.parts[number].out, tolerance);
    }
    for (int threads = 2; threads <= 3 && who != "reference"; ++threads) {
      const packed_run<Predictor> shared{plan, parameters_, samples_, chosen, pool_of(threads)};
      CHECK(shared.logits() == found.logits());
      CHECK(shared.output() == found.output());
    }
  }

  void check_close(const std::string& who, const std::vector<float>& found, const slice& of, double tolerance)
  {
    const double difference = apart(found, exact_.numbers(of));
    note_difference("predicted, " + who, difference, tolerance);
    CHECK(difference < tolerance);
  }

  const draft& written_;
  std::vector<float> parameters_;
  std::vector<float> samples_;
  network_in_double exact_;
};

constexpr std::array<inference_passes, 4> switches{{{true, true}, {true, false}, {false, true}, {false, false}}};

void check_passes(const draft& written, std::uint64_t seed)
{
  comparison compared{written, seed};
  for (const pass& one : passes()) compared.check(one.name, thorax::place_in_arena(one.run(written)));
  for (const inference_passes wanted : switches) {
    const std::string name = std::string{wanted.pool_first ? "pooled first" : "as ordered"} +
                             (wanted.fuse_pools ? ", pools fused" : ", pools apart");
    const draft plan = thorax::for_inference(written, wanted);
    compared.check(name, plan);
    compared.check_cpu(name, plan);
  }

  drawing draw{seed};
  draft mixed = written;
  std::string names = "in this order:";
  for (int i = 0; i < 8; ++i) {
    const pass& next = passes()[static_cast<std::size_t>(draw.between(1, 6))];
    names += " " + next.name;
    mixed = next.run(std::move(mixed));
  }
  for (int i = 0; i < 2; ++i) {
    const pass& next = last_passes()[static_cast<std::size_t>(draw.between(0, 2))];
    names += " " + next.name;
    mixed = next.run(std::move(mixed));
  }
  compared.check(names, thorax::place_in_arena(mixed));

  const int kept = draw.between(0, static_cast<int>(written.parts.size()) - 1);
  draft keeping = written;
  keeping.buffer_of(keeping.parts[static_cast<std::size_t>(kept)].out).kept = true;
  compared.check("all, with a part kept", thorax::for_inference(keeping), kept);
  compared.check_cpu("all, with a part kept", thorax::for_inference(keeping), kept);
}

// One part: what `write` makes of the input.
template<class Write>
draft network_of(extents in, Write&& write)
{
  draft plan;
  plan.input = plan.new_buffer(in);
  const int opened = plan.enter("all", false);
  plan.output = write(plan, plan.input);
  plan.leave(opened, plan.output);
  plan.logits = plan.output;
  plan.buffer_of(plan.output).kept = true;
  return plan;
}

template<int Filters, int Kernel, int Stride>
using conv = thorax::conv2d<Filters, thorax::kernel<Kernel>, thorax::stride<Stride>>;
using halving_pool = thorax::average_pool<thorax::kernel<2>, thorax::stride<2>>;

int count_of(const draft& plan, thorax::op_kind kind)
{
  int count = 0;
  for (const thorax::op& step : plan.ops) count += step.kind == kind ? 1 : 0;
  return count;
}

slice concatenated(draft& plan, const slice& first, const slice& second)
{
  const extents seen = first.shape;
  const slice whole = plan.new_buffer({seen.channels + second.shape.channels, seen.height, seen.width});
  plan.emit_copy(first, {whole.buffer, 0, first.shape});
  plan.emit_copy(second, {whole.buffer, first.shape.channels, second.shape});
  return whole;
}

// Remembers how many channels each convolution read.
struct gray_predictor : reference_predictor {
  bool wants_gray{true};
  std::vector<int>* channels{};

  [[nodiscard]] bool joins_gray_channels() const { return wants_gray; }
  void convolution(const thorax::workers& crew, const thorax::op& step, const float* packed,
                   const thorax::pixel_view<const float>& in, const thorax::pixel_view<float>& out) const
  {
    CHECK(step.in.shape == in.shape);
    channels->push_back(in.shape.channels);
    reference_predictor::convolution(crew, step, packed, in, out);
  }
};

std::vector<int> channels_read(const draft& plan, const std::vector<float>& film, bool wants_gray)
{
  std::vector<int> channels;
  gray_predictor chosen;
  chosen.wants_gray = wants_gray;
  chosen.channels = &channels;
  packed_run<gray_predictor>{plan, random_weights(view_of(plan), 1), film, chosen, pool_of(1)};
  return channels;
}

// Remembers where it was asked to put what.
struct recording_predictor : reference_predictor {
  std::vector<const float*>* places;
  void pack(const thorax::op& step, const thorax::op_numbers& numbers, float* packed) const
  {
    places->push_back(packed);
    reference_predictor::pack(step, numbers, packed);
  }
};

}  // namespace

TEST_CASE("no pass changes what a network predicts: the tiny network", "[model]")
{
  check_passes(thorax::lowered<tiny_network>(), 3);
}

TEST_CASE("no pass changes what a network predicts: networks that nobody thought of", "[model]")
{
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    check_passes(random_network{draw}.written(), seed);
  }
}

TEST_CASE("every way to compute predicts the same: networks as wide as vectors", "[model]")
{
  const thorax::cpu_predictor chosen;
  int filtered = 0;
  for (std::uint64_t seed = 1000; seed < 1030; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const draft written = random_network{draw, filter_counts::of_vectors}.written();
    const draft plan = thorax::for_inference(written);
    comparison{written, seed}.check_cpu("all", plan);
    for (const thorax::op& step : plan.ops) filtered += chosen.way_of(step).starts_with("F(");
  }
  CHECK(filtered >= 5);  // so Winograd's filtering was among the ways
}

TEST_CASE("a norm is not folded into a convolution that somebody else reads", "[model]")
{
  const draft written = network_of({3, 6, 6}, [](draft& plan, slice in) {
    const slice made = conv<4, 3, 1>::lower(plan, in);
    return concatenated(plan, thorax::batch_norm::lower(plan, made), thorax::relu::lower(plan, made));
  });
  check_passes(written, 5);
  CHECK(count_of(thorax::for_inference(written), thorax::op_kind::activation) == 2);
}

TEST_CASE("a norm is not folded behind a bias", "[model]")
{
  const draft written = network_of({5, 1, 1}, [](draft& plan, slice in) {
    return thorax::relu::lower(plan, thorax::batch_norm::lower(plan, thorax::linear<4>::lower(plan, in)));
  });
  check_passes(written, 6);
  CHECK(count_of(thorax::for_inference(written), thorax::op_kind::activation) == 1);
}

TEST_CASE("a second norm is not folded over the first", "[model]")
{
  const draft written = network_of({3, 5, 5}, [](draft& plan, slice in) {
    const slice made = thorax::batch_norm::lower(plan, conv<4, 1, 1>::lower(plan, in));
    return thorax::relu::lower(plan, thorax::batch_norm::lower(plan, thorax::relu::lower(plan, made)));
  });
  check_passes(written, 7);
  CHECK(count_of(thorax::for_inference(written), thorax::op_kind::activation) == 1);
}

TEST_CASE("a convolution and a pool change places only where both are linear in the same maps", "[model]")
{
  const auto swaps = [](auto&& write) {
    const draft written = network_of({3, 8, 8}, write);
    check_passes(written, 8);
    const draft plan = thorax::for_inference(written, {.fuse_pools = false});
    return plan.ops.front().kind == thorax::op_kind::average_pool;
  };
  CHECK(swaps([](draft& plan, slice in) { return halving_pool::lower(plan, conv<4, 1, 1>::lower(plan, in)); }));
  CHECK(!swaps([](draft& plan, slice in) { return halving_pool::lower(plan, conv<4, 1, 2>::lower(plan, in)); }));
  CHECK(!swaps([](draft& plan, slice in) { return halving_pool::lower(plan, conv<4, 3, 1>::lower(plan, in)); }));
  CHECK(!swaps([](draft& plan, slice in) {
    return halving_pool::lower(plan, thorax::relu::lower(plan, conv<4, 1, 1>::lower(plan, in)));
  }));
  CHECK(!swaps([](draft& plan, slice in) {
    const slice made = conv<4, 1, 1>::lower(plan, in);
    return concatenated(plan, halving_pool::lower(plan, made), conv<2, 1, 2>::lower(plan, made));
  }));
  CHECK(!swaps([](draft& plan, slice in) {
    using pool = thorax::max_pool<thorax::kernel<2>, thorax::stride<2>>;
    return pool::lower(plan, conv<4, 1, 1>::lower(plan, in));
  }));
}

TEST_CASE("a norm that softmax or a sum reads stays a step of its own", "[model]")
{
  const draft written = network_of({3, 4, 4}, [](draft& plan, slice in) {
    const slice read = thorax::batch_norm::lower(plan, halving_pool::lower(plan, in));
    return concatenated(plan, thorax::softmax::lower(plan, read), conv<2, 1, 1>::lower(plan, read));
  });
  check_passes(written, 9);
  CHECK(count_of(thorax::for_inference(written), thorax::op_kind::activation) == 1);
}

TEST_CASE("a layer may keep some of the channels that an append made", "[model]")
{
  const draft written = network_of({2, 4, 4}, [](draft& plan, slice in) {
    const slice made = conv<4, 3, 1>::lower(plan, in);
    const slice whole = concatenated(plan, made, thorax::relu::lower(plan, made));
    return thorax::batch_norm::lower(plan, {whole.buffer, 6, {2, 4, 4}});
  });
  check_passes(written, 10);
}

TEST_CASE("of a gray film the first convolution reads one channel, of any other film all", "[model]")
{
  const draft written = network_of({3, 7, 6}, [](draft& plan, slice in) {
    return conv<2, 1, 1>::lower(plan, conv<4, 3, 2>::lower(plan, in));
  });
  const draft plan = thorax::for_inference(written);
  std::vector<float> film = random_pixels(plan.input.shape.size(), 1);
  CHECK(channels_read(plan, film, true) == std::vector<int>{3, 4});
  make_gray(plan.input.shape, film.data());
  CHECK(channels_read(plan, film, true) == std::vector<int>{1, 4});
  CHECK(channels_read(plan, film, false) == std::vector<int>{3, 4});
  film.back() += 1e-6F;
  CHECK(channels_read(plan, film, true) == std::vector<int>{3, 4});
}

TEST_CASE("a gray film that somebody keeps or reads otherwise is read in color", "[model]")
{
  const auto first_reads = [](draft written) {
    std::vector<float> film = random_pixels(written.input.shape.size(), 1);
    make_gray(written.input.shape, film.data());
    return channels_read(thorax::for_inference(std::move(written)), film, true).front();
  };
  const auto convolved = [](draft& plan, slice in) { return conv<4, 3, 1>::lower(plan, in); };
  CHECK(first_reads(network_of({3, 6, 6}, convolved)) == 1);
  draft keeping = network_of({3, 6, 6}, convolved);
  keeping.buffer_of(keeping.input).kept = true;
  CHECK(first_reads(std::move(keeping)) == 3);
  CHECK(first_reads(network_of({3, 6, 6}, [](draft& plan, slice in) {
          return concatenated(plan, conv<2, 1, 1>::lower(plan, in), conv<4, 1, 1>::lower(plan, in));
        })) == 3);
  CHECK(first_reads(network_of({3, 6, 6}, [](draft& plan, slice in) {
          return conv<4, 1, 1>::lower(plan, thorax::relu::lower(plan, in));
        })) == 3);
}

TEST_CASE("packed numbers follow each other in the order of the ops", "[model]")
{
  const thorax::plan_view& plan = thorax::inference_plan<tiny_network>;
  const std::vector<float> weights = random_weights(plan, 1);
  const std::vector<const float*> pointers = parameters_in(plan, weights);
  std::vector<const float*> places;
  recording_predictor chosen;
  chosen.places = &places;
  const thorax::packed_plan<recording_predictor> packed{plan, plan.norms, pointers.data(), chosen, {}};
  REQUIRE(places.size() == plan.ops.size());
  std::size_t floats = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    CHECK(places[i] == places[0] + floats);
    floats += reference_predictor::packed_floats(plan.ops[i]);
  }
  CHECK(packed.floats() == floats);
}

TEST_CASE("scratch is enough for the hungriest op, in whole cache lines", "[model]")
{
  const thorax::plan_view& plan = thorax::inference_plan<tiny_network>;
  const std::vector<float> weights = random_weights(plan, 1);
  const std::vector<const float*> pointers = parameters_in(plan, weights);
  for (const cpu_choice& choice : cpu_choices()) {
    const thorax::cpu_predictor chosen = choice.predictor();
    const thorax::packed_plan<thorax::cpu_predictor> packed{plan, plan.norms, pointers.data(), chosen, {}};
    std::size_t most = 0;
    for (const thorax::op& step : plan.ops) most = std::max(most, chosen.scratch_floats(step));
    CHECK(packed.scratch_floats() >= most);
    CHECK(packed.scratch_floats() < most + 16);
    CHECK(packed.scratch_floats() % 16 == 0);
    CHECK(packed.chosen().architecture() == choice.kernels->name);
  }
}

TEST_CASE("parameters are not needed once they are packed, however many threads packed them", "[model]")
{
  const draft plan = thorax::for_inference(thorax::lowered<tiny_network>());
  const std::vector<float> film = random_pixels(plan.input.shape.size(), 2);
  const auto predicted = [&](int threads) {
    std::vector<float> weights = random_weights(view_of(plan), 1);
    const std::vector<const float*> pointers = parameters_in(view_of(plan), weights);
    const thorax::cpu_predictor chosen;
    const thorax::workers crew{&pool_of(threads)};
    const thorax::packed_plan<thorax::cpu_predictor> packed{view_of(plan), plan.norms, pointers.data(), chosen, crew};
    std::fill(weights.begin(), weights.end(), 0.0F);
    const thorax::aligned_floats arena{plan.arena_floats};
    const thorax::aligned_floats scratch{packed.scratch_floats()};
    std::vector<float> said(6);
    packed.run(thorax::view<const float>::packed(film.data(), 1, plan.input.shape), arena.data(),
               {nullptr, scratch.data(), packed.scratch_floats()}, said.data(), said.data() + 3);
    return said;
  };
  const packed_run<thorax::cpu_predictor> expected{plan, random_weights(view_of(plan), 1), film,
                                                   thorax::cpu_predictor{}, pool_of(1)};
  std::vector<float> both = expected.logits();
  both.insert(both.end(), expected.output().begin(), expected.output().end());
  CHECK(predicted(1) == both);
  CHECK(predicted(3) == both);
}
