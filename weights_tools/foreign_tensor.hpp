// SPDX-License-Identifier: MIT
//
// foreign_tensor: a tensor of another program's file, as that program named it and laid it out.

#pragma once

#include <thorax/model/storage.hpp>  // storage

#include <cstddef>  // size_t
#include <string>
#include <vector>

namespace thorax::tools {

/// returns:  whether tensors of that format are read as numbers; integers are counters and listed without
constexpr bool has_numbers(storage format) { return holds_weights(format) || format == storage::f64; }

struct foreign_tensor {
  std::string name;                ///< the path in the file: words joined by '.' (torch) or '/' (HDF5)
  storage format{storage::f32};    ///< how the file stores its numbers
  std::vector<std::size_t> shape;  ///< row-major; empty for a single number
  std::vector<float> numbers;      ///< in row-major order
  std::string refusal;             ///< empty, or why there are no numbers: a clause with its cure
};

}  // namespace thorax::tools
