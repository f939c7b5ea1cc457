// SPDX-License-Identifier: MIT
//
// fixed_digits: a number with a given count of digits behind the point, the same in every locale.

#pragma once

#include <array>
#include <charconv>  // to_chars
#include <string>

namespace thorax {

/// returns:  like printf's "%.*f", rounded from the exact value with ties to even, but with a point in every
///           locale
/// requires: digits from 0 to 60
inline std::string fixed_digits(double number, int digits)
{
  std::array<char, 400> text{};  // the largest double has 309 digits before the point
  const auto end = std::to_chars(text.begin(), text.end(), number, std::chars_format::fixed, digits).ptr;
  return {text.begin(), end};
}

}  // namespace thorax
