// SPDX-License-Identifier: MIT

#include <thorax/base/version.hpp>

#include "support/catch.hpp"

#include <string>

TEST_CASE("the version's text is made of its numbers", "[base]")
{
  CHECK(std::string{THORAX_VERSION_STRING} == std::to_string(THORAX_VERSION_MAJOR) + "." +
                                                std::to_string(THORAX_VERSION_MINOR) + "." +
                                                std::to_string(THORAX_VERSION_PATCH));
}
