// SPDX-License-Identifier: MIT
//
// ensure: a contract checked at run time, outside loops, in every build.

#pragma once

#include <thorax/base/error.hpp>  // error, error_code

#include <string>

namespace thorax {

/// Throws error{code, sentence()}. Kept apart, and cold, so that a check costs its caller a compare and a
/// jump, and the compiler does not spend its time on making sentences fast.
template<class Sentence>
[[noreturn, gnu::cold, gnu::noinline]] constexpr void refuse(error_code code, Sentence&& sentence)
{
  throw error{code, std::string{sentence()}};
}

/// throws:  error{does_not_fit, sentence} unless `holds`
constexpr void ensure(bool holds, const char* sentence)
{
  if (!holds) refuse(error_code::does_not_fit, [sentence] { return sentence; });
}

/// The same with a code and a sentence made only when it is needed: `ensure(ok, code, [&] { return …; })`.
template<class Sentence>
constexpr void ensure(bool holds, error_code code, Sentence&& sentence)
{
  if (!holds) refuse(code, sentence);
}

}  // namespace thorax
