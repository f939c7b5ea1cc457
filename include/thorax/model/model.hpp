// SPDX-License-Identifier: MIT
//
// model: a network with weights on a backend. Immutable, so any number of threads may ask it at once.

#pragma once

#include <thorax/backend/predictor.hpp>      // predicting_backend
#include <thorax/model/blueprint.hpp>        // blueprint
#include <thorax/model/network_weights.hpp>  // network_weights
#include <thorax/model/packed_plan.hpp>      // packed_plan
#include <thorax/model/softmax_at.hpp>       // softmax_at
#include <thorax/model/each_film.hpp>        // each_film
#include <thorax/model/verdict.hpp>          // verdict
#include <thorax/model/workspace.hpp>        // workspace
#include <thorax/tensor/tensor.hpp>          // batch, tensor

#include <algorithm>  // copy_n, max
#include <cmath>      // abs
#include <cstddef>    // size_t
#include <filesystem>
#include <memory>  // shared_ptr
#include <span>
#include <string>
#include <utility>  // declval, move
#include <vector>

namespace thorax {

/// What a network says about a batch: samples × findings.
struct scores {
  xt::xtensor<float, 2> logits;
  xt::xtensor<float, 2> probabilities;
};

namespace detail {

inline std::string text_of(const extents& shape)
{
  return std::to_string(shape.channels) + "x" + std::to_string(shape.height) + "x" + std::to_string(shape.width);
}

/// returns:  whether a backend wants its threads pinned, if it has a say in that
template<class Backend>
pinning wish_of(const Backend& chosen)
{
  if constexpr (requires { chosen.options.pinned; }) return chosen.options.pinned ? pinning::on : pinning::off;
  else return pinning::off;
}

}  // namespace detail

/// A model whose network is known at run time only. `model<Network, Backend>` is the same with a known type.
template<predicting_backend Backend>
class any_model {
public:
  using predictor_type = decltype(std::declval<const Backend&>().predictor());

  /// Packs the weights for the backend; those that were given are only read again when they are written or explained.
  ///
  /// throws:  error{does_not_fit} if the weights' findings are not as many as the network's outputs, or they carry a
  ///          temperature and the network does not end with a softmax
  any_model(std::shared_ptr<const blueprint> network, std::shared_ptr<const network_weights> weights, Backend chosen)
    : network_{std::move(network)}, weights_{std::move(weights)},
      pool_{std::make_shared<thread_pool>(chosen.threads, detail::wish_of(chosen))}, idle_{std::make_shared<idle_workspaces>()},
      norms_{plan().norms.begin(), plan().norms.end()}, findings_{metadata().findings}
  {
    const std::size_t outputs = plan().output.shape.size();
    const std::size_t named = metadata().findings.size();
    ensure(named == 0 || named == outputs, error_code::does_not_fit, [&] {
      return "the network ends with " + std::to_string(outputs) + " numbers, the weights name " +
             std::to_string(named) + " findings; choose the network with as many";
    });
    if (metadata().temperature) temperature_ = metadata().temperature->value;
    ensure(temperature_ == 1 || plan().ops.back().kind == op_kind::softmax, error_code::does_not_fit, [&] {
      return "the weights carry a temperature, and " + network_->name + " does not end with a softmax; a sigmoid has none";
    });
    for (std::size_t i = named; i < outputs; ++i) findings_.push_back("finding " + std::to_string(i));
    for (norm& rule : norms_)
      if (rule.epsilon_is_default) rule.epsilon = metadata().batch_norm_epsilon;
    packed_ = std::make_shared<const packed_plan<predictor_type>>(plan(), norms_, *weights_, chosen.predictor(),
                                                                  workers{pool_.get()});
  }

  [[nodiscard]] const plan_view& plan() const { return network_->predicting; }
  [[nodiscard]] const thorax::blueprint& network() const { return *network_; }
  [[nodiscard]] const network_weights& weights() const { return *weights_; }
  [[nodiscard]] const weights_metadata& metadata() const { return weights_->metadata(); }
  [[nodiscard]] std::span<const norm> norms() const { return norms_; }
  [[nodiscard]] thread_pool& pool() const { return *pool_; }

  /// The plan as it runs.
  [[nodiscard]] const packed_plan<predictor_type>& packed() const { return *packed_; }
  [[nodiscard]] extents input() const { return plan().input.shape; }

  /// The findings in the order of the outputs; numbered if the weights do not name them.
  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }

