// SPDX-License-Identifier: MIT

#include <thorax/model/forward.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/layers/average_pool.hpp>
#include <thorax/layers/batch_norm.hpp>
#include <thorax/layers/conv2d.hpp>
#include <thorax/layers/linear.hpp>
#include <thorax/layers/max_pool.hpp>
#include <thorax/layers/relu.hpp>
#include <thorax/layers/softmax.hpp>
#include <thorax/model/workspace.hpp>
#include <thorax/tensor/distance.hpp>

#include "support/catch.hpp"
#include "support/network_in_double.hpp"
#include "support/random_network.hpp"
#include "support/random_weights.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace thorax::tests;
using thorax::draft;
using thorax::slice;

namespace {

struct answer {
  std::vector<float> logits;
  std::vector<float> output;
  std::vector<float> part;  // of a part that was to be kept
};

std::vector<float> numbers_of(const thorax::view<float>& maps)
{
  std::vector<float> all;
  for (int n = 0; n < maps.samples; ++n) all.insert(all.end(), maps.sample(n), maps.sample(n) + maps.shape.size());
  return all;
}

// Everything that a kernel could read before it is written is not a number.
template<class Backend>
answer run(const draft& plan, const std::vector<float>& parameters, const std::vector<float>& samples, int count,
           int kept = thorax::none, int threads = 1)
{
  std::vector<const float*> pointers;
  for (const thorax::parameter& each : plan.parameters) pointers.push_back(parameters.data() + each.offset);
  std::vector<float> folded(plan.folded_floats);
  for (const thorax::norm& rule : plan.norms)
    thorax::fold_running_statistics<Backend>(rule, pointers.data(), {}, folded.data());
  std::vector<float> arena(plan.arena_floats * static_cast<std::size_t>(count), std::numeric_limits<float>::quiet_NaN());
  thorax::thread_pool pool{threads};
  thorax::workspace space;
  const thorax::workers crew = space.prepare(0, thorax::scratch_floats<Backend>(view_of(plan)), &pool);
  const thorax::bindings bound{view_of(plan), count, arena.data(), pointers.data(), folded.data()};
  const thorax::view<float> in = bound.maps(plan.input);
  REQUIRE(samples.size() == in.shape.size() * static_cast<std::size_t>(count));
  for (int n = 0; n < count; ++n)
    std::copy_n(samples.data() + static_cast<std::size_t>(n) * in.shape.size(), in.shape.size(), in.sample(n));
  thorax::run_forward<Backend>(bound, crew);
  answer found{numbers_of(bound.maps(plan.logits)), numbers_of(bound.maps(plan.output)), {}};
  if (kept != thorax::none) found.part = numbers_of(bound.maps(plan.parts[static_cast<std::size_t>(kept)].out));
  return found;
}

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

template<class Found>
double apart(const std::vector<Found>& found, const std::vector<double>& expected)
{
  return thorax::distance_between<Found, double>(found, expected).relative;
}

// The same film through the ops as written, in double, and through what passes made of them.
class comparison {
public:
  comparison(const draft& written, std::uint64_t seed)
    : written_{written}, parameters_{random_weights(view_of(written), seed)},
      samples_{random_pixels(count * written.input.shape.size(), seed + 1)}, exact_{written, parameters_}
  {
    exact_.run(samples_, count);
  }

  void check(const std::string& name, const draft& plan, int kept = thorax::none)
  {
    check_backend<thorax::reference>("reference, " + name, plan, kept);
  }

  template<class Backend>
  void check_backend(const std::string& name, const draft& plan, int kept = thorax::none, double tolerance = 1e-5,
                     int threads = 1)
  {
    const answer found = run<Backend>(plan, parameters_, samples_, count, kept, threads);
    const double logits = apart(found.logits, exact_.numbers(written_.logits));
    const double output = apart(found.output, exact_.numbers(written_.output));
    INFO(name << ": logits differ by " << logits << ", output by " << output);
    CHECK(logits < tolerance);
    CHECK(output < tolerance);
    if (kept == thorax::none) return;
    INFO("part " << kept);
    CHECK(apart(found.part, exact_.numbers(written_.parts[static_cast<std::size_t>(kept)].out)) < tolerance);
  }

private:
  static constexpr int count = 2;

  const draft& written_;
  std::vector<float> parameters_;
  std::vector<float> samples_;
  network_in_double exact_;
};

void check_passes(const draft& written, std::uint64_t seed)
{
  comparison compared{written, seed};
  for (const pass& one : passes()) compared.check(one.name, thorax::place_in_arena(one.run(written)));
  const draft all = thorax::for_inference(written);
  compared.check("all", all);
  compared.check_backend<thorax::cpu>("cpu, all", all, thorax::none, 1e-4);
  compared.check_backend<thorax::cpu>("cpu, all, 3 threads", all, thorax::none, 1e-4, 3);

  drawing draw{seed};
  draft mixed = written;
  std::string names = "in this order:";
  for (int i = 0; i < 8; ++i) {
    const pass& next = passes()[static_cast<std::size_t>(draw.between(1, 6))];
    names += " " + next.name;
    mixed = next.run(std::move(mixed));
  }
  compared.check(names, thorax::place_in_arena(mixed));

  const int kept = draw.between(0, static_cast<int>(written.parts.size()) - 1);
  draft keeping = written;
  keeping.buffer_of(keeping.parts[static_cast<std::size_t>(kept)].out).kept = true;
  compared.check("all, with a part kept", thorax::for_inference(keeping), kept);
}

// One part: what `write` makes of the input.
template<class Write>
draft network_of(thorax::extents in, Write&& write)
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
  const slice whole = plan.new_buffer({first.shape.channels + second.shape.channels, first.shape.height, first.shape.width});
  plan.emit_copy(first, {whole.buffer, 0, first.shape});
  plan.emit_copy(second, {whole.buffer, first.shape.channels, second.shape});
  return whole;
}

}  // namespace

TEST_CASE("no pass changes what a network says: the tiny network", "[model]")
{
  check_passes(thorax::lowered<tiny_network>(), 3);
}

TEST_CASE("no pass changes what a network says: networks that nobody thought of", "[model]")
{
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    check_passes(random_network{draw}.written(), seed);
  }
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
    const draft plan = thorax::for_inference(written);
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
