// SPDX-License-Identifier: MIT
//
// film_epochs: what fit asks of its films: the batches of an epoch, and a validation on other films.

#pragma once

#include <thorax/data/epoch_loader.hpp>  // epoch_loader, film_source
#include <thorax/data/shuffled.hpp>      // shuffled, in_order
#include <thorax/model/model.hpp>        // any_model
#include <thorax/train/fit.hpp>          // validation

#include <algorithm>  // max_element, max
#include <cmath>      // exp, log
#include <cstddef>    // size_t
#include <cstdint>    // uint64_t
#include <optional>

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
    return {films, {shuffled(films.size(), seed, epoch), batch_size, seed + 1, epoch, changes}, skipped_batches, threads};
  }
};

/// returns:  mean unweighted cross-entropy and accuracy of a model over films, shown as they are
template<backend Backend>
validation validate_on(const any_model<Backend>& net, const film_source& films, int batch_size = 16)
{
  epoch_loader loader{films, {in_order(films.size()), batch_size, 0, 0, std::nullopt}};
  validation sum;
  while (const labeled_batch* next = loader.next()) {
    const scores said = net(next->pixels);
    const std::size_t findings = said.logits.shape(1);
    for (std::size_t n = 0; n < next->findings.size(); ++n) {
      const float* logits = said.logits.data() + n * findings;
      const float* largest = std::max_element(logits, logits + findings);
      double total = 0;
      for (std::size_t k = 0; k < findings; ++k) total += std::exp(static_cast<double>(logits[k]) - double{*largest});
      const int finding = next->findings[n];
      sum.loss += std::log(total) + double{*largest} - static_cast<double>(logits[finding]);
      sum.accuracy += largest - logits == finding ? 1 : 0;
    }
  }
  const auto count = static_cast<double>(std::max<std::size_t>(films.size(), 1));
  return {sum.loss / count, sum.accuracy / count};
}

}  // namespace thorax
