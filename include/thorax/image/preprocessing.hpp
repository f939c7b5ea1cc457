// SPDX-License-Identifier: MIT
//
// preprocessing: a film becomes the numbers a network was trained on. The rule travels with the weights.

#pragma once

#include <thorax/base/ensure.hpp>   // ensure
#include <thorax/image/gray.hpp>    // make_gray
#include <thorax/image/image.hpp>   // image
#include <thorax/image/resize.hpp>  // resize, resize_kind
#include <thorax/tensor/view.hpp>   // view

#include <array>
#include <cmath>    // isfinite
#include <cstddef>  // size_t
#include <cstdint>  // uint8_t

namespace thorax {

/// How to resize, and what to subtract from and divide by: x = (sample / 255 - mean) / deviation, by channel.
/// The defaults are ImageNet's statistics, which the weights of torchvision and timm expect.
struct preprocessing {
  resize_kind resize{resize_kind::area};
  std::array<float, 3> mean{0.485F, 0.456F, 0.406F};
  std::array<float, 3> deviation{0.229F, 0.224F, 0.225F};

  friend bool operator==(const preprocessing&, const preprocessing&) = default;
};

/// What Keras' image generator does with rescale=1/255: nearest pixels, numbers in [0, 1].
inline constexpr preprocessing keras_preprocessing{resize_kind::nearest, {0, 0, 0}, {1, 1, 1}};

/// What torchxrayvision's networks expect: one channel, numbers in [-1024, 1024].
inline constexpr preprocessing xrv_preprocessing{resize_kind::area, {0.5F, 0.5F, 0.5F}, {0x1p-11F, 0x1p-11F, 0x1p-11F}};

/// Working memory of `preprocess`; kept between films of one size it is allocated once. Not to be shared by threads.
struct preprocess_scratch {
  resize_scratch resize;
  image gray;
  image resized;
};

namespace detail {

/// Writes samples of a film of 1 or 3 channels to all channels of a view of 1 or 3, normalized.
class normalizing_writer {
public:
  normalizing_writer(const preprocessing& rule, view<float> out, int film_channels)
    : out_{out}, repeats_{film_channels == 1 ? out.shape.channels : 1}
  {
    for (std::size_t c = 0; c < 3; ++c) {
      const double deviation = static_cast<double>(rule.deviation[c]);
      scale_[c] = 1.0 / (255.0 * deviation);
      shift_[c] = -static_cast<double>(rule.mean[c]) / deviation;
    }
  }

  void operator()(int y, int x, int c, double sample) const
  {
    for (int channel = c; channel < c + repeats_; ++channel) {
      const auto i = static_cast<std::size_t>(channel);
      out_(0, channel, y, x) = static_cast<float>(sample * scale_[i] + shift_[i]);
    }
  }

private:
  view<float> out_;
  int repeats_;
  std::array<double, 3> scale_{};
  std::array<double, 3> shift_{};
};

inline void ensure_usable(const preprocessing& rule, const view<float>& out)
{
  ensure(out.data != nullptr && out.samples >= 1 && (out.shape.channels == 1 || out.shape.channels == 3) &&
           out.shape.height >= 1 && out.shape.width >= 1,
         "preprocess: expected room for at least one sample of 1 or 3 channels and 1x1 pixels; "
         "films become inputs of one or three channels");
  for (std::size_t c = 0; c < 3; ++c)
    ensure(std::isfinite(rule.mean[c]) && std::isfinite(rule.deviation[c]) && rule.deviation[c] > 0,
           "preprocess: expected finite means and deviations above 0; correct the rule or the weights file");
}

}  // namespace detail

/// Writes the whole frame, squashed to the extents of `out`, into sample 0 of `out`. A gray film fills all three
/// channels, each by its own mean and deviation; of a color film the luma goes into a single channel. A single
/// channel uses the first mean and deviation.
///
/// The area kind never rounds to eight bits in between; bilinear and nearest do, as Pillow does.
///
/// throws:  error{does_not_fit}
/// memory:  allocates only when `scratch` never held as much
inline void preprocess(const image& film, const preprocessing& rule, view<float> out, preprocess_scratch& scratch)
{
  ensure_is_picture(film);
  detail::ensure_usable(rule, out);
  const bool drops_color = film.channels == 3 && out.shape.channels == 1;
  if (drops_color) make_gray(film, scratch.gray);
  const image& source = drops_color ? scratch.gray : film;
  const detail::normalizing_writer write{rule, out, source.channels};
  const int height = out.shape.height;
  const int width = out.shape.width;
  if (rule.resize == resize_kind::area) return average_area(source, height, width, scratch.resize.area, write);
  resize(source, height, width, rule.resize, scratch.resize, scratch.resized);
  const std::uint8_t* sample = scratch.resized.samples.data();
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < source.channels; ++c) write(y, x, c, *sample++);
}

/// The same with working memory of its own, for a single film.
inline void preprocess(const image& film, const preprocessing& rule, view<float> out)
{
  preprocess_scratch scratch;
  preprocess(film, rule, out, scratch);
}

}  // namespace thorax
