// SPDX-License-Identifier: MIT
//
// hdf5_message: the messages of an object header, old (specification, chapter IV.A.1.a) and new (IV.A.1.b), that
// say what an object is.

#pragma once

#include "hdf5/hdf5_space.hpp"  // hdf5_space, hdf5_cursor

#include <cstdint>  // uint64_t
#include <functional>

namespace thorax::tools {

/// The messages that are looked at (specification, chapters IV.A.2.a to x).
enum class hdf5_message_kind : std::uint32_t {
  nothing = 0x00,
  dataspace = 0x01,
  link_info = 0x02,
  datatype = 0x03,
  link = 0x06,
  external_files = 0x07,
  layout = 0x08,
  filters = 0x0b,
  attribute = 0x0c,
  continuation = 0x10,
  symbol_table = 0x11,
  driver = 0x14,
  attribute_info = 0x15,
  cache_image = 0x18
};

struct hdf5_message {
  hdf5_message_kind kind{};
  bool is_shared{};  ///< the body only says where the message is
  hdf5_cursor body;
};

/// Calls `visit` with every message of an object except empty ones and continuations, which are followed.
///
/// throws:  error{format_refused}
void visit_messages(hdf5_space& space, std::uint64_t header,
                    const std::function<void(const hdf5_message&)>& visit);

}  // namespace thorax::tools
