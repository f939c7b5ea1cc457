// SPDX-License-Identifier: MIT
//
// decoded: film numbers become samples, lazily: `order | decoded(source)`.

#pragma once

#include <thorax/data/dataset.hpp>         // dataset, film
#include <thorax/data/sample.hpp>          // sample
#include <thorax/image/image.hpp>          // image
#include <thorax/image/preprocessing.hpp>  // preprocess
#include <thorax/image/read.hpp>           // read_image

#include <range/v3/view/transform.hpp>

#include <algorithm>  // min
#include <cstddef>    // size_t
#include <memory>     // shared_ptr
#include <mutex>
#include <utility>  // move
#include <variant>
#include <vector>

namespace thorax {

/// The films of a dataset at a network's input. Films that were decoded once are kept while they fit into
/// `cache_bytes`, each in the form that is smaller: the picture as it was read, or the finished numbers. With or
/// without them the numbers are the same. Several threads may read at once.
class film_source {
public:
  film_source(const dataset& films, extents shape, const preprocessing& rule,
              std::size_t cache_bytes = std::size_t{2} << 30)
    : films_{&films}, shape_{shape}, rule_{rule}, cached_(films.films.size()), cache_bytes_{cache_bytes}
  {
  }
  film_source(dataset&& gone_before_it_is_read, extents, const preprocessing&, std::size_t = 0) = delete;

  [[nodiscard]] std::size_t size() const { return films_->films.size(); }
  [[nodiscard]] const extents& shape() const { return shape_; }
  [[nodiscard]] const preprocessing& rule() const { return rule_; }
  [[nodiscard]] const film& film_at(std::size_t index) const { return films_->films[index]; }

  /// returns:  how many bytes of films are kept now
  [[nodiscard]] std::size_t cached_bytes() const
  {
    const std::lock_guard lock{mutex_};
    return used_bytes_;
  }

  /// throws:  error{file_unreadable}, {format_refused}, {limit_exceeded}, each with the film's path
  [[nodiscard]] sample read(std::size_t index) const
  {
    const film& wanted = films_->films[index];
    if (const std::shared_ptr<const kept> known = find(index)) {
      if (const tensor* pixels = std::get_if<tensor>(known.get())) return {*pixels, wanted.finding, index};
      return {prepared(std::get<image>(*known)), wanted.finding, index};
    }
    image picture = read_image(wanted.path);
    sample made{prepared(picture), wanted.finding, index};
    keep(index, std::move(picture), made.pixels);
    return made;
  }

private:
  using kept = std::variant<image, tensor>;

  [[nodiscard]] tensor prepared(const image& picture) const
  {
    tensor pixels = tensor::from_shape({static_cast<std::size_t>(shape_.channels),
                                        static_cast<std::size_t>(shape_.height),
                                        static_cast<std::size_t>(shape_.width)});
    preprocess(picture, rule_, view<float>::packed(pixels.data(), 1, shape_));
    return pixels;
  }

  [[nodiscard]] std::shared_ptr<const kept> find(std::size_t index) const
  {
    const std::lock_guard lock{mutex_};
    return cached_[index];
  }

  // Films are met in turn, so throwing one out to keep another would gain nothing: the first ones that fit stay.
  void keep(std::size_t index, image picture, const tensor& pixels) const
  {
    const std::size_t as_picture = picture.samples.size(), as_numbers = pixels.size() * sizeof(float);
    const std::size_t needed = std::min(as_picture, as_numbers);
    const std::lock_guard lock{mutex_};
    if (cached_[index] || needed > cache_bytes_ - used_bytes_) return;
    used_bytes_ += needed;
    cached_[index] = as_picture <= as_numbers ? std::make_shared<const kept>(std::move(picture))
                                              : std::make_shared<const kept>(pixels);
  }

  const dataset* films_;
  extents shape_;
  preprocessing rule_;
  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<const kept>> cached_;
  std::size_t cache_bytes_;
  mutable std::size_t used_bytes_{};
};

/// Pipeable: numbers of films to samples. The source must outlive the view.
inline auto decoded(const film_source& source)
{
  return ranges::views::transform([&source](std::size_t index) { return source.read(index); });
}

}  // namespace thorax
