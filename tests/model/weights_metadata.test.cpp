// SPDX-License-Identifier: MIT

#include <thorax/model/weights_metadata.hpp>

#include <thorax/model/safetensors_writer.hpp>  // encode_safetensors

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using thorax::error_code;
using thorax::weights_metadata;

namespace {

weights_metadata full_metadata()
{
  weights_metadata metadata;
  metadata.network = "chest_network";
  metadata.input = {3, 300, 299};
  metadata.findings = {"BACTERIAL", "NORMAL", "VIRAL, \"\xc3\xa9\"\n"};
  metadata.preprocessing = {thorax::resize_kind::nearest, {0.1F, -0.2F, 1e-20F}, {1.0F / 3, 0.7F, 1e10F}};
  metadata.batch_norm_epsilon = 1.001e-5;
  metadata.provenance = "trained on nothing\nby nobody";
  metadata.golden = thorax::golden_sample{std::numeric_limits<std::uint64_t>::max(), {0.1F, -2.5e-8F, 3e8F}, 1e-4};
  metadata.seen = thorax::seen_films{{{2, 7, "ab", thorax::film_use::test}}, true, false};
  metadata.temperature = thorax::softmax_temperature{1.25, "films, fold 1", 524, "00ff"};
  metadata.other = {{"author", "someone"}, {"thorax.later", "kept"}};
  return metadata;
}

weights_metadata read_back(const thorax::metadata_texts& texts)
{
  const std::vector<std::byte> bytes = thorax::encode_safetensors({}, texts);
  return thorax::read_weights_metadata(thorax::safetensors_file::from_bytes(bytes, "'x'"));
}

/// The full metadata with one text replaced.
bool is_refused(const std::string& words, const std::string& key, const std::string& text)
{
  auto texts = texts_of(full_metadata());
  REQUIRE(texts.contains(key));
  texts[key] = text;
  return refuses(error_code::format_refused, words, [&] { read_back(texts); });
}

}  // namespace

TEST_CASE("metadata reads back exactly as it was written", "[model]")
{
  const weights_metadata expected = full_metadata();
  const weights_metadata found = read_back(texts_of(expected));
  CHECK(found.network == expected.network);
  CHECK(found.input == expected.input);
  CHECK(found.findings == expected.findings);
  CHECK(found.preprocessing == expected.preprocessing);
  CHECK(found.batch_norm_epsilon == expected.batch_norm_epsilon);
  CHECK(found.provenance == expected.provenance);
  CHECK(found.golden == expected.golden);
  CHECK(found.seen == expected.seen);
  CHECK(found.temperature == expected.temperature);
  CHECK(found.other == expected.other);
  CHECK(texts_of(found) == texts_of(expected));
}

TEST_CASE("every kind of resizing and the absence of a golden sample read back", "[model]")
{
  for (const auto kind :
       {thorax::resize_kind::area, thorax::resize_kind::bilinear, thorax::resize_kind::nearest}) {
    weights_metadata metadata = full_metadata();
    metadata.preprocessing.resize = kind;
    metadata.golden.reset();
    metadata.seen.reset();
    metadata.temperature.reset();
    const weights_metadata found = read_back(texts_of(metadata));
    CHECK(found.preprocessing.resize == kind);
    CHECK(!found.golden);
    CHECK(!found.seen);
    CHECK(!found.temperature);
  }
}

TEST_CASE("the texts are those of the written format", "[model]")
{
  const auto texts = texts_of(full_metadata());
  CHECK(texts.at("thorax.format") == "1");
  CHECK(texts.at("thorax.input") == "[3,300,299]");
  CHECK(texts.at("thorax.findings") == "[\"BACTERIAL\",\"NORMAL\",\"VIRAL, \\\"\xc3\xa9\\\"\\n\"]");
  CHECK(texts.at("thorax.resize") == "nearest");
  CHECK(texts.at("thorax.channel_order") == "RGB");
  CHECK(texts.at("thorax.mean") == "[0.1,-0.2,1e-20]");
  CHECK(texts.at("thorax.batch_norm_epsilon") == "1.001e-05");
  CHECK(texts.at("thorax.golden.seed") == "18446744073709551615");
  CHECK(!texts.contains("thorax.checksum"));
}

