// SPDX-License-Identifier: MIT

#include <thorax/model/safetensors_header.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "support/safetensors_by_hand.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using thorax::error_code;

namespace {

thorax::safetensors_header header_of(std::string_view json, std::size_t payload_bytes = 0)
{
  return thorax::read_safetensors_header(safetensors_by_hand(json, payload_bytes), "'x'");
}

bool is_refused(const std::string& words, std::string_view json, std::size_t payload_bytes = 0)
{
  return refuses(error_code::format_refused, words, [&] { header_of(json, payload_bytes); });
}

/// A header with one tensor "t", whose fields are given.
bool is_tensor_refused(const std::string& words, const std::string& fields, std::size_t payload_bytes = 4)
{
  return is_refused(words, R"({"t":{)" + fields + "}}", payload_bytes);
}

std::string tensor(const std::string& name, const std::string& shape, const std::string& offsets)
{
  return "\"" + name + R"(":{"dtype":"F32","shape":[)" + shape + R"(],"data_offsets":[)" + offsets + "]}";
}

}  // namespace

TEST_CASE("a header gives its tensors in the order of their numbers", "[model]")
{
  const auto header =
    header_of("{" + tensor("b", "2,1", "4,12") + R"(, "__metadata__" : {"key":"text","k2":""}, )" +
                tensor("a", "", "0,4") + R"(,"c":{"shape":[3],"data_offsets":[12,15],"dtype":"BOOL"}}   )",
              15);
  REQUIRE(header.tensors.size() == 3);
  CHECK(header.tensors[0].name == "a");
  CHECK(header.tensors[0].shape.empty());
  CHECK(header.tensors[0].size() == 1);
  CHECK(header.tensors[1].name == "b");
  CHECK(header.tensors[1].shape == std::vector<std::size_t>{2, 1});
  CHECK(header.tensors[1].begin == 4);
  CHECK(header.tensors[1].end == 12);
  CHECK(header.tensors[1].size() == 2);
  CHECK(header.tensors[2].format == thorax::storage::boolean);
  CHECK(header.tensors[2].size() == 3);
  REQUIRE(header.metadata.size() == 2);
  CHECK(header.metadata.at("key").text == "text");
  CHECK(header.metadata.at("k2").text.empty());
}

TEST_CASE("a metadata text's position is where its bytes stand in the file", "[model]")
{
  for (const std::string_view json :
       {R"({"__metadata__":{"key":"text"}})", "{ \"__metadata__\" : { \"key\" : \t \"text\" } }"}) {
    const auto file = safetensors_by_hand(json);
    const auto header = thorax::read_safetensors_header(file, "'x'");
    const std::size_t position = header.metadata.at("key").position;
    CHECK(std::string_view{reinterpret_cast<const char*>(file.data()) + position, 5} == "text\"");
    CHECK(header.payload == file.size());
  }
}

TEST_CASE("a file without tensors is a file", "[model]")
{
  CHECK(header_of("{}").tensors.empty());
  CHECK(header_of(R"({"__metadata__":{}}  )").tensors.empty());
}

TEST_CASE("shapes are shown as people write them", "[model]")
{
  CHECK(thorax::shape_text(std::vector<std::size_t>{64, 3, 7, 7}) == "64x3x7x7");
  CHECK(thorax::shape_text(std::vector<std::size_t>{0}) == "0");
  CHECK(thorax::shape_text({}) == "scalar");
}

TEST_CASE("a file too short for a header is refused", "[model]")
{
  for (std::size_t size = 0; size < 8; ++size)
    CHECK(refuses(error_code::format_refused, "expected at least 8 bytes, found " + std::to_string(size),
                  [&] { thorax::read_safetensors_header(std::vector<std::byte>(size), "'x'"); }));
}

TEST_CASE("a header that is announced too long is refused before it is read", "[model]")
{
  const auto announced = [](std::uint64_t length) {
    thorax::read_safetensors_header(safetensors_by_hand("{}", 0, length), "'x'");
  };
  CHECK(refuses(error_code::format_refused, "of 3 bytes is announced, but only 2", [&] { announced(3); }));
  CHECK(refuses(error_code::format_refused, "but only 2", [&] { announced(100'000'000); }));
  CHECK(refuses(error_code::format_refused, "at most 100000000", [&] { announced(100'000'001); }));
  CHECK(refuses(error_code::format_refused, "18446744073709551615",
                [&] { announced(std::numeric_limits<std::uint64_t>::max()); }));
  CHECK(refuses(error_code::format_refused, "does not begin with '{'", [&] { announced(0); }));
}

