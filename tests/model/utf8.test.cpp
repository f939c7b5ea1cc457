// SPDX-License-Identifier: MIT

#include <thorax/model/utf8.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using thorax::first_invalid_utf8;

TEST_CASE("every character that Unicode has is written and found well-formed", "[model]")
{
  std::uint32_t faults = 0;
  for (std::uint32_t code_point = 0; code_point <= 0x10ffff; ++code_point) {
    if (code_point >= 0xd800 && code_point <= 0xdfff) continue;
    std::string text;
    thorax::append_utf8(text, code_point);
    const std::size_t expected = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    const std::string_view cut = std::string_view{text}.substr(0, text.size() - 1);
    if (text.size() != expected || thorax::utf8_length(text, 0) != expected) ++faults;
    if (thorax::utf8_length(cut, 0) != 0) ++faults;
    if (first_invalid_utf8(text + "x") != std::string::npos) ++faults;
  }
  CHECK(faults == 0);
}

TEST_CASE("known characters have their known bytes", "[model]")
{
  std::string text;
  for (const std::uint32_t code_point : {0x41U, 0xe9U, 0x20acU, 0x1fac1U}) thorax::append_utf8(text, code_point);
  CHECK(text == "A\xc3\xa9\xe2\x82\xac\xf0\x9f\xab\x81");
}

TEST_CASE("ill-formed bytes are found where they stand", "[model]")
{
  for (const std::string_view bad :
       {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82",
        "\xe2\x28\xa1", "\xf0\x9f\xab", "\xc3\xc3"}) {
    CHECK(first_invalid_utf8(bad) == 0);
    CHECK(first_invalid_utf8("ab\xc3\xa9" + std::string{bad} + "z") == 4);
  }
  CHECK(first_invalid_utf8("") == std::string_view::npos);
}
