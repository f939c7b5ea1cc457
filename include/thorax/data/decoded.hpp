// SPDX-License-Identifier: MIT
//
// decoded: film numbers become samples, lazily: `order | decoded(source)`.

#pragma once

#include <thorax/data/dataset.hpp>         // dataset, film
#include <thorax/data/sample.hpp>          // sample
#include <thorax/image/preprocessing.hpp>  // preprocess
#include <thorax/image/read.hpp>           // read_image

#include <range/v3/view/transform.hpp>

#include <cstddef>  // size_t
#include <memory>
#include <mutex>
#include <vector>

namespace thorax {

/// The films of a dataset at a network's input. Films that were decoded once are kept while they fit into
/// `cache_bytes`; with or without them the numbers are the same. Several threads may read at once.
class film_source {
public:
  film_source(const dataset& films, extents shape, const preprocessing& rule,
              std::size_t cache_bytes = std::size_t{2} << 30)
    : films_{&films}, shape_{shape}, rule_{rule}, cached_(films.films.size()), cache_floats_{cache_bytes / sizeof(float)}
  {
  }

  [[nodiscard]] std::size_t size() const { return films_->films.size(); }
  [[nodiscard]] const extents& shape() const { return shape_; }

  /// throws:  error{file_unreadable}, {format_refused}, {limit_exceeded}, each with the film's path
  [[nodiscard]] sample read(std::size_t index) const
  {
    const film& wanted = films_->films[index];
    sample made{tensor::from_shape({static_cast<std::size_t>(shape_.channels), static_cast<std::size_t>(shape_.height),
                                    static_cast<std::size_t>(shape_.width)}),
                wanted.finding, index};
    if (const auto kept = find(index)) {
      made.pixels = *kept;
      return made;
    }
    preprocess(read_image(wanted.path), rule_, view<float>::packed(made.pixels.data(), 1, shape_));
    keep(index, made.pixels);
    return made;
  }

private:
  [[nodiscard]] std::shared_ptr<const tensor> find(std::size_t index) const
  {
    const std::lock_guard lock{mutex_};
    return cached_[index];
  }

  void keep(std::size_t index, const tensor& pixels) const
  {
    const std::lock_guard lock{mutex_};
    if (cached_[index] || cached_floats_ + pixels.size() > cache_floats_) return;
    cached_floats_ += pixels.size();
    cached_[index] = std::make_shared<const tensor>(pixels);
  }

  const dataset* films_;
  extents shape_;
  preprocessing rule_;
  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<const tensor>> cached_;
  std::size_t cache_floats_;
  mutable std::size_t cached_floats_{};
};

/// Pipeable: numbers of films to samples. The source must outlive the view.
inline auto decoded(const film_source& source)
{
  return ranges::views::transform([&source](std::size_t index) { return source.read(index); });
}

}  // namespace thorax
