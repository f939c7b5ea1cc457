// SPDX-License-Identifier: MIT
//
// film_epochs: what fit asks of its films: the batches of an epoch, and a validation on other films.

#pragma once

#include <thorax/data/epoch_loader.hpp>  // epoch_loader, film_source
#include <thorax/data/shuffled.hpp>      // shuffled, in_order
#include <thorax/model/model.hpp>        // any_model
#include <thorax/train/fit.hpp>          // validation

#include <cstdint>  // uint64_t
#include <optional>
#include <span>
#include <vector>

namespace thorax {

/// Opens epochs: a fresh order each, the last batch as short as it comes. Order and changes are pure functions
/// of the seed, so a resumed run sees the films it would have seen.
struct film_epochs {
  const film_source& films;
  int batch_size{16};
  std::uint64_t seed{};
  std::optional<augmentation> changes{augmentation{}};
  int threads{1};  ///< that decode and augment beside the training

  epoch_loader operator()(int epoch, int skipped_batches) const
  {
    return {films, {shuffled(films.size(), seed, epoch), batch_size, seed + 1, epoch, changes}, skipped_batches,
            threads};
  }
};

/// Adds a batch's losses and correct answers.
template<backend Backend>
void add_batch(validation& sum, const view<const float>& logits, std::span<const int> findings)
{
  const std::vector<float> alike(findings.size(), 1.0F);
  sum.loss += logits.samples * Backend::weighted_cross_entropy({}, logits, findings, alike, 0.0F, view<float>{}, {});
  sum.accuracy += count_correct(logits, findings);
}

inline validation mean_of(const validation& sum, std::size_t films)
{
  const auto count = static_cast<double>(films);
  return {sum.loss / count, sum.accuracy / count};
}

/// returns:  mean unweighted cross-entropy and accuracy of a model over films, shown as they are
/// throws:   error{does_not_fit} for no films, or findings that the model does not know; what reading a film throws
template<backend Backend>
validation validate_on(const any_model<Backend>& net, const film_source& films, int batch_size = 16)
{
  ensure(films.size() > 0, "there are no films to validate on; without them nobody knows which weights are best");
  epoch_loader loader{films, {in_order(films.size()), batch_size, 0, 0, std::nullopt}};
  validation sum;
  while (const labeled_batch* next = loader.next()) {
    const scores said = net(next->pixels);
    const std::span<const int> findings{next->findings};
    const auto count = static_cast<int>(findings.size());
    const auto outputs = static_cast<int>(said.logits.shape(1));
    const auto logits = view<const float>::packed(said.logits.data(), count, {outputs, 1, 1});
    add_batch<Backend>(sum, logits, findings);
  }
  return mean_of(sum, films.size());
}

}  // namespace thorax