  /// returns:  the place in `space` where the next run's samples belong; they stay there until it is filled again
  view<float> input_of(workspace& space, int samples) const
  {
    space.inputs.grow_to(input().size() * static_cast<std::size_t>(samples));
    return view<float>::packed(space.inputs.data(), samples, input());
  }

  /// By what logits are divided before softmax: 1 unless the weights say otherwise. Logits stay as they are.
  [[nodiscard]] double temperature() const { return temperature_; }

  /// Runs the network on what stands in input_of(space, samples).
  ///
  /// returns: logits and probabilities, views into `space` that hold until its next use
  std::pair<view<const float>, view<const float>> run(workspace& space, int samples) const
  {
    const view<const float> films = input_of(space, samples);
    return run(space, films);
  }

  /// Runs the network on preprocessed samples wherever they are. As many as there are threads go side by side, each
  /// computed by one thread alone; those that are left over are computed by all threads, one after the other. No
  /// result depends on which.
  ///
  /// memory:  allocates nothing once `space` has held as many samples
  /// returns: as above
  std::pair<view<const float>, view<const float>> run(workspace& space, const view<const float>& samples) const
  {
    return run(space, samples, pool_.get());
  }

  /// The same on the calling thread alone: for those who share films out among threads themselves.
  std::pair<view<const float>, view<const float>> run_alone(workspace& space, const view<const float>& samples) const
  {
    return run(space, samples, nullptr);
  }

  /// What the network says about a film, preprocessed as its weights demand.
  ///
  /// throws:  error{number_not_finite} if the network answers with what is no number
  /// memory:  after the first call only the finding's name, if it has more letters than a std::string holds itself
  verdict predict(const image& film, workspace& space) const
  {
    preprocess(film, metadata().preprocessing, input_of(space, 1), space.films);
    const view<const float> probabilities = run(space, 1).second;
    return most_likely({probabilities.data, probabilities.shape.size()}, findings_);
  }
  verdict predict(const image& film) const
  {
    return with_workspace([&](workspace& space) { return predict(film, space); });
  }

  /// Logits and probabilities of preprocessed samples; as many as you like.
  ///
  /// throws:  error{does_not_fit} if the samples have other extents than the network's input
  [[nodiscard]] scores operator()(const batch& samples) const { return score(view_of(samples)); }
  [[nodiscard]] scores operator()(const tensor& sample) const { return score(view_of(sample)); }

  /// returns:  the film as the network sees it
  [[nodiscard]] tensor seen(const image& film) const
  {
    const extents shape = input();
    tensor maps({static_cast<std::size_t>(shape.channels), static_cast<std::size_t>(shape.height),
                 static_cast<std::size_t>(shape.width)});
    preprocess(film, metadata().preprocessing, view<float>::packed(maps.data(), 1, shape));
    return maps;
  }

  /// Runs the golden sample that the weights carry, if they do. Products of 16-bit numbers may miss it by a twentieth.
  ///
  /// throws:  error{does_not_fit} when this machine computes other numbers
  void verify() const
  {
    if (!metadata().golden) return;
    golden_sample expected = *metadata().golden;
    if constexpr (requires { packed_->chosen().is_coarse(); })
      if (packed_->chosen().is_coarse())
        for (const float logit : expected.logits)
          expected.tolerance = std::max(expected.tolerance, 0.05 * (1 + std::abs(double{logit})));
    with_workspace([&](workspace& space) {
      const view<float> in = input_of(space, 1);
      fill_golden_input(expected.seed, {in.data, in.shape.size()});
      const view<const float> logits = run(space, 1).first;
      check_golden(expected, {logits.data, logits.shape.size()}, network_->name);
    });
  }

