// SPDX-License-Identifier: MIT
//
// fixed_string: a string usable as a template argument, so that a layer can be given its name in a weights file.

#pragma once

#include <cstddef>  // size_t
#include <string_view>

namespace thorax {

/// A string literal as a structural value: `named<"conv0", conv2d<…>>`.
template<std::size_t Size>
struct fixed_string {
  char characters[Size]{};

  // NOLINTNEXTLINE(google-explicit-constructor): a literal is meant to become one.
  consteval fixed_string(const char (&literal)[Size])
  {
    for (std::size_t i = 0; i < Size; ++i) characters[i] = literal[i];
  }

  [[nodiscard]] constexpr std::string_view text() const { return {characters, Size - 1}; }

  friend constexpr bool operator==(const fixed_string&, const fixed_string&) = default;
};

}  // namespace thorax
