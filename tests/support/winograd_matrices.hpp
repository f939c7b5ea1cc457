// SPDX-License-Identifier: MIT
//
// winograd_matrices: the matrices behind winograd_transform, in double, as the transforms themselves give them.

#pragma once

#include <thorax/backend/cpu/kernels/winograd_transform.hpp>  // winograd_transform

#include <algorithm>  // max
#include <cstddef>    // size_t

namespace thorax::tests {

/// outputs · ((weights · g) ∘ (inputs · d)) are Tile results of a window of 3 over Tile + 2 numbers.
template<int Tile>
struct winograd_matrices {
  static constexpr std::size_t side = Tile + 2;
  static constexpr std::size_t made = Tile;
  double inputs[side][side]{};
  double outputs[made][side]{};
  double weights[side][3]{};

  winograd_matrices()
  {
    using transform = kernels::winograd_transform<Tile>;
    for (std::size_t j = 0; j < side; ++j) {
      double unit[side]{};
      unit[j] = 1;
      double result[side]{};
      transform::inputs(unit, result);
      for (std::size_t i = 0; i < side; ++i) inputs[i][j] = result[i];
      transform::outputs(unit, result);
      for (std::size_t i = 0; i < made; ++i) outputs[i][j] = result[i];
      for (std::size_t i = 0; i < 3; ++i) weights[j][i] = double{transform::weights[j][i]};
    }
  }

  /// How many times the rounding of a plain sum an output of tile × tile gets where numbers of variance 1 are
  /// filtered: rows of `weights` and `inputs` multiply sizes by their norms, and rows of `outputs` add up planes
  /// whose roundings have nothing to do with each other. The root of the sum, once for each of the two directions.
  [[nodiscard]] double amplification() const
  {
    double most = 0;
    for (std::size_t r = 0; r < made; ++r) {
      double sum = 0;
      for (std::size_t j = 0; j < side; ++j)
        sum += squares(outputs[r] + j, 1) * squares(weights[j], 3) * squares(inputs[j], side);
      most = std::max(most, sum);
    }
    return most;
  }

  /// The same for the gradient of the weights, of which a tile is one product a plane: numbers and gradients grow
  /// by the norms of rows of `inputs` and columns of `outputs`, and columns of `weights` add up the planes.
  [[nodiscard]] double gradient_amplification() const
  {
    double most = 0;
    for (std::size_t t = 0; t < 3; ++t) {
      double sum = 0;
      for (std::size_t j = 0; j < side; ++j) {
        double spread = 0;
        for (std::size_t r = 0; r < made; ++r) spread += outputs[r][j] * outputs[r][j];
        sum += weights[j][t] * weights[j][t] * squares(inputs[j], side) * spread;
      }
      most = std::max(most, sum);
    }
    return most;
  }

private:
  static double squares(const double* numbers, std::size_t count)
  {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += numbers[i] * numbers[i];
    return sum;
  }
};

/// returns:  the amplification of tiles of that side
inline double amplification_of(int tile)
{
  switch (tile) {
  case 2:
    return winograd_matrices<2>{}.amplification();
  case 3:
    return winograd_matrices<3>{}.amplification();
  case 4:
    return winograd_matrices<4>{}.amplification();
  default:
    return winograd_matrices<6>{}.amplification();
  }
}

}  // namespace thorax::tests
