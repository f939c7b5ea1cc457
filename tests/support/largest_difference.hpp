// SPDX-License-Identifier: MIT
//
// largest_difference: how close is close. Printed by name when the program of a test ends, so that whoever reads
// its output (ctest --verbose) sees it also when everything is within its bounds.

#pragma once

#include <cstdio>  // printf
#include <map>
#include <string>

namespace thorax::tests {

class largest_differences {
public:
  largest_differences() = default;
  largest_differences(const largest_differences&) = delete;
  largest_differences& operator=(const largest_differences&) = delete;

  ~largest_differences()
  {
    for (const auto& [name, largest] : largest_)
      std::printf("largest difference of %s: %.2e, %.2g %% of what is allowed\n", name.c_str(), largest.difference,
                  100 * largest.share);
  }

  void note(const std::string& name, double difference, double allowed)
  {
    entry& largest = largest_[name];
    const double share = allowed > 0 ? difference / allowed : 0;
    if (share >= largest.share) largest = {difference, share};
  }

private:
  struct entry {
    double difference{};
    double share{};
  };
  std::map<std::string, entry> largest_;
};

/// Remembers the difference that came nearest to its bound under each name.
inline void note_difference(const std::string& name, double difference, double allowed)
{
  static largest_differences all;
  all.note(name, difference, allowed);
}

}  // namespace thorax::tests