TEST_CASE("a file from elsewhere gets what is assumed, and keeps its texts", "[model]")
{
  const weights_metadata found = read_back({{"format", "pt"}});
  CHECK(found.network.empty());
  CHECK(found.input == thorax::extents{});
  CHECK(found.findings.empty());
  CHECK(found.preprocessing == thorax::preprocessing{});
  CHECK(found.batch_norm_epsilon == 1e-5);
  CHECK(!found.golden);
  CHECK(found.other == thorax::metadata_texts{{"format", "pt"}});
}

TEST_CASE("metadata of a later version is refused before anything else", "[model]")
{
  for (const std::string version : {"2", "0", "18446744073709551615"}) {
    CHECK(
      is_refused("'x': metadata 'thorax.format': expected version 1, found " + version, "thorax.format", version));
    CHECK(refuses(error_code::format_refused, "found " + version, [&] {
      read_back({{"thorax.format", version}});
    }));
  }
  for (const std::string version : {"", "1.0", "one", "-1", "1,"})
    CHECK(is_refused("metadata 'thorax.format'", "thorax.format", version));
}

TEST_CASE("each missing text is refused by its key", "[model]")
{
  const auto texts = texts_of(full_metadata());
  for (const auto& [key, text] : texts) {
    if (!key.starts_with("thorax.") || key == "thorax.later") continue;
    if (key == "thorax.format" || key == "thorax.golden.seed" || key == "thorax.seen" || key == "thorax.temperature")
      continue;  // without these there are none of their kind
    auto fewer = texts;
    fewer.erase(key);
    CHECK(refuses(error_code::format_refused, "'x': metadata '" + key + "': missing", [&] { read_back(fewer); }));
  }
}

TEST_CASE("each text that makes no sense is refused by its key", "[model]")
{
  for (const std::string text :
       {"[3,300]", "[3,300,300,1]", "[0,300,300]", "[3,65537,300]", "[3,300,18446744073709551615]"})
    CHECK(is_refused("'thorax.input': expected channels, height and width", "thorax.input", text));
  CHECK(is_refused("metadata 'thorax.input': byte", "thorax.input", "3x300x300"));
  for (const std::string text : {"[]", R"(["A","B","A"])", R"(["A","","B"])"})
    CHECK(is_refused("'thorax.findings': expected at least one name", "thorax.findings", text));
  CHECK(is_refused("found 'bicubic'", "thorax.resize", "bicubic"));
  CHECK(is_refused("expected RGB, found 'BGR'", "thorax.channel_order", "BGR"));
  CHECK(is_refused("expected 3 numbers, found 1", "thorax.mean", "[0]"));
  CHECK(is_refused("'thorax.mean': byte", "thorax.mean", "[0,nan,0]"));
  CHECK(is_refused("'thorax.deviation': expected numbers above 0", "thorax.deviation", "[1,0,1]"));
  CHECK(is_refused("'thorax.deviation': expected numbers above 0", "thorax.deviation", "[1,-1,1]"));
  CHECK(is_refused("'thorax.batch_norm_epsilon': expected a number above 0", "thorax.batch_norm_epsilon", "0"));
  CHECK(is_refused("'thorax.golden.logits': expected 3 logits, one a finding, found 2", "thorax.golden.logits",
                   "[1,2]"));
  CHECK(is_refused("'thorax.golden.tolerance': expected a number above 0", "thorax.golden.tolerance", "-1e-4"));
  CHECK(is_refused("'thorax.temperature': expected a number above 0", "thorax.temperature", "0"));
  CHECK(is_refused("'thorax.temperature.films': byte", "thorax.temperature.films", "many"));
  CHECK(is_refused("'thorax.golden.seed': byte", "thorax.golden.seed", "-1"));
  CHECK(is_refused("'thorax.seen': byte", "thorax.seen", "{\"split\":\"tidy\"}"));
}
