// SPDX-License-Identifier: MIT

#include <thorax/evaluate/html_page.hpp>

#include "support/catch.hpp"

#include <span>
#include <string>
#include <string_view>

namespace {

std::string coded(std::string_view text) { return thorax::base64(std::as_bytes(std::span{text})); }

}  // namespace

TEST_CASE("base64 is that of RFC 4648", "[evaluate]")
{
  CHECK(coded("").empty());
  CHECK(coded("f") == "Zg==");
  CHECK(coded("fo") == "Zm8=");
  CHECK(coded("foo") == "Zm9v");
  CHECK(coded("foob") == "Zm9vYg==");
  CHECK(coded("fooba") == "Zm9vYmE=");
  CHECK(coded("foobar") == "Zm9vYmFy");
  CHECK(coded("\xff\xfe\xfb") == "//77");
}

TEST_CASE("a page loads nothing, runs nothing and says how wide it is", "[evaluate]")
{
  const std::string page = thorax::html_page("<b> & more", "<p>body</p>\n");
  CHECK(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  CHECK(page.ends_with("<p>body</p>\n</body>\n</html>\n"));
  for (const char* words : {"<title>&lt;b&gt; &amp; more</title>", "default-src 'none'", "width=device-width",
                            "prefers-color-scheme:dark", "charset=\"utf-8\""})
    CHECK(page.find(words) != std::string::npos);
  for (const char* words : {"<script", "http:", "https:", "url(", "@import", "<link"})
    CHECK(page.find(words) == std::string::npos);
}

TEST_CASE("a table has a heading for each column and each row", "[evaluate]")
{
  CHECK(thorax::html_of({"what", {"a", "b"}, {{"1", "2"}}}) ==
        "<figure><figcaption>what</figcaption><div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th "
        "scope=\"col\">a</th><th scope=\"col\">b</th>"
        "</tr></thead>\n<tbody>\n<tr><th scope=\"row\">1</th><td>2</td></tr>\n</tbody></table></div></figure>\n");
}

TEST_CASE("a picture is inside of the page, with words for those who do not see it", "[evaluate]")
{
  const std::string_view bytes = "foo";
  CHECK(thorax::html_picture(std::as_bytes(std::span{bytes}), "a \"film\"") ==
        "<img alt=\"a &quot;film&quot;\" src=\"data:image/png;base64,Zm9v\">");
  CHECK(thorax::html_section("H", "b") == "<section>\n<h2>H</h2>\nb</section>\n");
}
