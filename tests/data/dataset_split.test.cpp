// SPDX-License-Identifier: MIT
#include <thorax/data/dataset_split.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <string>
#include <vector>

using thorax::content_key;
using thorax::dataset;
using thorax::dataset_split;
using thorax::ensure_no_leak;
using thorax::film;
using thorax::leak_of;

namespace {

dataset part(std::vector<film> films)
{
  dataset some{{"A", "B"}, {}, {}, 0, false, {}};
  some.films = std::move(films);
  return some;
}

const film kim{"1.png", 0, "kim", 0, content_key{1, 1}};
const film lee{"2.png", 1, "lee", 1, content_key{2, 2}};
const film ann{"3.png", 1, "ann", 2, content_key{3, 3}};

}  // namespace

TEST_CASE("a split whose parts share neither patients nor contents has no leak", "[data]")
{
  CHECK_FALSE(leak_of({part({kim}), part({lee}), part({ann})}).has_value());
  ensure_no_leak({part({kim}), part({lee}), part({ann})});
  const film nobody{"4.png", 0, "eve", 0, {}}, unknown{"5.png", 0, "bob", 1, {}};
  CHECK_FALSE(leak_of({part({nobody}), part({unknown}), part({})}).has_value());  // two unknown contents are not one
}

TEST_CASE("a patient in any two parts is named, with a film of the second", "[data]")
{
  const film again{"9.png", 0, "kim", 1, content_key{9, 9}};
  const std::string words = "patient 'kim' stands on both sides of the split (";
  CHECK(leak_of({part({kim}), part({lee, again}), part({})}) == words + "validation film '9.png')");
  CHECK(leak_of({part({kim}), part({lee}), part({again})}) == words + "test film '9.png')");
  CHECK(leak_of({part({lee}), part({kim}), part({again})}) == words + "test film '9.png')");
}

TEST_CASE("copies of a film in two parts are both named, and refused with the cure", "[data]")
{
  const film copy{"9.png", 0, "bob", 1, content_key{1, 1}};
  CHECK(refuses(thorax::error_code::does_not_fit,
                "the film '1.png' has a copy on the other side of the split (validation film '9.png'), so results would be "
                "too good; split by patient and content (thorax split), or allow a leaky split (--allow-leaky-split)",
                [&] { ensure_no_leak({part({kim}), part({copy}), part({})}); }));
  CHECK(leak_of({part({lee}), part({kim}), part({ann, copy})}) ==
        "the film '1.png' has a copy on the other side of the split (test film '9.png')");
}
