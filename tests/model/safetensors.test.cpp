// SPDX-License-Identifier: MIT

#include <thorax/model/safetensors.hpp>

#include <thorax/base/random.hpp>                // random_stream
#include <thorax/model/safetensors_writer.hpp>  // encode_safetensors

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "support/safetensors_by_hand.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using thorax::error_code;
using thorax::named_tensor;
using thorax::safetensors_file;
using thorax::storage;

namespace {

const std::vector<float> six{1, -2, 3.5F, 0, 0.25F, 96};

std::vector<std::byte> small_file()
{
  const std::vector<named_tensor> tensors{{"conv.weight", {2, 3}, six, storage::f32},
                                          {"empty", {0, 7}, {}, storage::f32},
                                          {"half", {6}, six, storage::f16},
                                          {"brain", {3, 2}, six, storage::bf16}};
  return thorax::encode_safetensors(tensors, {{"format", "pt"}, {"text", "gr\xc3\xbc\xc3\x9f"}});
}

/// Asks for everything a file has. Under the sanitizers this is where a wrong bound would show.
double touch_everything(const safetensors_file& file)
{
  double sum = 0;
  for (const thorax::tensor_record& tensor : file.tensors()) {
    for (const std::byte byte : file.bytes(tensor)) sum += std::to_integer<int>(byte);
    if (!thorax::holds_weights(tensor.format)) continue;
    std::vector<float> numbers(tensor.size());
    file.copy_to(tensor, numbers);
    for (const float number : numbers) sum += static_cast<double>(number);
    if (const auto direct = file.floats(tensor)) sum += static_cast<double>(direct->size());
    sum += file.find(tensor.name) == &tensor ? 1 : 0;
  }
  return sum;
}

/// returns:  whether the bytes were a file after all; a failure other than thorax::error ends the test
bool is_accepted(std::span<const std::byte> bytes)
{
  try {
    touch_everything(safetensors_file::from_bytes(bytes, "'mutated'"));
    return true;
  }
  catch (const thorax::error& failure) {
    REQUIRE(failure.code() == error_code::format_refused);
    REQUIRE(std::string_view{failure.what()}.starts_with("'mutated': "));
    return false;
  }
}

}  // namespace

TEST_CASE("tensors are found by name, with shape, format and numbers", "[model]")
{
  const auto bytes = small_file();
  const auto file = safetensors_file::from_bytes(bytes, "'small'");
  CHECK(file.tensors().size() == 4);
  for (const std::string_view name : {"conv.weight", "half", "brain"}) {
    const thorax::tensor_record& tensor = file.at(name);
    CHECK(tensor.name == name);
    std::vector<float> numbers(6);
    file.copy_to(tensor, numbers);
    CHECK(numbers == six);
  }
  CHECK(file.at("conv.weight").shape == std::vector<std::size_t>{2, 3});
  CHECK(file.at("half").format == storage::f16);
  CHECK(file.at("empty").size() == 0);
  file.copy_to(file.at("empty"), {});
  CHECK(file.find("conv") == nullptr);
  CHECK(file.find("zzz") == nullptr);
}

TEST_CASE("metadata is found by key", "[model]")
{
  const auto bytes = small_file();
  const auto file = safetensors_file::from_bytes(bytes, "'small'");
  CHECK(file.metadata("format") == "pt");
  CHECK(file.metadata("text") == "gr\xc3\xbc\xc3\x9f");
  CHECK(!file.metadata("missing"));
  CHECK(file.metadata().size() == 2);
}

TEST_CASE("aligned numbers are given without a copy, others not", "[model]")
{
  const auto bytes = small_file();
  const auto file = safetensors_file::from_bytes(bytes, "'small'");
  const auto numbers = file.floats(file.at("conv.weight"));
  REQUIRE(numbers.has_value());
  CHECK(std::equal(numbers->begin(), numbers->end(), six.begin(), six.end()));
  CHECK(static_cast<const void*>(numbers->data()) == file.bytes(file.at("conv.weight")).data());
  CHECK(!file.floats(file.at("half")));

  std::vector<std::byte> shifted(bytes.size() + 1);
  std::copy(bytes.begin(), bytes.end(), shifted.begin() + 1);
  const auto unaligned = safetensors_file::from_bytes(std::span{shifted}.subspan(1), "'shifted'");
  CHECK(!unaligned.floats(unaligned.at("conv.weight")));
  std::vector<float> copied(6);
  unaligned.copy_to(unaligned.at("conv.weight"), copied);
  CHECK(copied == six);
}

