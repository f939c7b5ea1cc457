// SPDX-License-Identifier: MIT
//
// hdf5_dataset: the numbers of a dataset, or why they cannot be read (specification, chapter IV.A.2.i).

#pragma once

#include "hdf5/hdf5_datatype.hpp"  // hdf5_datatype, hdf5_dataspace
#include "hdf5/hdf5_space.hpp"     // hdf5_space, hdf5_cursor

#include <cstddef>  // byte
#include <span>
#include <string>

namespace thorax::tools {

/// Where a dataset's elements are.
struct hdf5_elements {
  std::string refusal;               ///< empty, or why they cannot be read: a clause
  std::span<const std::byte> bytes;  ///< all of them; none if they are refused
};

/// Finds the elements that a layout message leads to.
///
/// throws:  error{format_refused} if they are not where and as many as the file says
hdf5_elements find_elements(hdf5_space& space, hdf5_cursor layout, const hdf5_datatype& type,
                            const hdf5_dataspace& extents);

/// returns:  why numbers of that type cannot be read: a clause; empty if they can
std::string refusal_of(const hdf5_datatype& type);

}  // namespace thorax::tools
