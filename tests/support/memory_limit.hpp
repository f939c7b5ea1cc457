// SPDX-License-Identifier: MIT
//
// memory_limit: a process that gets no more memory, and so can start only a few threads.

#pragma once

#include <sys/resource.h>  // setrlimit
#include <unistd.h>        // sysconf

#include <cstddef>  // size_t
#include <fstream>
#include <stdexcept>  // runtime_error

#if defined(__has_feature)
#define THORAX_TESTS_HAS(feature) __has_feature(feature)
#else
#define THORAX_TESTS_HAS(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || THORAX_TESTS_HAS(address_sanitizer) || \
  THORAX_TESTS_HAS(thread_sanitizer)
/// Whether memory can be limited: not under sanitizers, which take all addresses there are.
inline constexpr bool can_limit_memory = false;
#else
inline constexpr bool can_limit_memory = true;
#endif
#undef THORAX_TESTS_HAS

/// Lets this process have only `bytes` more of memory than it has. For a child process: there is no way back.
inline void allow_only(std::size_t bytes)
{
  std::size_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> pages;
  const ::rlim_t limit = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + bytes;
  const ::rlimit narrow{limit, limit};
  if (pages == 0 || ::setrlimit(RLIMIT_AS, &narrow) != 0) throw std::runtime_error{"memory cannot be limited"};
}
