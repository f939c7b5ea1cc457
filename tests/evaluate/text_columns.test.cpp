// SPDX-License-Identifier: MIT

#include <thorax/evaluate/text_columns.hpp>

#include "support/catch.hpp"

#include <limits>

TEST_CASE("characters are counted, not bytes", "[evaluate]")
{
  CHECK(thorax::characters("") == 0);
  CHECK(thorax::characters("NORMAL") == 6);
  CHECK(thorax::characters("\xC3\x84rzte") == 5);           // Ä
  CHECK(thorax::characters("\xE8\x82\xBA\xE7\x82\x8E") == 2);  // two ideographs
}

TEST_CASE("text is moved right by characters, and never cut", "[evaluate]")
{
  CHECK(thorax::right_aligned("ab", 5) == "   ab");
  CHECK(thorax::right_aligned("\xC3\x84", 3) == "  \xC3\x84");
  CHECK(thorax::right_aligned("abcdef", 3) == "abcdef");
}

TEST_CASE("fixed digits round from the exact value, ties to even", "[evaluate]")
{
  CHECK(thorax::fixed_digits(0.125, 2) == "0.12");
  CHECK(thorax::fixed_digits(0.375, 2) == "0.38");
  CHECK(thorax::fixed_digits(0.345, 2) == "0.34");  // the double lies below 0.345
  CHECK(thorax::fixed_digits(0.995, 2) == "0.99");
  CHECK(thorax::fixed_digits(1, 2) == "1.00");
  CHECK(thorax::fixed_digits(-2.5, 0) == "-2");
  CHECK(thorax::fixed_digits(std::numeric_limits<double>::max(), 60).size() == 370);
}
