// SPDX-License-Identifier: MIT
//
// cache_size: how much a core keeps close.

#pragma once

#include <algorithm>  // clamp
#include <cstddef>    // size_t

#if defined(__linux__)
#include <unistd.h>  // sysconf
#endif

namespace thorax {

/// returns:  bytes of a core's second cache; half a megabyte where the system does not say
inline std::size_t second_cache_bytes()
{
  long bytes = 0;
#if defined(__linux__) && defined(_SC_LEVEL2_CACHE_SIZE)
  bytes = ::sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
  return bytes <= 0 ? std::size_t{512} << 10
                    : std::clamp<std::size_t>(static_cast<std::size_t>(bytes), std::size_t{256} << 10, std::size_t{2} << 20);
}

}  // namespace thorax
