// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/winograd_gradient.hpp>

#include "support/random_pixels.hpp"
#include "support/winograd_matrices.hpp"

#include <cmath>  // abs
#include <vector>

using namespace thorax::tests;
namespace kernels = thorax::kernels;
using kernels::native;
using thorax::extents;
using thorax::pixel_view;

namespace {

constexpr int tile = kernels::gradient_tile;
constexpr int side = tile + 2;
constexpr int planes = side * side;
constexpr int columns = kernels::columns<native>;
constexpr int lanes = kernels::lanes<native>;

std::size_t number(int count) { return static_cast<std::size_t>(count); }

/// One film's maps and what arrives for a convolution of 3×3 that keeps height and width, or adds or takes some.
struct problem {
  int padding;
  sliced_pixels in;
  sliced_pixels d_out;

  problem(drawing& draw, int some_padding)
    : padding{some_padding}, in{draw, {lanes * draw.between(1, 3), draw.between(3, 14), draw.between(3, 14)}},
      d_out{draw, {columns, height() + 2 * padding - 2, width() + 2 * padding - 2}}
  {
  }

  [[nodiscard]] int channels() const { return (*in).shape.channels; }
  [[nodiscard]] int height() const { return (*in).shape.height; }
  [[nodiscard]] int width() const { return (*in).shape.width; }
  [[nodiscard]] int in_row() const { return kernels::shares_within((*d_out).shape.width, tile); }
  [[nodiscard]] int tiles() const { return in_row() * kernels::shares_within((*d_out).shape.height, tile); }
};

/// Planes as the kernel leaves them, with room between them that is nobody's.
struct made_planes {
  std::ptrdiff_t used;
  std::ptrdiff_t step{used + 5};
  guarded_floats floats{static_cast<std::size_t>(planes * step)};

  explicit made_planes(int numbers) : used{numbers} {}

  [[nodiscard]] float at(int plane, int i) const { return floats.data()[plane * step + i]; }
  [[nodiscard]] bool rim_is_untouched() const
  {
    for (int p = 0; p < planes; ++p) {
      const std::ptrdiff_t behind = p * step + used;
      if (!are_untouched(floats.data() + behind, number(static_cast<int>(step - used)),
                         static_cast<std::size_t>(behind)))
        return false;
    }
    return floats.guard_is_untouched();
  }
};

/// Appends the planes of one tile, `factors` times cells times `factors` transposed, and the most that their
/// roundings can be: each number passes at most five operations in each of the two directions.
template<int Cells, class Cell>
void transform(const std::vector<std::vector<double>>& factors, Cell&& cell, std::vector<float>& expected,
               std::vector<double>& allowed)
{
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      double sum = 0;
      double size = 0;
      for (int i = 0; i < Cells; ++i)
        for (int j = 0; j < Cells; ++j) {
          const double term = factors[number(y)][number(i)] * factors[number(x)][number(j)] * cell(i, j);
          sum += term;
          size += std::abs(term);
        }
      expected.push_back(static_cast<float>(sum));
      allowed.push_back((2 * 5 + 1) * size * float_rounding);
    }
}

double cell_of(const pixel_view<float>& maps, int c, int y, int x)
{
  const bool is_inside = y >= 0 && y < maps.shape.height && x >= 0 && x < maps.shape.width;
  return is_inside ? double{maps(c, y, x)} : 0;
}

std::vector<std::vector<double>> factors_of_inputs()
{
  const winograd_matrices<tile> all;
  std::vector<std::vector<double>> rows;
  for (const auto& row : all.inputs) rows.emplace_back(row, row + side);
  return rows;
}

/// The outputs' matrix transposed.
std::vector<std::vector<double>> factors_of_gradients()
{
  const winograd_matrices<tile> all;
  std::vector<std::vector<double>> rows(side, std::vector<double>(tile));
  for (std::size_t i = 0; i < side; ++i)
    for (std::size_t j = 0; j < tile; ++j) rows[i][j] = all.outputs[j][i];
  return rows;
}

/// Compares the planes of all channels, tile for tile, with `factors` times cells that begin at (−before,
/// −before).
template<int Cells>
void check_planes(const std::string& what, const made_planes& made, const problem& some, int first, int last,
                  const pixel_view<float>& maps, int before, const std::vector<std::vector<double>>& factors)
{
  std::vector<float> found;
  std::vector<float> expected;
  std::vector<double> allowed;
  for (int n = first; n < last; ++n)
    for (int c = 0; c < maps.shape.channels; ++c) {
      const int top = n / some.in_row() * tile - before;
      const int left = n % some.in_row() * tile - before;
      for (int p = 0; p < planes; ++p) found.push_back(made.at(p, (n - first) * maps.shape.channels + c));
      transform<Cells>(
        factors, [&](int i, int j) { return cell_of(maps, c, top + i, left + j); }, expected, allowed);
    }
  check_each(what, found, expected, allowed);
  CHECK(made.rim_is_untouched());
}

}  // namespace

TEST_CASE("tiles become the planes of what is read and of what arrives, with zeros beyond the maps", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    drawing draw{seed};
    const problem some{draw, static_cast<int>(seed % 3)};
    const int first = draw.between(0, some.tiles() - 1);
    const int last = draw.between(first + 1, some.tiles());
    INFO("seed " << seed << ": " << some.channels() << " x " << some.height() << " x " << some.width()
                 << ", padding " << some.padding << ", tiles " << first << " to " << last << " of "
                 << some.tiles());
    const std::vector<float> zeros(number(some.channels()));
    const made_planes read{(last - first) * some.channels()};
    const made_planes arriving{(last - first) * columns};
    kernels::transform_gradient_tiles<native>({.in = *some.in,
                                               .d_out = *some.d_out,
                                               .padding = some.padding,
                                               .zeros = zeros.data(),
                                               .first = first,
                                               .last = last,
                                               .read = read.floats.data(),
                                               .read_plane = read.step,
                                               .arriving = arriving.floats.data(),
                                               .arriving_plane = arriving.step});
    check_planes<side>("native planes that were read", read, some, first, last, *some.in, some.padding,
                       factors_of_inputs());
    check_planes<tile>("native planes that arrive", arriving, some, first, last, *some.d_out, 0,
                       factors_of_gradients());
    CHECK(some.in.rim_is_untouched());
    CHECK(some.d_out.rim_is_untouched());
  }
}

TEST_CASE("planes of one tile, multiplied and transformed back, are the gradient of the weights", "[backend]")
{
  // In double for one row of six cells: Gᵀ (B d ∘ A e) against the sum that defines the gradient.
  const winograd_matrices<tile> all;
  drawing draw{7};
  const std::vector<double> d = draw.numbers<double>(side);
  const std::vector<double> e = draw.numbers<double>(tile);
  for (std::size_t t = 0; t < 3; ++t) {
    double expected = 0;
    for (std::size_t i = 0; i < tile; ++i) expected += e[i] * d[i + t];
    double found = 0;
    for (std::size_t j = 0; j < side; ++j) {
      double read = 0;
      for (std::size_t i = 0; i < side; ++i) read += all.inputs[j][i] * d[i];
      double arriving = 0;
      for (std::size_t i = 0; i < tile; ++i) arriving += all.outputs[i][j] * e[i];
      found += all.weights[j][t] * read * arriving;
    }
    // The weights of the transform are floats: a sixth is one rounding off.
    CHECK(std::abs(found - expected) < 1e-5);
  }
}
