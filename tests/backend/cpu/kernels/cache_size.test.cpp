// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/cache_size.hpp>

#include "support/catch.hpp"

TEST_CASE("a core's second cache is what the system says, between a quarter and two megabytes", "[backend]")
{
  const std::size_t bytes = thorax::second_cache_bytes();
  CHECK(bytes >= std::size_t{256} << 10);
  CHECK(bytes <= std::size_t{2} << 20);
#if defined(__linux__) && defined(_SC_LEVEL2_CACHE_SIZE)
  const long said = ::sysconf(_SC_LEVEL2_CACHE_SIZE);
  if (said >= 256 << 10 && said <= 2 << 20) CHECK(bytes == static_cast<std::size_t>(said));
  if (said <= 0) CHECK(bytes == std::size_t{512} << 10);
#endif
}
