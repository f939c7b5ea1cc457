// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/gemm.hpp>

#include "support/random_maps.hpp"

#include <vector>

using namespace thorax::tests;
using thorax::matrix;

namespace {

float at(const matrix& m, int row, int column)
{
  return m.transposed ? m.data[column * m.stride + row] : m.data[row * m.stride + column];
}

}  // namespace

TEST_CASE("multiply is the product of rows and columns, transposed or not, in place of the result or added",
          "[backend]")
{
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    INFO("seed " << seed);
    drawing draw{seed};
    const int rows = draw.between(1, 20);
    const int columns = draw.between(1, 20);
    const int depth = draw.between(1, 50);
    const std::vector<float> left_numbers = draw.numbers(60 * 60);
    const std::vector<float> right_numbers = draw.numbers(60 * 60);
    const matrix left{left_numbers.data(), draw.between(50, 60), draw.yes()};
    const matrix right{right_numbers.data(), draw.between(50, 60), draw.yes()};
    const bool keeps = draw.yes();
    const int stride = draw.between(columns, 25);
    std::vector<float> result = draw.numbers(20 * 25);
    std::vector<float> expected = result;
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < columns; ++x) {
        double sum = 0;
        for (int k = 0; k < depth; ++k)
          sum += static_cast<double>(at(left, y, k)) * static_cast<double>(at(right, k, x));
        float& here = expected[static_cast<std::size_t>(y * stride + x)];
        here = static_cast<float>(sum) + (keeps ? here : 0.0F);
      }
    thorax::multiply(rows, columns, depth, left, right, keeps ? 1.0F : 0.0F, result.data(), stride);
    check_close("product", result, expected, 16 * (depth + 4) * float_rounding);
  }
}

TEST_CASE("multiply_vector is the product with one column", "[backend]")
{
  const std::vector<float> numbers{1, 2, 9, 3, 4, 9};
  const std::vector<float> vector{10, 1};
  std::vector<float> result{100, 100};
  thorax::multiply_vector(2, 2, {numbers.data(), 3}, vector.data(), 1, result.data());
  CHECK(result == std::vector<float>{112, 134});
  thorax::multiply_vector(2, 2, {numbers.data(), 3}, vector.data(), 0, result.data());
  CHECK(result == std::vector<float>{12, 34});
}

TEST_CASE("a product that replaces its result does not read it", "[backend]")
{
  const float two = 2;
  float result = std::numeric_limits<float>::quiet_NaN();
  thorax::multiply(1, 1, 1, {&two, 1}, {&two, 1}, 0, &result, 1);
  CHECK(result == 4);
}

TEST_CASE("advice about the linked BLAS is nothing or a sentence with a cure", "[backend]")
{
  const std::string_view advice = thorax::blas_advice();
  CHECK((advice.empty() || advice.find("OMP_NUM_THREADS") != std::string_view::npos));
#ifdef OPENBLAS_CONFIG_H
  CHECK(advice.empty() == (openblas_get_parallel() != 2));
#endif
}

TEST_CASE("after the first product, BLAS works on the caller's thread alone", "[backend]")
{
  const float two = 2;
  float result = 0;
  thorax::multiply(1, 1, 1, {&two, 1}, {&two, 1}, 0, &result, 1);
  CHECK(result == 4);
#ifdef OPENBLAS_CONFIG_H
  CHECK(openblas_get_num_threads() == 1);
#endif
}
