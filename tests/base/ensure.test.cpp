// SPDX-License-Identifier: MIT

#include <thorax/base/ensure.hpp>

#include "support/catch.hpp"

#include <string>

TEST_CASE("ensure passes what holds and throws its sentence otherwise", "[base]")
{
  thorax::ensure(true, "never said");
  std::string sentence;
  try {
    thorax::ensure(false, "the views differ");
  }
  catch (const thorax::error& failure) {
    CHECK(failure.code() == thorax::error_code::does_not_fit);
    sentence = failure.what();
  }
  CHECK(sentence == "the views differ");
}

TEST_CASE("ensure makes a longer sentence only when it is needed", "[base]")
{
  int made = 0;
  const auto sentence = [&] {
    ++made;
    return std::string{"3 films"};
  };
  thorax::ensure(true, thorax::error_code::limit_exceeded, sentence);
  CHECK(made == 0);
  try {
    thorax::ensure(false, thorax::error_code::limit_exceeded, sentence);
  }
  catch (const thorax::error& failure) {
    CHECK(failure.code() == thorax::error_code::limit_exceeded);
    CHECK(std::string{failure.what()} == "3 films");
  }
  CHECK(made == 1);
}

TEST_CASE("ensure works in constant expressions", "[base]")
{
  constexpr int checked = [] {
    thorax::ensure(1 + 1 == 2, "arithmetic");
    return 2;
  }();
  CHECK(checked == 2);
}
