// SPDX-License-Identifier: MIT
#include <thorax/model/seen_films.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <string>

using thorax::film_use;
using thorax::joined;
using thorax::seen_films;

namespace {

seen_films some_films()
{
  return {{{0, 523, "ab", film_use::test}, {1, 522, "cd", film_use::validation}, {9, 521, "ef", film_use::training}}, true,
          false};
}

seen_films read(const std::string& text)
{
  thorax::json_reader json{text, "'x'"};
  const seen_films seen = thorax::read_seen_films(json);
  json.expect_end();
  return seen;
}

bool is_refused(const std::string& words, const std::string& text)
{
  return refuses(thorax::error_code::format_refused, words, [&] { (void)read(text); });
}

}  // namespace

TEST_CASE("what weights saw is one line of JSON that reads back", "[model]")
{
  const seen_films seen = some_films();
  CHECK(json_of(seen) ==
        R"({"split":"grouped","start":"recorded","folds":[{"fold":0,"films":523,"content":"ab","use":"test"},)"
        R"({"fold":1,"films":522,"content":"cd","use":"validation"},{"fold":9,"films":521,"content":"ef","use":"training"}]})");
  CHECK(read(json_of(seen)) == seen);
  const seen_films doubtful{{}, false, true};
  CHECK(read(json_of(doubtful)) == doubtful);
  CHECK(json_of(doubtful) == R"({"split":"leaky","start":"unrecorded","folds":[]})");
}

TEST_CASE("of two histories the use counts that is more, and every doubt", "[model]")
{
  const seen_films before{{{4, 523, "ab", film_use::validation}, {5, 3, "gh", film_use::training}}, true, true};
  const seen_films both = joined(some_films(), before);
  REQUIRE(both.folds.size() == 4);
  CHECK(both.folds[0] == thorax::seen_fold{0, 523, "ab", film_use::validation});
  CHECK(both.folds[1] == some_films().folds[1]);
  CHECK(both.folds[3] == before.folds[1]);
  CHECK(both.leaky);
  CHECK(both.complete);
  CHECK_FALSE(joined(some_films(), {{}, false, false}).complete);
  CHECK(joined(before, some_films()).folds[0].use == film_use::validation);
  CHECK(joined(some_films(), some_films()) == some_films());
}

TEST_CASE("what is no record of films is refused at its byte", "[model]")
{
  CHECK(is_refused("expected grouped or leaky, found 'tidy'", R"({"split":"tidy"})"));
  CHECK(is_refused("expected test or validation or training, found 'exam'", R"({"folds":[{"use":"exam"}]})"));
  CHECK(is_refused("expected split, start or folds, found 'seed'", R"({"seed":1})"));
  CHECK(is_refused("expected fold, films, content or use, found 'size'", R"({"folds":[{"size":1}]})"));
  CHECK(is_refused("a fold without its content", R"({"folds":[{"fold":1}]})"));
  CHECK(is_refused("expected a fold from 0 to 9999", R"({"folds":[{"fold":10000}]})"));
  CHECK(is_refused("expected '{'", "[]"));
}
