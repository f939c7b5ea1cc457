// SPDX-License-Identifier: MIT
//
// cuda: the backend that computes on a GPU of NVIDIA. Only declared here, in plain C++: cuda.cuh defines it, in one file
// of the program, which the target thorax::cuda is. What each kernel computes is written in backend/reference.

#pragma once

#include <thorax/backend/backend.hpp>  // backend

#include <cstddef>  // size_t
#include <span>
#include <string>
#include <string_view>

namespace thorax {

/// Memory of the device, and copies in the stream of the calling thread.
struct cuda_memory {
  static constexpr bool is_host = false;

  static float* allocate(std::size_t count);
  static void release(float* numbers);
  static void clear(float* numbers, std::size_t count);
  static void copy_in(const float* from, std::size_t count, float* to);
  static void copy_out(const float* from, std::size_t count, float* to);
};

/// Channels last, up to films_at_once films as one matrix of pixels. Packs rules and weights that are turned so that an
/// output's lie beside the next one's.
struct cuda_predictor {
  using memory_type = cuda_memory;
  static constexpr int films_at_once = 16;

  [[nodiscard]] static std::size_t packed_floats(const op& step);
  [[nodiscard]] static std::size_t scratch_floats(const op& step);
  static void pack(const op& step, const op_numbers& numbers, float* packed);
  static void take_in(const workers& w, const view<const float>& films, const pixel_view<float>& maps);
  static void give_out(const workers& w, const pixel_view<const float>& maps, const view<float>& films);

  using read = const pixel_view<const float>&;
  using written = const pixel_view<float>&;
  static void convolution(const workers& w, const op& step, const float* packed, read in, written out);
  static void max_pool(const workers& w, const op& step, const float* packed, read in, written out);
  static void average_pool(const workers& w, const op& step, const float* packed, read in, written out);
  static void global_average_pool(const workers& w, const op& step, const float* packed, read in, written out);
  static void activation(const workers& w, const op& step, const float* packed, read in, written out);
  static void softmax(const workers& w, const op& step, const float* packed, read in, written out);
  static void sigmoid(const workers& w, const op& step, const float* packed, read in, written out);
};

struct cuda_convolution {
  static void convolution(const workers& w, view<const float> in, activation_rule<float> before, const float* weights,
                          window moving, activation_rule<float> after, view<float> out);
  static void convolution_gradient_of_weights(const workers& w, view<const float> in, activation_rule<float> before,
                                              view<const float> d_out, window moving, float* d_weights);
  static void convolution_gradient_of_input(const workers& w, view<const float> d_out, const float* weights,
                                            window moving, view<float> d_activated);
  static void convolution_gradient_through_norm(const workers& w, view<const float> d_out, const float* weights,
                                                window moving, const read_norm<float>& read, norm_sums* sums,
                                                view<float> d_in);
};

struct cuda_linear {
  static void linear(const workers& w, view<const float> in, activation_rule<float> before, const float* weights,
                     activation_rule<float> after, view<float> out);
  static void linear_gradient_of_weights(const workers& w, view<const float> in, activation_rule<float> before,
                                         view<const float> d_out, float* d_weights);
  static void linear_gradient_of_input(const workers& w, view<const float> d_out, const float* weights,
                                       view<float> d_activated);
  static void gradient_of_bias(const workers& w, view<const float> d_out, float* d_bias);
};

struct cuda_pooling {
  static void max_pool(const workers& w, view<const float> in, activation_rule<float> before, window moving,
                       view<float> out);
  static void max_pool_gradient(const workers& w, view<const float> in, activation_rule<float> before, window moving,
                                view<const float> d_out, view<float> d_activated);
  static void average_pool(const workers& w, view<const float> in, activation_rule<float> before, window moving,
                           view<float> out);
  static void average_pool_gradient(const workers& w, view<const float> d_out, window moving, view<float> d_activated);
  static void global_average_pool(const workers& w, view<const float> in, activation_rule<float> before,
                                  view<float> out);
  static void global_average_pool_gradient(const workers& w, view<const float> d_out, view<float> d_activated);
};

struct cuda_activation {
  static void activation(const workers& w, view<const float> in, activation_rule<float> before, view<float> out);
  static void activation_gradient(const workers& w, view<const float> in, activation_rule<float> before,
                                  view<const float> d_activated, view<float> d_in);
};

struct cuda_normalization {
  static void channel_statistics(const workers& w, view<const float> in, float* mean, float* variance);
  static void fold_norm(const workers& w, int channels, const float* gamma, const float* beta, const float* mean,
                        const float* variance, double epsilon, float* scale, float* shift);
  static void average_statistics(const workers& w, int channels, double momentum, const float* observed,
                                 float* running);
  static void norm_gradient(const workers& w, const read_norm<float>& read, view<const float> d_activated,
                            norm_sums* sums, view<float> d_in);
  static void add_norm_gradients(const workers& w, const read_norm<float>& read, const norm_sums* sums,
                                 const norm_gradients<float>& to);
  static void add_lines(const workers& w, view<const float> in, const float* mean, const float* offset,
                        const float* lean, view<float> d_in);
};

struct cuda_dropout {
  static void dropout(const workers& w, view<const float> in, activation_rule<float> before, float rate,
                      random_stream stream, view<float> out);
  static void dropout_gradient(const workers& w, float rate, random_stream stream, view<const float> d_out,
                               view<float> d_activated);
};

struct cuda_softmax {
  static void softmax(const workers& w, view<const float> in, activation_rule<float> before, view<float> out);
  static void softmax_gradient(const workers& w, view<const float> out, view<const float> d_out,
                               view<float> d_activated);
};

struct cuda_sigmoid {
  static void sigmoid(const workers& w, view<const float> in, activation_rule<float> before, view<float> out);
  static void sigmoid_gradient(const workers& w, view<const float> out, view<const float> d_out,
                               view<float> d_activated);
};

/// Findings, weights and losses lie on the host.
struct cuda_loss {
  static double weighted_cross_entropy(const workers& w, view<const float> logits, std::span<const int> findings,
                                       std::span<const float> weights, float label_smoothing, view<float> d_logits,
                                       std::span<float> losses);
};

struct cuda_update {
  static void adam(const workers& w, std::span<float> parameters, std::span<const float> gradient,
                   std::span<float> first, std::span<float> second, const adam_step& step);
};

/// `cuda{}` computes on the device that CUDA calls the first; CUDA_VISIBLE_DEVICES in the environment chooses another.
struct cuda : cuda_convolution,
              cuda_linear,
              cuda_pooling,
              cuda_activation,
              cuda_normalization,
              cuda_dropout,
              cuda_softmax,
              cuda_sigmoid,
              cuda_loss,
              cuda_update {
  static constexpr std::string_view name = "cuda";

  int threads{1};  ///< of the host: they pack weights

  /// throws:  error{no_device} with the driver's reason
  cuda() : cuda{1} {}
  explicit cuda(int wanted);

  [[nodiscard]] static cuda_predictor predictor() { return {}; }

  /// returns:  how many floats of scratch the op needs, forward and backward
  [[nodiscard]] static std::size_t scratch_floats(const op& step);

  /// returns:  what the device is called; "an emulated device" where kernels run on the host
  [[nodiscard]] static std::string device_name();
};

static_assert(backend<cuda>);

}  // namespace thorax
