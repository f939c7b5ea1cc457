// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/winograd_transform.hpp>

#include "support/random_maps.hpp"
#include "support/winograd_matrices.hpp"

#include <array>

using namespace thorax::tests;

namespace {

/// The largest difference of outputs · ((weights · g) ∘ (inputs · d)) to the sums written down, both in double, with the
/// weights' thirds and twenty-fourths rounded to float.
template<int Tile>
double largest_error(drawing& draw)
{
  using transform = thorax::kernels::winograd_transform<Tile>;
  constexpr std::size_t side = Tile + 2;
  std::array<double, side> read{};
  std::array<double, 3> taps{};
  for (double& each : read) each = draw.uniform(-1, 1);
  for (double& each : taps) each = draw.uniform(-1, 1);
  std::array<double, side> products{};
  transform::inputs(read.data(), products.data());
  for (std::size_t i = 0; i < side; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < 3; ++k) sum += double{transform::weights[i][k]} * taps[k];
    products[i] *= sum;
  }
  std::array<double, side> made{};
  transform::outputs(products.data(), made.data());
  double largest = 0;
  for (std::size_t i = 0; i < Tile; ++i) {
    const double expected = read[i] * taps[0] + read[i + 1] * taps[1] + read[i + 2] * taps[2];
    largest = std::max(largest, std::abs(made[i] - expected));
  }
  return largest;
}

// |outputs| · ((|weights| · 1) ∘ (|inputs| · 1)) is 48 at most in F(4x4) and 68 in F(6x6); the weights are rounded to
// float.
template<int Tile>
void check_tile()
{
  constexpr double allowed = (Tile == 6 ? 68 : 48) * float_rounding;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    INFO("tile " << Tile << ", seed " << seed);
    drawing draw{seed};
    const double found = largest_error<Tile>(draw);
    note_difference("winograd transform " + std::to_string(Tile), found, allowed);
    CHECK(found <= allowed);
  }
}

}  // namespace

TEST_CASE("minimal filtering gives the sums of a window of three, for every tile", "[backend]")
{
  check_tile<2>();
  check_tile<3>();
  check_tile<4>();
  check_tile<6>();
}

TEST_CASE("minimal filtering needs three more products than a tile has outputs less one", "[backend]")
{
  CHECK(winograd_matrices<2>::side == 4);
  CHECK(std::size(thorax::kernels::winograd_transform<3>::weights) == 5);
  CHECK(std::size(thorax::kernels::winograd_transform<4>::weights) == 6);
  CHECK(std::size(thorax::kernels::winograd_transform<6>::weights) == 8);
}

TEST_CASE("roundings of minimal filtering grow with its tiles", "[backend]")
{
  CHECK(amplification_of(2) > 3);  // a plain sum of nine products of variance 1
  CHECK(amplification_of(3) > amplification_of(2));
  CHECK(amplification_of(4) > amplification_of(3));
  CHECK(amplification_of(6) > amplification_of(4));
  CHECK(amplification_of(6) < 150);
}
