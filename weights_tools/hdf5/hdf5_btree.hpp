// SPDX-License-Identifier: MIT
//
// hdf5_btree: both kinds of B-trees. Of a group's old tree the leaves are wanted, of the newer kind the records.

#pragma once

#include "hdf5/hdf5_space.hpp"  // hdf5_space, hdf5_cursor

#include <cstdint>  // uint64_t
#include <functional>
#include <string_view>

namespace thorax::tools {

/// What a version 2 B-tree is used for here (specification, chapter III.A.2, "Type").
enum class hdf5_record_kind : std::uint8_t { huge_object = 1, link_name = 5, attribute_name = 8 };

/// Calls `visit` with the address of every symbol table node of a group's version 1 B-tree, in the order of names
/// (specification, chapter III.A.1).
///
/// throws:  error{format_refused}
void visit_symbol_nodes(hdf5_space& space, std::uint64_t root, const std::function<void(std::uint64_t)>& visit);

/// Calls `visit` with every record of a version 2 B-tree, in its order (specification, chapter III.A.2).
///
/// throws:  error{format_refused}, also if its records are not of that kind and size
void visit_records(hdf5_space& space, std::uint64_t header, hdf5_record_kind kind, std::uint64_t record_bytes,
                   const std::function<void(hdf5_cursor)>& visit);

}  // namespace thorax::tools
