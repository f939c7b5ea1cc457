// SPDX-License-Identifier: MIT
//
// backend: the concept, one small concept a kernel. This is the list of everything a new backend supplies;
// what each kernel computes is written in backend/reference.

#pragma once

#include <thorax/backend/activation_rule.hpp>  // activation_rule
#include <thorax/backend/adam_step.hpp>        // adam_step
#include <thorax/backend/norm_gradient.hpp>    // norm_gradients, norm_sums, read_norm
#include <thorax/backend/predictor.hpp>        // predicting_backend
#include <thorax/backend/workers.hpp>          // workers
#include <thorax/base/random.hpp>              // random_stream
#include <thorax/plan/op.hpp>                  // op, window
#include <thorax/tensor/view.hpp>              // view

#include <concepts>  // same_as
#include <cstddef>   // size_t
#include <span>

namespace thorax {

namespace detail {

// What kernels are called with. Concepts name members of it instead of repeating fifty parameters.
struct kernel_arguments {
  const workers& crew;
  view<const float> in;
  view<float> out;
  const float* read;
  float* written;
  window moving;
  activation_rule<float> rule;
  read_norm<float> norm;
  norm_sums* sums;
  norm_gradients<float> gradients;
  random_stream stream;
  std::span<const int> findings;
  std::span<const float> numbers;
  std::span<float> results;
};

}  // namespace detail

template<class Backend>
concept has_convolution = requires(detail::kernel_arguments a) {
  Backend::convolution(a.crew, a.in, a.rule, a.read, a.moving, a.rule, a.out);
  Backend::convolution_gradient_of_weights(a.crew, a.in, a.rule, a.in, a.moving, a.written);
  Backend::convolution_gradient_of_input(a.crew, a.in, a.read, a.moving, a.out);
  Backend::convolution_gradient_through_norm(a.crew, a.in, a.read, a.moving, a.norm, a.sums, a.out);
};

template<class Backend>
concept has_linear = requires(detail::kernel_arguments a) {
  Backend::linear(a.crew, a.in, a.rule, a.read, a.rule, a.out);
  Backend::linear_gradient_of_weights(a.crew, a.in, a.rule, a.in, a.written);
  Backend::linear_gradient_of_input(a.crew, a.in, a.read, a.out);
  Backend::gradient_of_bias(a.crew, a.in, a.written);
};

template<class Backend>
concept has_pooling = requires(detail::kernel_arguments a) {
  Backend::max_pool(a.crew, a.in, a.rule, a.moving, a.out);
  Backend::max_pool_gradient(a.crew, a.in, a.rule, a.moving, a.in, a.out);
  Backend::average_pool(a.crew, a.in, a.rule, a.moving, a.out);
  Backend::average_pool_gradient(a.crew, a.in, a.moving, a.out);
  Backend::global_average_pool(a.crew, a.in, a.rule, a.out);
  Backend::global_average_pool_gradient(a.crew, a.in, a.out);
};

template<class Backend>
concept has_activation = requires(detail::kernel_arguments a) {
  Backend::activation(a.crew, a.in, a.rule, a.out);
  Backend::activation_gradient(a.crew, a.in, a.rule, a.in, a.out);
};

template<class Backend>
concept has_normalization = requires(detail::kernel_arguments a, int channels, double number) {
  Backend::channel_statistics(a.crew, a.in, a.written, a.written);
  Backend::fold_norm(a.crew, channels, a.read, a.read, a.read, a.read, number, a.written, a.written);
  Backend::average_statistics(a.crew, channels, number, a.read, a.written);
  Backend::norm_gradient(a.crew, a.norm, a.in, a.sums, a.out);
  Backend::add_norm_gradients(a.crew, a.norm, a.sums, a.gradients);
  Backend::add_lines(a.crew, a.in, a.read, a.read, a.read, a.out);
};

template<class Backend>
concept has_dropout = requires(detail::kernel_arguments a, float rate) {
  Backend::dropout(a.crew, a.in, a.rule, rate, a.stream, a.out);
  Backend::dropout_gradient(a.crew, rate, a.stream, a.in, a.out);
};

template<class Backend>
concept has_softmax = requires(detail::kernel_arguments a) {
  Backend::softmax(a.crew, a.in, a.rule, a.out);
  Backend::softmax_gradient(a.crew, a.in, a.in, a.out);
};

template<class Backend>
concept has_sigmoid = requires(detail::kernel_arguments a) {
  Backend::sigmoid(a.crew, a.in, a.rule, a.out);
  Backend::sigmoid_gradient(a.crew, a.in, a.in, a.out);
};

template<class Backend>
concept has_loss = requires(detail::kernel_arguments a, float smoothing) {
  {
    Backend::weighted_cross_entropy(a.crew, a.in, a.findings, a.numbers, smoothing, a.out, a.results)
  } -> std::same_as<double>;
};

template<class Backend>
concept has_update = requires(detail::kernel_arguments a, const adam_step& step) {
  Backend::adam(a.crew, a.results, a.numbers, a.results, a.results, step);
};

template<class Backend>
concept has_needs = requires(const op& step) {
  { Backend::scratch_floats(step) } -> std::same_as<std::size_t>;
};

/// A policy type that can predict, and of static kernels that training and explanation take, channel after channel. It
/// says how much scratch an op needs in those.
template<class Backend>
concept backend =
  predicting_backend<Backend> && has_needs<Backend> && has_convolution<Backend> && has_linear<Backend> &&
  has_pooling<Backend> && has_activation<Backend> && has_normalization<Backend> && has_dropout<Backend> &&
  has_softmax<Backend> && has_sigmoid<Backend> && has_loss<Backend> && has_update<Backend>;

}  // namespace thorax
