// SPDX-License-Identifier: MIT
//
// pickle: the values that a pickle of PyTorch describes. A pickle is a program for a stack machine that can import
// and call anything; this walks it without importing or calling, and refuses all but what weights are made of.

#pragma once

#include <cstddef>  // byte, size_t
#include <cstdint>  // uint32_t, int64_t
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tools {

enum class pickle_kind : std::uint8_t {
  none,
  boolean,  ///< `integer` is 0 or 1
  integer,  ///< of 64 bits
  wide_integer,  ///< of more; `text` is its bytes, lowest first
  real,  ///< its value is not kept, no weight is written so
  text,
  tuple,
  list,
  dictionary,  ///< plain or ordered; `items` are key, value, key, value, …
  global,  ///< `text` is the module and the name in it, one space between
  call,  ///< of a global: `items` are the global and the tuple of its arguments
  reference  ///< to something beside the pickle (a persistent id): `items` is the tuple that names it
};

/// One value. Values name each other by their number in pickle::values, and may well do so in circles.
struct pickle_value {
  pickle_kind kind{pickle_kind::none};
  std::int64_t integer{};
  std::string_view text{};
  std::vector<std::uint32_t> items{};
};

struct pickle {
  std::vector<pickle_value> values;
  std::uint32_t root{};  ///< the number of the value that the pickle is
  std::size_t bytes{};  ///< how many bytes the pickle has; more may follow
};

/// Walks the pickle at the beginning of `bytes`, of protocol 2 to 5; `where` begins every sentence about it.
///
/// The globals that it may name: collections.OrderedDict, the classes of torch storages, and _rebuild_tensor_v2,
/// _rebuild_tensor (its name before PyTorch 0.4) and _rebuild_parameter of torch._utils.
///
/// returns:  values whose texts lie in `bytes`. The items of a dictionary come in pairs, keys are none of list,
///           dictionary, call and reference; a call is of one of the functions, its arguments are a tuple
/// throws:   error{format_refused}; error{limit_exceeded} above a million values
/// cost:     linear in the bytes
pickle walk_pickle(std::span<const std::byte> bytes, const std::string& where);

/// returns:  "a tuple", "an integer", … for sentences
std::string_view described(pickle_kind kind);

}  // namespace thorax::tools
