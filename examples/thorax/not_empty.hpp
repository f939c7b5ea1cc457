// SPDX-License-Identifier: MIT
//
// not_empty: options that are names. A variable of a shell that was never set would otherwise ask for nothing.

#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace thorax::program {

/// Accepts every name but the empty one.
inline const CLI::Validator not_empty{
  [](std::string& text) { return std::string{text.empty() ? "expected a name, found ''" : ""}; }, ""};

}  // namespace thorax::program
