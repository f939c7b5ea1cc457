// SPDX-License-Identifier: MIT

#include <thorax/base/type_name.hpp>

#include "support/catch.hpp"

namespace somewhere {

struct part {};
struct Type {};  // the word that compilers use for the template parameter

template<int Count>
struct block {};

template<class Inner>
struct holder {
  struct inner {};
};

}  // namespace somewhere

struct at_top {};

TEST_CASE("a type's name has no namespace and no template arguments", "[base]")
{
  STATIC_REQUIRE(thorax::type_name<somewhere::part>() == "part");
  STATIC_REQUIRE(thorax::type_name<at_top>() == "at_top");
  STATIC_REQUIRE(thorax::type_name<somewhere::block<6>>() == "block");
  STATIC_REQUIRE(thorax::type_name<somewhere::holder<somewhere::block<6>>>() == "holder");
  STATIC_REQUIRE(thorax::type_name<somewhere::Type>() == "Type");
  CHECK(thorax::type_name<int>() == "int");
}

TEST_CASE("a struct inside a function is named like any other", "[base]")
{
  struct local_part {};
  CHECK(thorax::type_name<local_part>() == "local_part");
}
