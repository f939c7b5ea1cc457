// SPDX-License-Identifier: MIT
//
// pickle_cases: what a few opcodes become, or how they are refused.

#pragma once

#include "torch/pickle.hpp"

#include "support/pickle_by_hand.hpp"
#include "support/refuses.hpp"

#include <cstddef>
#include <string>

namespace thorax::tests {

/// A pickle together with the bytes that its texts lie in.
struct walked {
  explicit walked(const std::string& opcodes)
    : bytes{pickled::whole(opcodes)}, found{tools::walk_pickle(bytes_in(bytes), "'x'")}
  {
  }

  [[nodiscard]] const tools::pickle_value& root() const { return found.values[found.root]; }
  /// returns:  item number i of the root
  [[nodiscard]] const tools::pickle_value& item(std::size_t i) const { return found.values[root().items.at(i)]; }

  std::string bytes;
  tools::pickle found;
};

inline bool is_pickle_refused(const std::string& words, const std::string& opcodes,
                              error_code code = error_code::format_refused)
{
  return refuses(code, words, [&] { tools::walk_pickle(bytes_in(pickled::whole(opcodes)), "'x'"); });
}

/// returns:  opcodes with their operands, as bytes that hold zeros
template<std::size_t Size>
std::string raw(const char (&bytes)[Size])
{
  return {bytes, Size - 1};
}

}  // namespace thorax::tests
