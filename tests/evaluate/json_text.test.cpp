// SPDX-License-Identifier: MIT

#include <thorax/evaluate/json_text.hpp>

#include <thorax/base/random.hpp>  // random_stream

#include "support/catch.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

TEST_CASE("strings are escaped, and what is UTF-8 stays as it is", "[evaluate]")
{
  CHECK(thorax::json_string("VIRAL") == "\"VIRAL\"");
  CHECK(thorax::json_string("a\"b\\c") == "\"a\\\"b\\\\c\"");
  CHECK(thorax::json_string("a\nb\tc") == "\"a\\nb\\tc\"");
  CHECK(thorax::json_string(std::string{"\0\x1f", 2}) == "\"\\u0000\\u001f\"");
  const std::string two_three_four = "\xC3\x84 \xE8\x82\xBA \xF0\x9F\xAB\x81";  // bytes a character
  CHECK(thorax::json_string(two_three_four) == '"' + two_three_four + '"');
  CHECK(thorax::json_string("a/b'") == "\"a/b'\"");
}

TEST_CASE("a byte that is no UTF-8 becomes the replacement character", "[evaluate]")
{
  const std::string mark = "\xEF\xBF\xBD";
  CHECK(thorax::json_string("\xC4rzte") == "\"" + mark + "rzte\"");                     // Latin-1
  CHECK(thorax::json_string("\xE8\x82") == "\"" + mark + mark + "\"");                  // cut short
  CHECK(thorax::json_string("\xC0\xAF") == "\"" + mark + mark + "\"");                  // overlong
  CHECK(thorax::json_string("\xE0\x80\xAF") == "\"" + mark + mark + mark + "\"");       // overlong
  CHECK(thorax::json_string("\xED\xA0\x80") == "\"" + mark + mark + mark + "\"");       // surrogate
  CHECK(thorax::json_string("\xF4\x90\x80\x80") == "\"" + mark + mark + mark + mark + "\"");  // too large
  CHECK(thorax::json_string("\xC3\"") == "\"" + mark + "\\\"\"");  // the quote is not swallowed
}

TEST_CASE("numbers read back as the same doubles", "[evaluate]")
{
  const thorax::random_stream stream{1};
  int finite = 0;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const double number = std::bit_cast<double>(stream.bits(i));
    if (!std::isfinite(number)) continue;
    ++finite;
    const double read = std::strtod(thorax::json_number(number).c_str(), nullptr);
    if (std::bit_cast<std::uint64_t>(read) != std::bit_cast<std::uint64_t>(number)) FAIL("number " << i);
  }
  CHECK(finite > 19000);
  CHECK(thorax::json_number(0.1) == "0.1");
  CHECK(thorax::json_number(1) == "1");
  CHECK(thorax::json_number(-0.0) == "-0");
}

TEST_CASE("JSON has no word for a number that is not finite, so it is null", "[evaluate]")
{
  CHECK(thorax::json_number(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(thorax::json_number(-std::numeric_limits<double>::infinity()) == "null");
  thorax::json_text json;
  CHECK(json.value(std::optional<double>{}).text() == "null\n");
}

TEST_CASE("objects and arrays nest, empty ones included", "[evaluate]")
{
  thorax::json_text json;
  json.begin_object().name("films").value(std::int64_t{3}).name("empty").begin_array().end_array();
  json.name("none").begin_object().end_object().name("list").begin_array().value(0.5).value(true);
  json.begin_object().name("word").value("a").end_object().end_array().end_object();
  CHECK(json.text() == "{\n"
                       "  \"films\": 3,\n"
                       "  \"empty\": [],\n"
                       "  \"none\": {},\n"
                       "  \"list\": [\n"
                       "    0.5,\n"
                       "    true,\n"
                       "    {\n"
                       "      \"word\": \"a\"\n"
                       "    }\n"
                       "  ]\n"
                       "}\n");
}
