// SPDX-License-Identifier: MIT
//
// numbers: options that are numbers, and what is said when they are none, or too small or large.

#pragma once

#include <CLI/CLI.hpp>

#include <charconv>  // from_chars
#include <concepts>  // integral
#include <cstdint>   // uint64_t
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>  // errc

namespace thorax::program {

/// The largest seed: every language reads a whole number so far.
inline constexpr std::uint64_t most_seed = (std::uint64_t{1} << 63) - 1;

/// returns:  the number that the whole text is, or nothing
template<class Number>
std::optional<Number> number_of(std::string_view text)
{
  Number number{};
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Accepts numbers from `low` to `high`; what is not a number, NaN included, is in no range.
template<class Number>
CLI::Validator from_to(Number low, Number high)
{
  const auto check = [low, high](std::string& text) -> std::string {
    const std::optional<Number> number = number_of<Number>(text);
    if (number && *number >= low && *number <= high) return "";
    std::ostringstream sentence;
    sentence << "expected a " << (std::integral<Number> ? "whole " : "") << "number from " << low << " to " << high
             << ", found '" << text << "'";
    return sentence.str();
  };
  return {check, ""};
}

}  // namespace thorax::program
