// SPDX-License-Identifier: MIT
#include <thorax/backend/memory.hpp>

#include "support/catch.hpp"
#include "support/other_memory.hpp"

#include <vector>

namespace {

/// It is not the host's, and nobody can get any of it.
struct bottomless : thorax::host_memory {
  static constexpr bool is_host = false;
};

}  // namespace

TEST_CASE("memory that is not the host's must be allocated and released", "[backend]")
{
  CHECK(thorax::memory<thorax::host_memory>);
  CHECK(thorax::memory<thorax::tests::other_memory>);
  CHECK_FALSE(thorax::memory<bottomless>);
  CHECK_FALSE(thorax::memory<int>);
}

TEST_CASE("the host's memory is copied and cleared as far as was said", "[backend]")
{
  const std::vector<float> from{1, 2, 3};
  std::vector<float> to(4, 7.0F);
  thorax::host_memory::copy_in(from.data(), 3, to.data());
  CHECK(to == std::vector<float>{1, 2, 3, 7});
  thorax::host_memory::clear(to.data(), 2);
  CHECK(to == std::vector<float>{0, 0, 3, 7});
  thorax::host_memory::copy_out(from.data() + 1, 2, to.data());
  CHECK(to == std::vector<float>{2, 3, 3, 7});
}
