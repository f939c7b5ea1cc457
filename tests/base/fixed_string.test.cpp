// SPDX-License-Identifier: MIT

#include <thorax/base/fixed_string.hpp>

#include "support/catch.hpp"

#include <type_traits>

namespace {

template<thorax::fixed_string Name>
struct named {
  static constexpr auto text = Name.text();
};

}  // namespace

TEST_CASE("a fixed string gives its literal back, without the closing zero", "[base]")
{
  CHECK(named<"conv0">::text == "conv0");
  CHECK(named<"">::text.empty());
}

TEST_CASE("templates named by equal literals are one type, by others two", "[base]")
{
  STATIC_REQUIRE(std::is_same_v<named<"norm0">, named<"norm0">>);
  STATIC_REQUIRE(!std::is_same_v<named<"norm0">, named<"norm1">>);
  CHECK(thorax::fixed_string{"a"} == thorax::fixed_string{"a"});
  CHECK(!(thorax::fixed_string{"a"} == thorax::fixed_string{"b"}));
}
