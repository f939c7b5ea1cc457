// SPDX-License-Identifier: MIT
//
// A program that needs no package but xtensor.

#include <thorax/base/version.hpp>
#include <thorax/tensor/tensor.hpp>

#include <iostream>
#include <utility>  // as_const

int main()
{
  thorax::batch samples = thorax::batch::from_shape({2, 3, 4, 5});
  samples.fill(1.0F);
  const thorax::view<const float> seen = thorax::view_of(std::as_const(samples));
  if (seen.samples != 2 || seen.shape != thorax::extents{3, 4, 5} || seen(1, 2, 3, 4) != 1.0F) return 1;
  std::cout << "thorax " THORAX_VERSION_STRING "\n";
}
