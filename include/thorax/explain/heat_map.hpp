// SPDX-License-Identifier: MIT
//
// heat_map: how strongly each cell of a part's maps spoke for a finding.

#pragma once

#include <algorithm>  // clamp, max_element, min
#include <cstddef>    // size_t
#include <string>
#include <vector>

namespace thorax {

/// height × width numbers ≥ 0 on the grid of the part that was asked; 9 × 9 for DenseNet201 at 300x300. That is
/// all the precision there is, however finely it is drawn.
struct heat_map {
  int height{};
  int width{};
  std::vector<float> cells;
  std::string part;  ///< the path of the part that was asked

  [[nodiscard]] float at(int y, int x) const
  {
    return cells[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
  [[nodiscard]] float largest() const { return cells.empty() ? 0.0F : *std::max_element(cells.begin(), cells.end()); }

  /// Nothing spoke for the finding: a result, not an error.
  [[nodiscard]] bool is_empty() const { return !(largest() > 0); }
};

/// returns:  the map scaled to [0, 1] and interpolated linearly between the centers of its cells, one number a
///           pixel of a picture of that size; all 0 for an empty map
inline std::vector<float> upsampled(const heat_map& map, int height, int width)
{
  std::vector<float> pixels(static_cast<std::size_t>(height) * static_cast<std::size_t>(width), 0.0F);
  if (map.is_empty()) return pixels;
  const float largest = map.largest();
  const auto cell_at = [](int pixel, int pixels_along, int cells_along) {
    const double center = (pixel + 0.5) * cells_along / pixels_along - 0.5;
    return std::clamp(center, 0.0, static_cast<double>(cells_along - 1));
  };
  for (int y = 0; y < height; ++y) {
    const double row = cell_at(y, height, map.height);
    const int top = static_cast<int>(row);
    const int bottom = std::min(top + 1, map.height - 1);
    const auto down = static_cast<float>(row - top);
    for (int x = 0; x < width; ++x) {
      const double column = cell_at(x, width, map.width);
      const int left = static_cast<int>(column);
      const int right = std::min(left + 1, map.width - 1);
      const auto aside = static_cast<float>(column - left);
      const float upper = map.at(top, left) * (1 - aside) + map.at(top, right) * aside;
      const float lower = map.at(bottom, left) * (1 - aside) + map.at(bottom, right) * aside;
      pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)] =
        std::min((upper * (1 - down) + lower * down) / largest, 1.0F);
    }
  }
  return pixels;
}

}  // namespace thorax
