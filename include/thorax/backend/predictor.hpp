// SPDX-License-Identifier: MIT
//
// predictor: what a backend supplies to predict: the ops of a finished plan on one film, or on as many at once as it
// says, channels last, with numbers that were prepared once when the weights were read.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/backend/memory.hpp>           // memory
#include <thorax/backend/workers.hpp>          // workers
#include <thorax/plan/op.hpp>                  // op
#include <thorax/tensor/pixel_view.hpp>        // pixel_view
#include <thorax/tensor/view.hpp>              // view

#include <concepts>  // convertible_to, default_initializable, same_as
#include <cstddef>   // size_t
#include <string_view>
#include <utility>  // declval

namespace thorax {

/// What a weights file says about one op.
struct op_numbers {
  const float* weights{};         ///< as in the file: out × in × kernel × kernel; null: the op has none
  activation_rule<float> before;  ///< the norm applied to what is read, folded to a scale and a shift
  activation_rule<float> after;   ///< the norm, or the bias, applied to what is computed
};

namespace detail {

/// What predictors are called with.
struct predictor_arguments {
  const workers& crew;
  const op& step;
  const op_numbers& numbers;
  float* packed;
  pixel_view<const float> in;
  pixel_view<float> out;
  view<const float> films;
  view<float> answers;
};

}  // namespace detail

/// Copies maps, channel after channel, from the host to where it computes, and back. On the host, interleave() and
/// separate() do that.
template<class Predictor>
concept carries_maps = requires(const Predictor chosen, detail::predictor_arguments a) {
  chosen.take_in(a.crew, a.films, a.out);
  chosen.give_out(a.crew, a.in, a.answers);
};

/// An object that prepares and runs single ops. `packed` is where pack() put the op's numbers; `step.in.shape` and
/// `step.out.shape` are those of the views. A linear layer is a convolution of one pixel. pack() writes to the host's
/// memory, whatever the predictor's is; all else that it is given lies in its own.
template<class Predictor>
concept predictor = memory<typename Predictor::memory_type> && requires(const Predictor chosen,
                                                                          detail::predictor_arguments a) {
  { Predictor::films_at_once } -> std::convertible_to<int>;
  { chosen.packed_floats(a.step) } -> std::same_as<std::size_t>;
  { chosen.scratch_floats(a.step) } -> std::same_as<std::size_t>;  // of one thread, for one film
  chosen.pack(a.step, a.numbers, a.packed);
  chosen.convolution(a.crew, a.step, a.packed, a.in, a.out);
  chosen.max_pool(a.crew, a.step, a.packed, a.in, a.out);
  chosen.average_pool(a.crew, a.step, a.packed, a.in, a.out);
  chosen.global_average_pool(a.crew, a.step, a.packed, a.in, a.out);
  chosen.activation(a.crew, a.step, a.packed, a.in, a.out);
  chosen.softmax(a.crew, a.step, a.packed, a.in, a.out);
  chosen.sigmoid(a.crew, a.step, a.packed, a.in, a.out);
} && (Predictor::memory_type::is_host || carries_maps<Predictor>);

/// A policy that can predict. `backend` can be trained with, too.
template<class Backend>
concept predicting_backend = std::default_initializable<Backend> && requires(const Backend chosen) {
  { chosen.threads } -> std::convertible_to<int>;
  { Backend::name } -> std::convertible_to<std::string_view>;
  { chosen.predictor() } -> predictor;
};

/// Where a backend computes.
template<predicting_backend Backend>
using memory_of = typename decltype(std::declval<const Backend&>().predictor())::memory_type;

/// Runs one op of a plan for predicting.
template<predictor Predictor>
void predict_op(const Predictor& chosen, const workers& crew, const op& step, const float* packed,
                const pixel_view<const float>& in, const pixel_view<float>& out)
{
  switch (step.kind) {
    case op_kind::convolution:
    case op_kind::linear: return chosen.convolution(crew, step, packed, in, out);
    case op_kind::max_pool: return chosen.max_pool(crew, step, packed, in, out);
    case op_kind::average_pool: return chosen.average_pool(crew, step, packed, in, out);
    case op_kind::global_average_pool: return chosen.global_average_pool(crew, step, packed, in, out);
    case op_kind::dropout:  // drops nothing when nothing is trained
    case op_kind::activation: return chosen.activation(crew, step, packed, in, out);
    case op_kind::softmax: return chosen.softmax(crew, step, packed, in, out);
    case op_kind::sigmoid: return chosen.sigmoid(crew, step, packed, in, out);
  }
}

}  // namespace thorax