  template<class Work>
  decltype(auto) with_workspace(Work&& work) const
  {
    struct loan {
      idle_workspaces& from;
      std::unique_ptr<workspace> space{from.borrow()};
      ~loan() { from.give_back(std::move(space)); }
    } borrowed{*idle_};
    return work(*borrowed.space);
  }

private:
  std::pair<view<const float>, view<const float>> run(workspace& space, const view<const float>& samples,
                                                      thread_pool* pool) const
  {
    const int count = samples.samples;
    const std::size_t logits = plan().logits.shape.size();
    const std::size_t outputs = plan().output.shape.size();
    space.answers.grow_to((logits + outputs) * static_cast<std::size_t>(count));
    float* const said = space.answers.data();
    float* const outputs_of_all = said + logits * static_cast<std::size_t>(count);
    each_film(space, *packed_, pool, count, [&](int n, int films, float* arena, const workers& crew) {
      const auto i = static_cast<std::size_t>(n);
      packed_->run(samples.some(n, films), arena, crew, said + i * logits, outputs_of_all + i * outputs);
      for (std::size_t film = i; temperature_ != 1 && film < i + static_cast<std::size_t>(films); ++film)
        softmax_at({said + film * logits, logits}, temperature_, {outputs_of_all + film * outputs, outputs});
    });
    return {view<const float>::packed(said, count, plan().logits.shape),
            view<const float>::packed(outputs_of_all, count, plan().output.shape)};
  }

  [[nodiscard]] scores score(const view<const float>& samples) const
  {
    ensure(samples.shape == input(), error_code::does_not_fit, [&] {
      return "the network's input is " + detail::text_of(input()) + ", found samples of " +
             detail::text_of(samples.shape) + "; preprocess them first";
    });
    const auto count = static_cast<std::size_t>(samples.samples);
    const std::size_t outputs = plan().output.shape.size();
    scores said{xt::xtensor<float, 2>::from_shape({count, outputs}), xt::xtensor<float, 2>::from_shape({count, outputs})};
    with_workspace([&](workspace& space) {
      const auto [logits, probabilities] = run(space, samples);
      std::copy_n(logits.data, count * outputs, said.logits.data());
      std::copy_n(probabilities.data, count * outputs, said.probabilities.data());
    });
    return said;
  }

  std::shared_ptr<const blueprint> network_;
  std::shared_ptr<const network_weights> weights_;
  std::shared_ptr<thread_pool> pool_;
  std::shared_ptr<idle_workspaces> idle_;
  std::vector<norm> norms_;
  std::vector<std::string> findings_;
  double temperature_{1};
  std::shared_ptr<const packed_plan<predictor_type>> packed_;
};

/// A model whose network is a type: Grad-CAM knows its parts, and its plan was made by the compiler.
template<class Network, predicting_backend Backend>
class model : public any_model<Backend> {
public:
  model(std::shared_ptr<const network_weights> weights, Backend chosen)
    : any_model<Backend>{blueprint_of<Network>(), std::move(weights), chosen}
  {
  }
};

namespace detail {

inline void ensure_made_for(const weights_metadata& metadata, const std::string& name, const blueprint& network)
{
  ensure(metadata.network.empty() || metadata.network == network.name, error_code::does_not_fit, [&] {
    return name + ": holds weights of " + metadata.network + ", expected " + network.name +
           "; read it as the network it was made for";
  });
  const extents wanted = network.predicting.input.shape;
  ensure(metadata.input == extents{} || metadata.input == wanted, error_code::does_not_fit, [&] {
    return name + ": made for an input of " + text_of(metadata.input) + ", expected " + text_of(wanted) +
           "; choose the network with that input";
  });
}

}  // namespace detail

/// Reads a weights file for a network that is known at run time.
///
/// throws:  error{file_unreadable}, {format_refused}, {checksum_differs}, {does_not_fit}
template<predicting_backend Backend>
any_model<Backend> read_model(std::shared_ptr<const blueprint> network, weights_file file, Backend chosen)
{
  detail::ensure_made_for(file.metadata(), file.tensors().name(), *network);
  auto weights = std::make_shared<const network_weights>(network->predicting, std::move(file));
  return {std::move(network), std::move(weights), chosen};
}

/// Reads an open weights file, one that is embedded in the program for example, for a network that is a type.
///
/// throws:  error{does_not_fit}
template<class Network, predicting_backend Backend>
model<Network, Backend> read_model(weights_file file, Backend chosen)
{
  const std::shared_ptr<const blueprint> network = blueprint_of<Network>();
  detail::ensure_made_for(file.metadata(), file.tensors().name(), *network);
  return {std::make_shared<const network_weights>(network->predicting, std::move(file)), chosen};
}

/// Reads a weights file for a network that is a type.
///
/// throws:  error{file_unreadable}, {format_refused}, {checksum_differs}, {does_not_fit}
template<class Network, predicting_backend Backend>
model<Network, Backend> read_model(const std::filesystem::path& path, Backend chosen)
{
  return read_model<Network>(weights_file{path}, chosen);
}

}  // namespace thorax