TEST_CASE("a header that does not begin as one is refused", "[model]")
{
  for (const std::string_view json : {" {}", "[]", "null", "\xef\xbb\xbf{}", "\n{}"})
    CHECK(is_refused("does not begin with '{'", json));
}

TEST_CASE("a header that is no UTF-8 is refused at its byte", "[model]")
{
  CHECK(is_refused("not UTF-8 at its byte 2", "{\"\xff\":1}"));
  CHECK(is_refused("not UTF-8 at its byte 2", "{\"\xed\xa0\x80\":1}"));
}

TEST_CASE("a header that is no JSON is refused at its byte", "[model]")
{
  for (const std::string_view json :
       {"{", "{\"", "{\"a\"", "{\"a\":", "{\"a\":{", "{\"a\":{}", "{\"__metadata__\":{\"a\":\"b\"}", "{}}", "{}x",
        "{},", "{{}}", "{\"a\":null}", "{\"a\":[]}", "{\"a\":1}", "{\"__metadata__\":null}",
        "{\"__metadata__\":[]}", "{}\n", "{}\t", "{} \r"})
    CHECK(is_refused("'x': header: byte", json));
  CHECK(is_refused("byte 2: expected the end, found '\\u0000'", std::string_view{"{}\0", 3}));
  CHECK(is_refused("found '\\u0000'", std::string_view{"{\"__metadata__\":{\"a\":\0\"b\"}}", 27}));
}

TEST_CASE("depth costs nothing: a million open brackets are refused like one", "[model]")
{
  CHECK(is_refused("byte 1", std::string(1'000'000, '{')));
  CHECK(is_tensor_refused("expected a digit", R"("shape":)" + std::string(1'000'000, '[')));
}

TEST_CASE("metadata holds texts only", "[model]")
{
  for (const std::string value : {"1", "null", "true", "{}", "[\"a\"]"})
    CHECK(is_refused("expected '\"'", R"({"__metadata__":{"a":)" + value + "}}"));
}

