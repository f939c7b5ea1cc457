// SPDX-License-Identifier: MIT
//
// hdf5_group: the members of a group, from a symbol table (specification, chapters III.B, III.C and IV.A.2.r) or
// from links (chapters IV.A.2.c and g).

#pragma once

#include "hdf5/hdf5_space.hpp"  // hdf5_space, hdf5_cursor

#include <cstdint>  // uint64_t
#include <string>
#include <vector>

namespace thorax::tools {

/// A member of a group.
struct hdf5_link {
  std::string name;
  std::uint64_t address{};  ///< of its object header
};

/// Adds the members that a symbol table message leads to.
///
/// throws:  error{format_refused}, also for links that are a path
void read_symbol_table(hdf5_space& space, hdf5_cursor message, std::vector<hdf5_link>& links);

/// Adds the member that a link message is.
///
/// throws:  error{format_refused}, also for links that are a path
void read_link(hdf5_space& space, hdf5_cursor message, std::vector<hdf5_link>& links);

/// Adds the members that a link info message leads to.
///
/// throws:  error{format_refused}, also for links that are a path
void read_dense_links(hdf5_space& space, hdf5_cursor message, std::vector<hdf5_link>& links);

/// Sorts by name.
///
/// throws:  error{format_refused} if two have one name
void sort_links(const hdf5_space& space, std::vector<hdf5_link>& links);

}  // namespace thorax::tools
