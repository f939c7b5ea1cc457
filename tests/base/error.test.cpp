// SPDX-License-Identifier: MIT

#include <thorax/base/error.hpp>

#include "support/catch.hpp"

#include <stdexcept>
#include <string>

TEST_CASE("an error carries its code and its sentence", "[base]")
{
  const thorax::error failure{thorax::error_code::limit_exceeded, "'film.png' is too large"};
  CHECK(failure.code() == thorax::error_code::limit_exceeded);
  CHECK(std::string{failure.what()} == "'film.png' is too large");
}

TEST_CASE("an error is caught as a standard exception, sentence and all", "[base]")
{
  std::string sentence;
  try {
    throw thorax::error{thorax::error_code::wrong_usage, "no such option"};
  }
  catch (const std::exception& failure) {
    sentence = failure.what();
  }
  CHECK(sentence == "no such option");
}
