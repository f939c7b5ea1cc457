// SPDX-License-Identifier: MIT
//
// cores: how many threads this process may use, which CPUs those are, and how a thread is bound to one of them.

#pragma once

#include <algorithm>  // find, max
#include <string>
#include <thread>  // hardware_concurrency
#include <vector>

#if defined(__linux__)
#include <sched.h>  // sched_getaffinity, sched_setaffinity

#include <cmath>    // ceil
#include <cstdlib>  // strtod
#include <fstream>
#endif

namespace thorax {

/// CPUs as the system numbers them. A core that can run two threads at once counts as two CPUs.
struct cpu_list {
  std::vector<int> numbers;  ///< the first CPU of every core, then the others
  int cores{};
};

#if defined(__linux__)

/// returns:  the CPUs that the calling thread may run on; none where that cannot be found out
/// memory:   allocates
inline cpu_list cpus_of_this_thread()
{
  cpu_list found;
  std::vector<int> firsts;
  std::vector<int> others;
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof mask, &mask) != 0) return found;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(static_cast<unsigned>(cpu), &mask)) continue;
    // The list begins with the lowest CPU of the core, which names it; without a list each CPU is a core.
    std::ifstream list{"/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list"};
    int core = cpu;
    if (!(list >> core)) core = cpu;
    const bool is_known = std::find(firsts.begin(), firsts.end(), core) != firsts.end();
    if (!is_known) firsts.push_back(core);
    (is_known ? others : found.numbers).push_back(cpu);
  }
  found.cores = static_cast<int>(firsts.size());
  found.numbers.insert(found.numbers.end(), others.begin(), others.end());
  return found;
}

/// Binds the calling thread to one CPU. Threads that it starts from then on are bound to it, too.
///
/// returns:  whether the system did it
inline bool pin_this_thread(int cpu)
{
  if (cpu < 0 || cpu >= CPU_SETSIZE) return false;
  cpu_set_t mask;
  CPU_ZERO(&mask);
  CPU_SET(static_cast<unsigned>(cpu), &mask);
  return sched_setaffinity(0, sizeof mask, &mask) == 0;
}

/// returns:  the CPU that the calling thread runs on; -1 where that cannot be found out
inline int current_cpu() { return sched_getcpu(); }

/// Moves the calling thread to another CPU of its mask, if there is one. The mask stays as it is.
inline void leave_current_cpu()
{
  cpu_set_t mask;
  const int here = current_cpu();
  if (here < 0 || sched_getaffinity(0, sizeof mask, &mask) != 0 || CPU_COUNT(&mask) < 2) return;
  cpu_set_t others = mask;
  CPU_CLR(static_cast<unsigned>(here), &others);
  if (sched_setaffinity(0, sizeof others, &others) == 0) sched_setaffinity(0, sizeof mask, &mask);
}

/// returns:  how many threads this process may really use: its affinity mask, cut to the CPU quota of its
///           control group (version 2); at least 1
inline int available_threads()
{
  int threads = static_cast<int>(std::thread::hardware_concurrency());
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) threads = CPU_COUNT(&mask);
  std::ifstream limits{"/sys/fs/cgroup/cpu.max"};
  std::string quota;
  double period = 0;
  if (limits >> quota >> period && period > 0) {
    const double share = std::strtod(quota.c_str(), nullptr) / period;  // "max" and what is no number are 0
    if (share > 0 && std::ceil(share) < threads) threads = static_cast<int>(std::ceil(share));
  }
  return std::max(threads, 1);
}

#else

inline cpu_list cpus_of_this_thread() { return {}; }

inline bool pin_this_thread(int /*cpu*/) { return false; }

inline int current_cpu() { return -1; }

inline void leave_current_cpu() {}

inline int available_threads() { return std::max(static_cast<int>(std::thread::hardware_concurrency()), 1); }

#endif

}  // namespace thorax
