// SPDX-License-Identifier: MIT

#include <thorax/model/metadata_reader.hpp>

#include <thorax/model/safetensors_writer.hpp>  // encode_safetensors

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using thorax::error_code;

namespace {

thorax::metadata_reader reader_of(const thorax::metadata_texts& texts)
{
  const std::vector<std::byte> bytes = thorax::encode_safetensors({}, texts);
  return thorax::metadata_reader{thorax::safetensors_file::from_bytes(bytes, "'x'")};
}

}  // namespace

TEST_CASE("texts are taken as what they should be, and what nobody took remains", "[model]")
{
  auto reader = reader_of({{"text", "any"},
                           {"whole", "18446744073709551615"},
                           {"real", "1e-3"},
                           {"list", "[0.5, 2]"},
                           {"names", R"(["a","b\n"])"},
                           {"left", "over"}});
  CHECK(reader.has("text"));
  CHECK(reader.text("text") == "any");
  CHECK(!reader.has("text"));
  CHECK(reader.number<std::uint64_t>("whole") == 18446744073709551615U);
  CHECK(reader.number<double>("real") == 0.001);
  CHECK(reader.numbers<float>("list") == std::vector<float>{0.5F, 2.0F});
  CHECK(reader.strings("names") == std::vector<std::string>{"a", "b\n"});
  CHECK(std::move(reader).rest() == thorax::metadata_texts{{"left", "over"}});
}

TEST_CASE("a missing text is refused by key", "[model]")
{
  auto reader = reader_of({{"a", "1"}});
  CHECK(refuses(error_code::format_refused, "'x': metadata 'b': missing", [&] { reader.text("b"); }));
  CHECK(reader.text("a") == "1");
  CHECK(refuses(error_code::format_refused, "'x': metadata 'a': missing", [&] { reader.text("a"); }));
}

TEST_CASE("a text that is something else, or more, is refused by key and byte", "[model]")
{
  for (const std::string text : {"", "x", "1 2", "[1", "[1],", "{}", "[1]x"}) {
    CHECK(refuses(error_code::format_refused, "'x': metadata 'k': byte", [&] {
      reader_of({{"k", text}}).numbers<float>("k");
    }));
    CHECK(refuses(error_code::format_refused, "'x': metadata 'k': byte", [&] {
      reader_of({{"k", text}}).strings("k");
    }));
  }
  CHECK(refuses(error_code::format_refused, "metadata 'k'", [] {
    reader_of({{"k", "-1"}}).number<std::uint64_t>("k");
  }));
}
