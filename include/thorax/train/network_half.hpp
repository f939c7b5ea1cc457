// SPDX-License-Identifier: MIT
//
// network_half: one half of a network that is split at its freeze boundary, predicting. The frozen one makes features of
// films, the other one logits of features.

#pragma once

#include <thorax/backend/predictor.hpp>     // predicting_backend
#include <thorax/model/packed_plan.hpp>     // packed_plan
#include <thorax/model/each_film.hpp>    // each_film
#include <thorax/model/workspace.hpp>       // workspace
#include <thorax/plan/plan.hpp>             // for_inference, view_of
#include <thorax/tensor/view.hpp>           // view

#include <cstddef>  // ptrdiff_t, size_t
#include <span>
#include <utility>  // declval, move

namespace thorax {

/// returns:  how many numbers the features of one film are
constexpr std::size_t feature_floats(const draft& half)
{
  std::size_t floats = 0;
  for (const slice& maps : half.features) floats += maps.shape.size();
  return floats;
}

/// Holds the weights as they were when it was made, packed. Features of a film are its maps one behind the other, channel
/// by channel.
template<predicting_backend Backend>
class network_half {
public:
  /// accepts:  a half of split_at_boundary; norms with the epsilons that count; all parameters of the network
  network_half(draft half, std::span<const norm> norms, const float* const* parameters, const Backend& chosen,
               thread_pool& pool)
    : plan_{for_inference(std::move(half))}, floats_{feature_floats(plan_)},
      packed_{view_of(plan_), norms, parameters, chosen.predictor(), workers{&pool}}
  {
  }
  network_half(const network_half&) = delete;
  network_half& operator=(const network_half&) = delete;

  /// Of the frozen half: what each film becomes.
  void make_features(const view<const float>& films, float* features, workspace& space, thread_pool& pool) const
  {
    each_film(space, packed_, &pool, films.samples, [&](int n, int count, float* arena, const workers& crew) {
      packed_.run(films.some(n, count), arena, crew);
      float* to = features + static_cast<std::size_t>(n) * floats_;
      for (const slice& maps : plan_.features) {
        packed_.read(maps, arena, features_view(to, count, maps.shape), crew);
        to += maps.shape.size();
      }
    });
  }

  /// Of the other half: what the network says to films with these features.
  void make_logits(const float* features, int films, float* logits, workspace& space, thread_pool& pool) const
  {
    each_film(space, packed_, &pool, films, [&](int n, int count, float* arena, const workers& crew) {
      const float* from = features + static_cast<std::size_t>(n) * floats_;
      for (const slice& maps : plan_.features) {
        packed_.write(maps, features_view(from, count, maps.shape), arena, crew);
        from += maps.shape.size();
      }
      packed_.run(arena, crew, count);
      float* const said = logits + static_cast<std::size_t>(n) * plan_.logits.shape.size();
      packed_.read(plan_.logits, arena, view<float>::packed(said, count, plan_.logits.shape), crew);
    });
  }

private:
  /// One of the maps that the features are made of, in several films' features.
  template<class Number>
  [[nodiscard]] view<Number> features_view(Number* first, int films, const extents& shape) const
  {
    return {first, films, shape, static_cast<std::ptrdiff_t>(floats_)};
  }

  using predictor_type = decltype(std::declval<const Backend&>().predictor());

  draft plan_;
  std::size_t floats_;
  packed_plan<predictor_type> packed_;
};

}  // namespace thorax
