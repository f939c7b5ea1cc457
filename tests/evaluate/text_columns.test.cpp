// SPDX-License-Identifier: MIT

#include <thorax/evaluate/text_columns.hpp>

#include "support/catch.hpp"

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
