// SPDX-License-Identifier: MIT
//
// timing: the least of several times, and the most memory the process has held. Times are for ratios on one
// machine in the same minutes; nothing else is worth comparing.

#pragma once

#include <sys/resource.h>  // getrusage

#include <algorithm>  // min
#include <chrono>
#include <cstddef>  // size_t
#include <vector>

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

/// returns:  the least milliseconds of each step in `repeats` runs through all of them, after one that is not counted
template<class Step>
std::vector<double> fastest_steps(int repeats, std::size_t steps, Step&& step)
{
  using clock = std::chrono::steady_clock;
  std::vector<double> best(steps, 1e300);
  for (int run = 0; run <= repeats; ++run)
    for (std::size_t i = 0; i < steps; ++i) {
      const auto begin = clock::now();
      step(i);
      const double ms = std::chrono::duration<double, std::milli>(clock::now() - begin).count();
      if (run > 0) best[i] = std::min(best[i], ms);
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
