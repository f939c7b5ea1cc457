// SPDX-License-Identifier: MIT
//
// timing: the least of several times, and the most memory the process has held. Times are for ratios on one
// machine in the same minutes; nothing else is worth comparing.

#pragma once

#include <sys/resource.h>  // getrusage

#include <algorithm>  // min
#include <chrono>

namespace benchmark {

/// returns:  milliseconds of the fastest of `repeats` calls, after one that is not counted
template<class Work>
double fastest_ms(int repeats, Work&& work)
{
  work();
  double best = 1e300;
  for (int i = 0; i < repeats; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

/// returns:  the largest resident size of this process so far, in megabytes
inline double peak_megabytes()
{
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) / 1024;
}

}  // namespace benchmark
