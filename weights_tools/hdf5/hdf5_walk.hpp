// SPDX-License-Identifier: MIT
//
// hdf5_walk: from the root group to every object of an HDF5 file, each met once.

#pragma once

#include "hdf5/hdf5_file.hpp"  // hdf5_object

#include <cstddef>  // byte
#include <span>
#include <string>
#include <vector>

namespace thorax::tools {

/// returns:  all objects of a file as `hdf5_file::objects` gives them
/// throws:   error{format_refused}
std::vector<hdf5_object> walk_hdf5(std::span<const std::byte> file, const std::string& name);

}  // namespace thorax::tools
