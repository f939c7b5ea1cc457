// SPDX-License-Identifier: MIT
//
// A program that needs no package but xtensor, and carries a weights file inside.

#include "v1.hpp"  // made by thorax_embed_weights

#include <thorax/base/version.hpp>
#include <thorax/model/weights_file.hpp>
#include <thorax/tensor/tensor.hpp>

#include <cstdint>  // uintptr_t
#include <iostream>
#include <utility>  // as_const

int main()
{
  thorax::batch samples = thorax::batch::from_shape({2, 3, 4, 5});
  samples.fill(1.0F);
  const thorax::view<const float> seen = thorax::view_of(std::as_const(samples));
  if (seen.samples != 2 || seen.shape != thorax::extents{3, 4, 5} || seen(1, 2, 3, 4) != 1.0F) return 1;
  const thorax::weights_file weights = thorax::weights_file::from_bytes(embedded::v1(), "the embedded weights");
  if (!weights.has_checksum() || reinterpret_cast<std::uintptr_t>(embedded::v1().data()) % 64 != 0) return 1;
  std::cout << "thorax " THORAX_VERSION_STRING "\n";
}
