// SPDX-License-Identifier: MIT
//
// ensure: a contract checked at run time, outside loops, in every build.

#pragma once

#include <thorax/base/error.hpp>  // error, error_code

#include <string>

namespace thorax {

/// throws:  error{does_not_fit, sentence} unless `holds`
constexpr void ensure(bool holds, const char* sentence)
{
  if (!holds) throw error{error_code::does_not_fit, sentence};
}

/// The same with a code and a sentence made only when it is needed: `ensure(ok, code, [&] { return …; })`.
template<class Sentence>
constexpr void ensure(bool holds, error_code code, Sentence&& sentence)
{
  if (!holds) throw error{code, std::string{sentence()}};
}

}  // namespace thorax
