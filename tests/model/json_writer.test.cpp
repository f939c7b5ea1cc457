// SPDX-License-Identifier: MIT

#include <thorax/model/json_writer.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using thorax::error_code;
using thorax::json_array;
using thorax::json_of;
using thorax::shown;

TEST_CASE("texts are quoted and escaped", "[model]")
{
  CHECK(json_of("plain") == R"("plain")");
  CHECK(json_of("") == R"("")");
  CHECK(json_of("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(json_of("\n\r\t\b\f") == R"("\n\r\t\b\f")");
  CHECK(json_of(std::string("\0\x01\x1f\x7f", 4)) == "\"\\u0000\\u0001\\u001f\\u007f\"");
  CHECK(json_of("gr\xc3\xbc\xc3\x9f") == "\"gr\xc3\xbc\xc3\x9f\"");
}

TEST_CASE("a text that is no UTF-8 is not written", "[model]")
{
  CHECK(refuses(error_code::wrong_usage, "byte 2", [] { json_of("ab\xff"); }));
}

TEST_CASE("numbers are as short as exactness allows", "[model]")
{
  CHECK(json_of(0.1F) == "0.1");
  CHECK(json_of(0.1) == "0.1");
  CHECK(json_of(static_cast<double>(0.1F)) == "0.10000000149011612");
  CHECK(json_of(1e-5) == "1e-05");
  CHECK(json_of(-0.0) == "-0");
  CHECK(json_of(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(json_of(-3) == "-3");
}

TEST_CASE("numbers that are not finite are not written", "[model]")
{
  CHECK(
    refuses(error_code::number_not_finite, "infinite", [] { json_of(std::numeric_limits<float>::infinity()); }));
  CHECK(refuses(error_code::number_not_finite, "not a number",
                [] { json_of(std::numeric_limits<double>::quiet_NaN()); }));
}

TEST_CASE("lists hold texts or numbers", "[model]")
{
  CHECK(json_array(std::vector<int>{}) == "[]");
  CHECK(json_array(std::array{1, 2}) == "[1,2]");
  CHECK(json_array(std::vector<std::string>{"a", "b,\""}) == R"(["a","b,\""])");
}

TEST_CASE("a text in a sentence is one line of bounded length that steers no terminal", "[model]")
{
  CHECK(shown("norm0.weight") == "'norm0.weight'");
  CHECK(shown("a\nb\x1b[31m") == "'a\\nb\\u001b[31m'");
  CHECK(shown("a\xff-\xc3") == "'a?-?'");
  CHECK(shown("\xc3\xa9") == "'\xc3\xa9'");
  CHECK(shown(std::string(120, 'x')) == "'" + std::string(120, 'x') + "'");
  CHECK(shown(std::string(1'000'000, 'x')) == "'" + std::string(120, 'x') + "…'");
  CHECK(shown(std::string(119, 'x') + "\xc3\xa9") == "'" + std::string(119, 'x') + "…'");  // no half character
}
