// SPDX-License-Identifier: MIT
//
// limits: how large a film may be. Checked on what its header claims, before memory is taken for it.

#pragma once

#include <thorax/base/error.hpp>  // error

#include <cstddef>  // size_t
#include <string>

namespace thorax {

/// What reading refuses. The defaults let every film of a hospital pass (a 17x17 inch detector gives about
/// 4,300 pixels a side) and keep one film below about 1 GB while it is decoded.
struct image_limits {
  int side{16'384};                              ///< pixels, either side
  std::size_t pixels{100'000'000};               ///< height × width
  std::size_t file_bytes{std::size_t{256} << 20};
  int scans{100};                                ///< passes of a progressive JPEG; cameras write about ten
};

/// Throws the sentence "film 'name': …", the beginning that all refusals of a film share.
[[noreturn]] inline void refuse_film(error_code code, const std::string& name, const std::string& sentence)
{
  throw error{code, "film '" + name + "': " + sentence};
}

/// throws:  error{format_refused} for a picture without pixels, error{limit_exceeded} for one above `limits`
inline void ensure_within(const image_limits& limits, const std::string& name, std::size_t height, std::size_t width)
{
  const std::string found = std::to_string(width) + "x" + std::to_string(height) + " pixels";  // as people say it
  if (height == 0 || width == 0)
    refuse_film(error_code::format_refused, name, "expected at least 1x1 pixels, found " + found +
                                                    "; the file is damaged, export the film again");
  const auto side = static_cast<std::size_t>(limits.side);
  if (height <= side && width <= side && width <= limits.pixels / height) return;
  refuse_film(error_code::limit_exceeded, name,
              "expected at most " + std::to_string(limits.side) + " pixels a side and " +
                std::to_string(limits.pixels) + " in all, found " + found +
                "; save the film with fewer pixels, or, in a program of your own, pass larger image_limits");
}

/// The longest side before and after resizing: up to it every sum of weight × sample of an area average is exact
/// in float, 2 · 32768 · 255 < 2^24, and Pillow's fixed point does not overflow.
inline constexpr int longest_resized_side = 32'768;

/// throws:  error{does_not_fit} unless both sides are in [1, 32768]
inline void ensure_resizable(int old_side, int new_side)
{
  if (old_side >= 1 && new_side >= 1 && old_side <= longest_resized_side && new_side <= longest_resized_side) return;
  throw error{error_code::does_not_fit, "resize: expected sides of 1 to 32768 pixels before and after, found " +
                                          std::to_string(old_side) + " and " + std::to_string(new_side) +
                                          "; choose other extents"};
}

}  // namespace thorax
