// SPDX-License-Identifier: MIT
#include <thorax/data/csv.hpp>

#include "support/catch.hpp"

#include <string>
#include <vector>

using thorax::csv_table;
using thorax::parse_csv;

namespace {

std::string refusal_of(const std::string& text)
{
  try {
    parse_csv(text, "t.csv");
  }
  catch (const thorax::error& refused) {
    CHECK(refused.code() == thorax::error_code::format_refused);
    return refused.what();
  }
  return "accepted";
}

bool contains(const std::string& sentence, const std::string& words)
{
  INFO(sentence);
  return sentence.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a table is read with quotes, inner quotes, line feeds in fields and CRLF", "[data]")
{
  const csv_table table = parse_csv("\xef\xbb\xbf" "a,b\r\n1,\"x, \"\"y\"\"\"\r\n\n\"two\nlines\",\n,z", "t.csv");
  CHECK(table.columns == std::vector<std::string>{"a", "b"});
  REQUIRE(table.rows.size() == 3);
  CHECK(table.rows[0].fields == std::vector<std::string>{"1", "x, \"y\""});
  CHECK(table.rows[1].fields == std::vector<std::string>{"two\nlines", ""});
  CHECK(table.rows[2].fields == std::vector<std::string>{"", "z"});
  CHECK(table.rows[0].line == 2);
  CHECK(table.rows[1].line == 4);
  CHECK(table.rows[2].line == 6);
  CHECK(table.at("b") == 1);
  CHECK_FALSE(table.find("c").has_value());
}

TEST_CASE("what is not a table is refused with its line", "[data]")
{
  CHECK(contains(refusal_of(""), "line 1: expected the names of the columns"));
  CHECK(contains(refusal_of("a,b\n1\n"), "'t.csv', line 2: expected 2 fields as in line 1, found 1"));
  CHECK(contains(refusal_of("a,b\n1,2\n1,2,3\n"), "line 3: expected 2 fields as in line 1, found 3"));
  CHECK(contains(refusal_of("a,a\n"), "column 'a' stands twice"));
  CHECK(contains(refusal_of("a,\n"), "a column has no name"));
  CHECK(contains(refusal_of("a\nx\"y\n"), "line 2: a quote stands inside the field"));
  CHECK(contains(refusal_of("a\n\"x\n\n"), "line 2: a quote is opened and never closed"));
  CHECK(contains(refusal_of("a\n\"x\"y\n"), "line 2: text follows a closing quote"));
  CHECK(contains(refusal_of("a\nx\ry\n"), "line 2: a carriage return stands without a line feed"));
  CHECK(contains(refusal_of(std::string{"a\nx\0y\n", 6}), "a zero byte"));
}

TEST_CASE("a missing column is named together with those that are there", "[data]")
{
  try {
    (void)parse_csv("file,class\n", "m.csv").at("patient");
    FAIL("accepted");
  }
  catch (const thorax::error& refused) {
    CHECK(contains(refused.what(), "expected a column 'patient', found the columns file,class"));
  }
}

TEST_CASE("what csv_line writes, parse_csv reads back", "[data]")
{
  const std::vector<std::vector<std::string>> rows{
    {"plain", "a,b", "say \"aa\""}, {"", "two\nlines", "\r\n"}, {"x", "", " spaces stay "}};
  std::string text = "one,two,three\n";
  for (const auto& row : rows) text += thorax::csv_line(row);
  const csv_table table = parse_csv(text, "t.csv");
  REQUIRE(table.rows.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) CHECK(table.rows[i].fields == rows[i]);
  CHECK(thorax::csv_line(std::vector<std::string>{"a", "b,c"}) == "a,\"b,c\"\n");
  const csv_table single = parse_csv("one\n" + thorax::csv_line(std::vector<std::string>{""}), "t.csv");
  REQUIRE(single.rows.size() == 1);
  CHECK(single.rows[0].fields == std::vector<std::string>{""});
}