TEST_CASE("nothing may stand in a header twice", "[model]")
{
  CHECK(is_refused("has 't' twice", "{" + tensor("t", "1", "0,4") + "," + tensor("t", "1", "4,8") + "}", 8));
  CHECK(is_refused("has 't' twice", "{" + tensor("t", "1", "0,4") + "," + tensor("\\u0074", "1", "4,8") + "}", 8));
  CHECK(is_refused("has '__metadata__' twice", R"({"__metadata__":{},"__metadata__":{}})"));
  CHECK(is_refused("__metadata__ has 'k' twice", R"({"__metadata__":{"k":"1","k":"1"}})"));
  CHECK(is_tensor_refused("tensor 't': has 'dtype' twice",
                          R"("dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4])"));
  CHECK(is_tensor_refused("tensor 't': has 'shape' twice",
                          R"("dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4])"));
  CHECK(is_tensor_refused("has 'data_offsets' twice",
                          R"("dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[0,4])"));
}

TEST_CASE("a tensor has its three fields and no other", "[model]")
{
  CHECK(is_tensor_refused("tensor 't': has no dtype", R"("shape":[1],"data_offsets":[0,4])"));
  CHECK(is_tensor_refused("tensor 't': has no shape", R"("dtype":"F32","data_offsets":[0,4])"));
  CHECK(is_tensor_refused("tensor 't': has no data_offsets", R"("dtype":"F32","shape":[1])"));
  CHECK(is_tensor_refused("found 'stride'", R"("dtype":"F32","shape":[1],"stride":[1],"data_offsets":[0,4])"));
}

TEST_CASE("a number format that is unknown is refused by name", "[model]")
{
  for (const std::string name : {"F8_E4M3", "f32", "", "float32"})
    CHECK(is_tensor_refused("tensor 't': the number format '" + name + "' is unknown",
                            R"("dtype":")" + name + R"(","shape":[1],"data_offsets":[0,4])"));
  CHECK(is_tensor_refused("expected '\"'", R"("dtype":3,"shape":[1],"data_offsets":[0,4])"));
}

TEST_CASE("extents and offsets are whole numbers of 64 bits", "[model]")
{
  for (const std::string number : {"-1", "1.0", "1e0", "01", "\"1\"", "null", "18446744073709551616"}) {
    CHECK(is_tensor_refused("byte", R"("dtype":"F32","shape":[)" + number + R"(],"data_offsets":[0,4])"));
    CHECK(is_tensor_refused("byte", R"("dtype":"F32","shape":[1],"data_offsets":[0,)" + number + "]"));
  }
  for (const std::string offsets : {"", "0", "0,4,4"})
    CHECK(is_tensor_refused("expected 2 data_offsets",
                            R"("dtype":"F32","shape":[1],"data_offsets":[)" + offsets + "]"));
}

TEST_CASE("a shape that disagrees with the offsets is refused with both", "[model]")
{
  CHECK(is_refused("tensor 't': F32 2x3 has 24 bytes, but its data_offsets [0, 20] span 20",
                   "{" + tensor("t", "2,3", "0,20") + "}", 20));
  CHECK(is_refused("tensor 't': F32 scalar has 4 bytes", "{" + tensor("t", "", "0,0") + "}"));
  CHECK(is_refused("tensor 't': F32 0 has 0 bytes", "{" + tensor("t", "0", "0,4") + "}", 4));
  CHECK(is_refused("end before they begin", "{" + tensor("t", "1", "4,0") + "}", 4));
}

TEST_CASE("a shape beyond 64 bits is refused, also when a zero would hide it", "[model]")
{
  for (const std::string shape : {"4611686018427387904", "18446744073709551615", "4294967296,4294967296",
                                  "2,2,4611686018427387904", "4294967296,4294967296,0", "0,4294967296,4294967296"})
    CHECK(is_refused("more bytes than 64 bits can count", "{" + tensor("t", shape, "0,0") + "}"));
  CHECK(is_refused("but its data_offsets", "{" + tensor("t", "4611686018427387903", "0,0") + "}"));
}

TEST_CASE("holes, overlaps and a wrong payload are refused", "[model]")
{
  const auto two = [](const std::string& a, const std::string& b) {
    return "{" + tensor("a", "1", a) + "," + tensor("b", "1", b) + "}";
  };
  CHECK(header_of(two("4,8", "0,4"), 8).tensors.size() == 2);
  CHECK(is_refused("tensor 'b': expected its numbers at byte 4 of the payload, found them at 5", two("0,4", "5,9"),
                   9));
  CHECK(is_refused("no hole", two("4,8", "8,12"), 12));
  CHECK(is_refused("tensor 'b': expected its numbers at byte 4 of the payload, found them at 2", two("0,4", "2,6"),
                   6));
  CHECK(is_refused("may not overlap", two("0,4", "0,4"), 4));
  CHECK(is_refused("need a payload of 8 bytes, found 7", two("0,4", "4,8"), 7));
  CHECK(is_refused("need a payload of 8 bytes, found 9", two("0,4", "4,8"), 9));
  CHECK(is_refused("need a payload of 0 bytes, found 1", "{}", 1));
  CHECK(is_refused("found them at 18446744073709551611",
                   "{" + tensor("t", "1", "18446744073709551611,18446744073709551615") + "}", 4));
}

TEST_CASE("empty tensors stand between others or at the end, and nowhere else", "[model]")
{
  const auto with_empty = [](const std::string& at) {
    return "{" + tensor("a", "2", "0,8") + "," + tensor("b", "1", "8,12") + "," + tensor("e", "0,3", at) + "," +
           tensor("f", "0", at) + "}";
  };
  for (const std::string at : {"0,0", "8,8", "12,12"}) {
    const auto header = header_of(with_empty(at), 12);
    REQUIRE(header.tensors.size() == 4);
    for (const thorax::tensor_record& each : header.tensors) CHECK(each.end <= 12);
  }
  for (const std::string at : {"4,4", "9,9", "13,13", "18446744073709551615,18446744073709551615"})
    CHECK(is_refused("tensor 'e': expected its numbers", with_empty(at), 12));
}

TEST_CASE("a tensor's name may be anything, and a sentence shows it harmlessly", "[model]")
{
  CHECK(header_of("{" + tensor("", "1", "0,4") + "}", 4).tensors[0].name.empty());
  CHECK(header_of("{" + tensor("\\u0000\\ud83e\\udec1", "1", "0,4") + "}", 4).tensors[0].name ==
        std::string{"\0\xf0\x9f\xab\x81", 5});
  CHECK(is_refused("tensor '\\u001b[2J'", "{" + tensor("\\u001b[2J", "1", "0,0") + "}"));
}
