// SPDX-License-Identifier: MIT
//
// hdf5_datatype: what the elements of a dataset or an attribute are (specification, chapter IV.A.2.d), and how
// many there are (chapter IV.A.2.b).

#pragma once

#include "hdf5/hdf5_bytes.hpp"  // hdf5_cursor

#include <thorax/model/storage.hpp>  // storage

#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <optional>
#include <string>
#include <vector>

namespace thorax::tools {

/// How a text ends within the bytes that are reserved for it.
enum class hdf5_padding : std::uint8_t { ends_with_nul, filled_with_nul, filled_with_spaces };

struct hdf5_text_type {
  bool is_variable{};  ///< an element says where its text is
  hdf5_padding padding{};
};

struct hdf5_datatype {
  std::uint64_t bytes{};               ///< of an element
  std::optional<hdf5_text_type> text;  ///< of texts
  std::optional<storage> format;       ///< of numbers that thorax reads
  bool big_endian{};
  std::string words;  ///< what the elements are, for sentences: "texts"
};

/// throws:  error{format_refused}
hdf5_datatype read_datatype(hdf5_cursor& cursor);

struct hdf5_dataspace {
  bool is_null{};  ///< no elements by declaration
  std::vector<std::size_t> shape;
  std::uint64_t elements{1};
};

/// throws:  error{format_refused}, also if 64 bits cannot count the elements, even if there are none
hdf5_dataspace read_dataspace(hdf5_cursor& cursor);

}  // namespace thorax::tools
