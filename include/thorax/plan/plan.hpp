// SPDX-License-Identifier: MIT
//
// plan: a finished draft as constant arrays, made by the compiler, and the one view that everything that runs
// a plan takes, wherever it was made.

#pragma once

#include <thorax/plan/draft.hpp>             // draft
#include <thorax/plan/drop_dropout.hpp>      // drop_dropout
#include <thorax/plan/elide_copies.hpp>      // elide_copies
#include <thorax/plan/fuse_activations.hpp>  // join_norm_and_relu, fold_into_producers, move_into_readers
#include <thorax/plan/fuse_pools.hpp>        // means_into_convolutions, maxima_into_convolutions
#include <thorax/plan/lower.hpp>             // lowered
#include <thorax/plan/place_in_arena.hpp>    // place_in_arena
#include <thorax/plan/pool_first.hpp>        // pool_first

#include <array>
#include <cstddef>  // size_t
#include <span>
#include <utility>  // move

namespace thorax {

/// A plan as its readers see it; what it points to must live longer.
struct plan_view {
  std::span<const op> ops;
  std::span<const buffer> buffers;
  std::span<const norm> norms;
  std::span<const parameter> parameters;
  std::span<const part> parts;
  slice input;
  slice logits;
  slice output;
  std::size_t parameter_floats{};
  std::size_t folded_floats{};
  std::size_t arena_floats{};
};

constexpr plan_view view_of(const draft& plan)
{
  return {plan.ops,    plan.buffers, plan.norms,            plan.parameters,    plan.parts,       plan.input,
          plan.logits, plan.output,  plan.parameter_floats, plan.folded_floats, plan.arena_floats};
}

/// Passes that change how sums are rounded or which maps exist, so that what they bring can be compared.
struct inference_passes {
  bool pool_first{true};  ///< a transition pools, then convolves
  bool fuse_pools{true};  ///< pools become parts of convolutions
};

/// All passes for a network that only predicts.
constexpr draft for_inference(draft plan, inference_passes wanted = {})
{
  plan = join_norm_and_relu(elide_copies(drop_dropout(std::move(plan))));
  if (wanted.pool_first) plan = pool_first(std::move(plan));
  plan = move_into_readers(fold_into_producers(std::move(plan)));
  if (wanted.fuse_pools) plan = maxima_into_convolutions(means_into_convolutions(std::move(plan)));
  return place_in_arena(std::move(plan));
}

namespace detail {

struct capacities {
  std::size_t ops{};
  std::size_t buffers{};
  std::size_t norms{};
  std::size_t parameters{};
  std::size_t parts{};
};

/// A plan as constant arrays. Nothing that is allocated inside the compiler may stay there, so a draft is
/// copied into arrays that are large enough first, and from there into arrays of its own size.
template<capacities Size>
struct frozen_plan {
  std::array<op, Size.ops> ops{};
  std::array<buffer, Size.buffers> buffers{};
  std::array<norm, Size.norms> norms{};
  std::array<parameter, Size.parameters> parameters{};
  std::array<part, Size.parts> parts{};
  plan_view used{};  ///< its spans are empty here; see view()
  capacities counts{};

  constexpr frozen_plan(const plan_view& plan, const capacities& filled) : used{plan}, counts{filled}
  {
    copy_all(plan.ops.data(), filled.ops, ops.data());
    copy_all(plan.buffers.data(), filled.buffers, buffers.data());
    copy_all(plan.norms.data(), filled.norms, norms.data());
    copy_all(plan.parameters.data(), filled.parameters, parameters.data());
    copy_all(plan.parts.data(), filled.parts, parts.data());
    used.ops = {};
    used.buffers = {};
    used.norms = {};
    used.parameters = {};
    used.parts = {};
  }

  [[nodiscard]] constexpr plan_view view() const
  {
    plan_view seen = used;
    seen.ops = {ops.data(), counts.ops};
    seen.buffers = {buffers.data(), counts.buffers};
    seen.norms = {norms.data(), counts.norms};
    seen.parameters = {parameters.data(), counts.parameters};
    seen.parts = {parts.data(), counts.parts};
    return seen;
  }

private:
  template<class Element>
  static constexpr void copy_all(const Element* from, std::size_t count, Element* to)
  {
    for (std::size_t i = 0; i < count; ++i) to[i] = from[i];
  }
};

constexpr capacities counts_of(const plan_view& plan)
{
  return {plan.ops.size(), plan.buffers.size(), plan.norms.size(), plan.parameters.size(), plan.parts.size()};
}

/// Each op has at most one norm and four parameters; pool_first makes one more buffer. A layer is one op unless
/// its `operations` says otherwise; lowering once more to count them would take as long as all passes together.
template<class Network>
consteval capacities enough_for()
{
  const counts made = count_each<typename Network::layers>::run();
  return {made.ops, 2 * made.ops + 1, made.ops, 4 * made.ops, made.parts};
}

constexpr bool fits(const capacities& made, const capacities& most)
{
  return made.ops <= most.ops && made.buffers <= most.buffers && made.norms <= most.norms &&
         made.parameters <= most.parameters && made.parts <= most.parts;
}

/// Stays empty when the plan is larger than its layers said: one error then comes from inference_arrays.
template<class Network>
inline constexpr auto roomy_inference_plan = [] {
  constexpr capacities most = enough_for<Network>();
  const draft plan = for_inference(lowered<Network>());
  const plan_view made = view_of(plan);
  return fits(counts_of(made), most) ? frozen_plan<most>{made, counts_of(made)} : frozen_plan<most>{{}, {}};
}();

template<class Network>
inline constexpr auto inference_arrays = [] {
  constexpr capacities exact = roomy_inference_plan<Network>.counts;
  static_assert(exact.ops > 0,
                "thorax: a layer makes more than one operation with a norm and four parameters; say how many, as "
                "`static constexpr std::size_t operations = 3`");
  return frozen_plan<exact>{roomy_inference_plan<Network>.view(), exact};
}();

}  // namespace detail

/// The plan that predicts with a network at its own input, known to the compiler.
template<class Network>
inline constexpr plan_view inference_plan = detail::inference_arrays<Network>.view();

/// The floats that one film needs while it is predicted, in bytes: a constant to `static_assert` on.
template<class Network>
inline constexpr std::size_t arena_bytes = inference_plan<Network>.arena_floats * sizeof(float);

}  // namespace thorax
