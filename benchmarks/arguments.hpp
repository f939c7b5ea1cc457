// SPDX-License-Identifier: MIT
//
// arguments: numbers on the command line of a benchmark, and how it ends when they are none.

#pragma once

#include <charconv>  // from_chars
#include <cstddef>   // size_t
#include <cstdio>
#include <exception>
#include <stdexcept>  // invalid_argument
#include <string>
#include <system_error>  // errc
#include <vector>

namespace benchmark {

/// throws:  invalid_argument that names `what`, unless the whole text is a number of at least 1
inline int positive(const std::string& text, const std::string& what)
{
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value < 1)
    throw std::invalid_argument{what + ": expected a number of at least 1, found '" + text + "'"};
  return value;
}

/// The number at a place, or another where the arguments end before it.
inline int positive_or(int otherwise, const std::vector<std::string>& given, std::size_t place, const std::string& what)
{
  return place < given.size() ? positive(given[place], what) : otherwise;
}

inline void ensure_count(const std::vector<std::string>& given, std::size_t least, std::size_t most)
{
  if (given.size() < least || given.size() > most)
    throw std::invalid_argument{"expected " + std::to_string(least) + " to " + std::to_string(most) +
                                " arguments, found " + std::to_string(given.size())};
}

/// Calls `work(arguments)`, which returns the exit status.
///
/// returns:  it; 2, after a line that says `usage`, for --help and wrong arguments; 1, after a line, for other failures
template<class Work>
int run(int argc, char** argv, const char* usage, Work&& work)
{
  const std::vector<std::string> given{argv + 1, argv + argc};
  try {
    for (const std::string& each : given)
      if (each == "--help" || each == "-h") return std::fprintf(stderr, "usage: %s\n", usage), 2;
    return work(given);
  }
  catch (const std::invalid_argument& wrong) {
    return std::fprintf(stderr, "%s; usage: %s\n", wrong.what(), usage), 2;
  }
  catch (const std::exception& failure) {
    return std::fprintf(stderr, "%s\n", failure.what()), 1;
  }
}

}  // namespace benchmark
