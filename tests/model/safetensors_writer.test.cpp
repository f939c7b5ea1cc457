// SPDX-License-Identifier: MIT

#include <thorax/model/safetensors_writer.hpp>

#include <thorax/model/safetensors.hpp>  // safetensors_file

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "support/temporary_folder.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using thorax::encode_safetensors;
using thorax::error_code;
using thorax::named_tensor;
using thorax::storage;

namespace {

std::vector<std::byte> encode(const std::vector<named_tensor>& tensors,
                              const thorax::metadata_texts& metadata = {})
{
  return encode_safetensors(tensors, metadata);
}

}  // namespace

TEST_CASE("a file is laid out byte for byte as the format says", "[model]")
{
  const std::vector<float> one{1.0F};
  const std::vector<float> two{-2.0F, 0.5F};
  const auto bytes =
    encode({{"b", {1}, one, storage::f32}, {"a", {2, 1}, two, storage::bf16}}, {{"z", "1"}, {"k", "\n"}});
  std::string header =
    R"({"__metadata__":{"k":"\n","z":"1"},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
    R"("a":{"dtype":"BF16","shape":[2,1],"data_offsets":[4,8]}})";
  header.resize(192 - 8, ' ');
  const std::string expected =
    std::string("\xb8\0\0\0\0\0\0\0", 8) + header + std::string("\0\0\x80\x3f\0\xc0\0\x3f", 8);
  CHECK(std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()} == expected);
}

TEST_CASE("the payload begins at a multiple of 64 bytes, whatever the header's length", "[model]")
{
  const std::vector<float> one{1.0F};
  for (std::size_t length = 0; length < 130; ++length) {
    const auto bytes = encode({{std::string(length, 'n'), {1}, one, storage::f32}});
    CHECK(bytes.size() % 64 == 4);
    CHECK(thorax::safetensors_file::from_bytes(bytes, "'x'").at(std::string(length, 'n')).size() == 1);
  }
}

TEST_CASE("a file without tensors and texts can be written", "[model]")
{
  const auto bytes = encode({});
  CHECK(bytes.size() == 64);
  CHECK(thorax::safetensors_file::from_bytes(bytes, "'x'").tensors().empty());
}

TEST_CASE("names and texts of any UTF-8 survive", "[model]")
{
  const std::vector<float> one{4.0F};
  const std::string name{"\"\\/\n\0\xe2\x82\xac\xf0\x9f\xab\x81", 12};
  const auto bytes = encode({{name, {}, one, storage::f16}}, {{name, name}});
  const auto file = thorax::safetensors_file::from_bytes(bytes, "'x'");
  CHECK(file.at(name).format == storage::f16);
  CHECK(file.metadata(name) == name);
}

TEST_CASE("tensors that could not be read again are not written", "[model]")
{
  const std::vector<float> two{1, 2};
  const auto is_refused = [&](const std::string& words, const std::vector<named_tensor>& tensors) {
    return refuses(error_code::wrong_usage, words, [&] { encode(tensors); });
  };
  CHECK(is_refused("tensor 'w' twice", {{"w", {2}, two, storage::f32}, {"w", {2}, two, storage::f32}}));
  CHECK(is_refused("tensor '__metadata__'", {{"__metadata__", {2}, two, storage::f32}}));
  CHECK(is_refused("its 2 numbers do not fill the shape 3", {{"w", {3}, two, storage::f32}}));
  CHECK(is_refused("its 2 numbers do not fill the shape scalar", {{"w", {}, two, storage::f32}}));
  CHECK(is_refused("do not fill", {{"w", {std::numeric_limits<std::size_t>::max(), 2, 2}, two, storage::f32}}));
  CHECK(is_refused("found I64", {{"w", {2}, two, storage::i64}}));
  CHECK(is_refused("not UTF-8", {{"w\xff", {2}, two, storage::f32}}));
  CHECK(refuses(error_code::wrong_usage, "not UTF-8", [] { encode({}, {{"key", "\xc3"}}); }));
}

TEST_CASE("a number that the format would make infinite is not written", "[model]")
{
  const std::vector<float> numbers{1.0F, 65520.0F};
  CHECK(refuses(error_code::number_not_finite, "tensor 'w': 65520 would become infinite as F16", [&] {
    encode({{"w", {2}, numbers, storage::f16}});
  }));
  CHECK(!encode({{"w", {2}, numbers, storage::bf16}}).empty());
  const std::vector<float> largest{std::numeric_limits<float>::max()};
  CHECK(refuses(error_code::number_not_finite, "infinite as BF16", [&] {
    encode({{"w", {1}, largest, storage::bf16}});
  }));
  CHECK(!encode({{"w", {1}, largest, storage::f32}}).empty());
}

TEST_CASE("a header too long to be read again is not written", "[model][slow]")
{
  CHECK(refuses(error_code::limit_exceeded, "at most 100000000", [] {
    encode({}, {{"key", std::string(100'000'000, 'x')}});
  }));
}

TEST_CASE("what is refused leaves the old file as it was", "[model]")
{
  const temporary_folder folder;
  const std::vector<float> two{1, 2};
  const std::vector<named_tensor> good{{"w", {2}, two, storage::f32}};
  const std::vector<named_tensor> bad{{"w", {3}, two, storage::f32}};
  thorax::write_safetensors(folder / "w.safetensors", good);
  CHECK(refuses(error_code::wrong_usage, "do not fill",
                [&] { thorax::write_safetensors(folder / "w.safetensors", bad); }));
  const thorax::safetensors_file file{folder / "w.safetensors"};
  CHECK(file.at("w").size() == 2);
  CHECK(
    refuses(error_code::file_unwritable, "none", [&] { thorax::write_safetensors(folder / "none" / "w", good); }));
}
