// SPDX-License-Identifier: MIT

#include <thorax/model/json_reader.hpp>

#include <thorax/base/random.hpp>  // mixed

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using thorax::error_code;
using thorax::json_reader;

namespace {

std::string string_in(std::string_view json)
{
  json_reader reader{json, "test"};
  std::string text = reader.string();
  reader.expect_end();
  return text;
}

std::uint64_t whole_number_in(std::string_view json)
{
  json_reader reader{json, "test"};
  const std::uint64_t number = reader.whole_number();
  reader.expect_end();
  return number;
}

template<class Number>
Number number_in(std::string_view json)
{
  json_reader reader{json, "test"};
  const auto number = reader.number<Number>();
  reader.expect_end();
  return number;
}

}  // namespace

TEST_CASE("strings lose their quotes and escapes", "[model]")
{
  CHECK(string_in(R"("")") == "");
  CHECK(string_in(R"( "plain")") == "plain");
  CHECK(string_in(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(string_in(R"("\u0041\u00e9\u20AC\ud83e\udec1")") == "A\xc3\xa9\xe2\x82\xac\xf0\x9f\xab\x81");
  CHECK(string_in(R"("\u0000")") == std::string(1, '\0'));
}

TEST_CASE("what is no string is refused at its byte", "[model]")
{
  struct bad {
    std::string_view json, words;
  };
  for (const bad& each : {bad{"", "expected '\"', found the end"},
                          {"x", "byte 0: expected '\"', found 'x'"},
                          {"\"abc", "ends inside a string"},
                          {"\"a\\", "ends inside a string"},
                          {"\"a\nb\"", "byte 2: a control character"},
                          {"\"\\x\"", "no escape"},
                          {"\"\\u12\"", "four hexadecimal digits"},
                          {"\"\\u12g4\"", "four hexadecimal digits"},
                          {"\"\\u+123\"", "four hexadecimal digits"},
                          {"\"\\u", "four hexadecimal digits"},
                          {"\"\\ud800\"", "surrogate"},
                          {"\"\\ud800x\"", "surrogate"},
                          {"\"\\ud800\\n\"", "surrogate"},
                          {"\"\\ud800\\u0041\"", "surrogate"},
                          {"\"\\udc00\"", "surrogate"},
                          {"\"\\ud800\\ud800\"", "surrogate"},
                          {"'a'", "expected '\"'"}})
    CHECK(refuses(error_code::format_refused, std::string{each.words}, [&] { string_in(each.json); }));
}

TEST_CASE("whole numbers reach to 2^64 - 1", "[model]")
{
  CHECK(whole_number_in("0") == 0);
  CHECK(whole_number_in(" 18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  CHECK(refuses(error_code::format_refused, "above 2^64 - 1", [] { whole_number_in("18446744073709551616"); }));
}

TEST_CASE("what is no whole number is refused", "[model]")
{
  for (const std::string_view json : {"-1", "-0", "1.0", "1e3", "01", "00", "+1", "", "x", "1x", "0x10", "--1",
                                      "1.", ".5", "1e", "1e+", "\"1\"", "NaN", "1 2"})
    CHECK(refuses(error_code::format_refused, "test: byte", [&] { whole_number_in(json); }));
}

TEST_CASE("decimal numbers read as the nearest float or double", "[model]")
{
  CHECK(number_in<float>("0.1") == 0.1F);
  CHECK(number_in<double>("-1.5e-3") == -0.0015);
  CHECK(number_in<double>("1E+2") == 100.0);
  CHECK(std::signbit(number_in<double>("-0")));
  for (const std::string_view json : {"01.5", "+1", "1.", ".5", "1e", "inf", "nan", "-", "1e999", "0x1p3", "1,5"})
    CHECK(refuses(error_code::format_refused, "test: byte", [&] { number_in<double>(json); }));
  CHECK(refuses(error_code::format_refused, "too large", [] { number_in<float>("1e39"); }));
}

TEST_CASE("every number that is written reads back exactly", "[model]")
{
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const std::uint64_t bits = thorax::mixed(i);
    const auto wide = std::bit_cast<double>(bits);
    const auto narrow = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (std::isfinite(wide)) REQUIRE(number_in<double>(thorax::json_of(wide)) == wide);
    if (std::isfinite(narrow)) REQUIRE(number_in<float>(thorax::json_of(narrow)) == narrow);
    REQUIRE(whole_number_in(thorax::json_of(bits)) == bits);
  }
  CHECK(number_in<float>(thorax::json_of(std::numeric_limits<float>::denorm_min())) ==
        std::numeric_limits<float>::denorm_min());
}

TEST_CASE("every text that is written reads back exactly", "[model]")
{
  std::string all;
  for (std::uint32_t code_point = 0; code_point < 0x3000; ++code_point) thorax::append_utf8(all, code_point);
  CHECK(string_in(thorax::json_of(all)) == all);
}

TEST_CASE("objects and arrays give their parts in order", "[model]")
{
  json_reader reader{"\t{ \"a\" : [1, 2 ,3] ,\"b\":[ ],\n\"a\":[4] }  ", "test"};
  std::string seen;
  reader.object([&](const std::string& key) {
    seen += key;
    reader.array([&] { seen += std::to_string(reader.whole_number()); });
  });
  reader.expect_end();
  CHECK(seen == "a123ba4");
  CHECK(reader.rest() == "  ");
}

TEST_CASE("objects that are not closed, or hold too many commas, are refused", "[model]")
{
  for (const std::string_view json :
       {"", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}",
        "{\"a\":1 \"b\":2}", "{a:1}", "[]", "{\"a\":1}}", "{\"a\":1},", "{1:1}", "{\"a\":1]"})
    CHECK(refuses(error_code::format_refused, "test: byte", [&] {
      json_reader reader{json, "test"};
      reader.object([&](const std::string&) { reader.whole_number(); });
      reader.expect_end();
    }));
}

TEST_CASE("only spaces may follow the end", "[model]")
{
  for (const std::string_view json : {"1\n", "1\t", "1 x", "1  \r "})
    CHECK(refuses(error_code::format_refused, "expected the end", [&] { whole_number_in(json); }));
}