TEST_CASE("a file on disk is mapped, and stays readable when its owner moves", "[model]")
{
  const temporary_folder folder;
  thorax::write_file(folder / "w.safetensors", small_file());
  safetensors_file file{folder / "w.safetensors"};
  const auto numbers = file.floats(file.at("conv.weight"));
  const safetensors_file moved{std::move(file)};
  REQUIRE(numbers.has_value());
  CHECK(moved.floats(moved.at("conv.weight"))->data() == numbers->data());
  CHECK((*numbers)[5] == 96.0F);
  CHECK(moved.name() == "'" + (folder / "w.safetensors").string() + "'");
}

TEST_CASE("a missing file, an empty one and a missing tensor are refused by name", "[model]")
{
  const temporary_folder folder;
  CHECK(refuses(error_code::file_unreadable, "gone", [&] { safetensors_file{folder / "gone"}; }));
  thorax::write_file(folder / "empty", std::string{});
  CHECK(refuses(error_code::format_refused, "empty': expected at least 8 bytes",
                [&] { safetensors_file{folder / "empty"}; }));
  const auto bytes = small_file();
  const auto file = safetensors_file::from_bytes(bytes, "'small'");
  CHECK(refuses(error_code::does_not_fit, "'small': expected a tensor 'fc.bias', found none among 4",
                [&] { static_cast<void>(file.at("fc.bias")); }));
}

TEST_CASE("numbers are not copied into a place of another size, nor from a format for other things", "[model]")
{
  const auto bytes = safetensors_by_hand(R"({"count":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
                                         R"("w":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}})",
                                         16);
  const auto file = safetensors_file::from_bytes(bytes, "'x'");
  std::vector<float> numbers(1);
  CHECK(refuses(error_code::does_not_fit, "tensor 'count': expected F32, F16 or BF16, found I64",
                [&] { file.copy_to(file.at("count"), numbers); }));
  CHECK(refuses(error_code::does_not_fit, "tensor 'w': expected 1 numbers, found 2 (1x2)",
                [&] { file.copy_to(file.at("w"), numbers); }));
  CHECK(!file.floats(file.at("count")));
  CHECK(file.bytes(file.at("count")).size() == 8);
}

TEST_CASE("every truncation and every appended byte is refused", "[model]")
{
  auto bytes = small_file();
  CHECK(is_accepted(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // In memory of exactly this size, so that a byte read too many is noticed.
    const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(!is_accepted(cut));
  }
  for (const int value : {0x00, 0x20, 0x7d, 0xff}) {
    auto longer = bytes;
    longer.push_back(static_cast<std::byte>(value));
    CHECK(!is_accepted(longer));
  }
}

TEST_CASE("every changed byte of the length is refused", "[model]")
{
  const auto bytes = small_file();
  for (std::size_t i = 0; i < 8; ++i)
    for (unsigned flips = 1; flips < 256; ++flips) {
      auto mutated = bytes;
      mutated[i] ^= static_cast<std::byte>(flips);
      CHECK(!is_accepted(mutated));
    }
}

TEST_CASE("no mutation of a header does worse than being refused", "[model]")
{
  const auto bytes = small_file();
  const std::size_t header = std::to_integer<std::size_t>(bytes[0]) + 256 * std::to_integer<std::size_t>(bytes[1]);
  constexpr std::string_view pieces = "{}[]\",:\\0123456789eE+-.u \n\x7f\xc3\xff";
  int accepted = 0;
  for (std::uint64_t trial = 0; trial < 20000; ++trial) {
    INFO("trial " << trial);
    const thorax::random_stream draws = thorax::random_stream{2024} / trial;
    auto mutated = bytes;
    const std::uint64_t changes = 1 + draws.below(0, 4);
    for (std::uint64_t i = 1; i <= 5 * changes; i += 5) {
      const auto place = static_cast<std::ptrdiff_t>(8 + draws.below(i, header));
      const auto other = static_cast<std::ptrdiff_t>(8 + draws.below(i + 1, header));
      const auto piece =
        static_cast<std::byte>(pieces[static_cast<std::size_t>(draws.below(i + 2, pieces.size()))]);
      const std::uint64_t kind = draws.below(i + 3, 4);
      if (kind == 0) mutated[static_cast<std::size_t>(place)] = piece;
      else if (kind == 1)
        mutated[static_cast<std::size_t>(place)] ^= static_cast<std::byte>(1U << draws.below(i + 4, 8));
      else if (kind == 2)
        std::swap(mutated[static_cast<std::size_t>(place)], mutated[static_cast<std::size_t>(other)]);
      else
        std::rotate(mutated.begin() + std::min(place, other), mutated.begin() + std::max(place, other),
                    mutated.begin() + static_cast<std::ptrdiff_t>(8 + header));
    }
    accepted += is_accepted(mutated) ? 1 : 0;
  }
  CHECK(accepted > 0);      // a changed name is still a name
  CHECK(accepted < 10000);  // but most changes are seen
}
