// SPDX-License-Identifier: MIT

#include <thorax/model/weights_file.hpp>

#include <thorax/base/random.hpp>  // random_stream

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "support/safetensors_by_hand.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using thorax::error_code;
using thorax::named_tensor;
using thorax::storage;
using thorax::weights_file;
using thorax::weights_metadata;

namespace {

/// What tests/data/model/v1.safetensors says about itself. Its golden logits belong to no network.
weights_metadata version_1_metadata()
{
  weights_metadata metadata;
  metadata.network = "tiny_chest";
  metadata.input = {3, 64, 64};
  metadata.findings = {"BACTERIAL", "NORMAL", "VIRAL"};
  metadata.preprocessing.resize = thorax::resize_kind::bilinear;
  metadata.batch_norm_epsilon = 1.001e-5;
  metadata.provenance = "numbers from a seed, na\xc3\xafvely; a file that every later version must read";
  metadata.golden = thorax::golden_sample{20, {0.125F, -3.1F, 1e-7F}, 1e-4};
  metadata.other = {{"license", "MIT"}};
  return metadata;
}

std::vector<float> numbers_of(std::uint64_t seed, std::size_t count)
{
  std::vector<float> numbers(count);
  thorax::fill_golden_input(seed, numbers);
  return numbers;
}

/// The bytes of tests/data/model/v1.safetensors.
std::vector<std::byte> version_1_file()
{
  const auto filters = numbers_of(1, 108), scale = numbers_of(2, 4), linear = numbers_of(3, 12),
             bias = numbers_of(4, 3);
  const std::vector<named_tensor> tensors{{"features.conv0.weight", {4, 3, 3, 3}, filters, storage::f32},
                                          {"features.norm0.weight", {4}, scale, storage::f32},
                                          {"nothing", {0}, {}, storage::f32},
                                          {"classifier.weight", {3, 4}, linear, storage::f16},
                                          {"classifier.bias", {3}, bias, storage::bf16}};
  return thorax::encode_weights(version_1_metadata(), tensors);
}

/// returns:  the code with which the bytes are refused as weights; the test ends if they are not, or otherwise
error_code refusal_of(std::span<const std::byte> bytes)
{
  // In memory of exactly this size, so that a byte read too many is noticed under the sanitizers.
  const std::vector<std::byte> exactly(bytes.begin(), bytes.end());
  try {
    weights_file::from_bytes(exactly, "'damaged'");
  }
  catch (const thorax::error& failure) {
    REQUIRE(std::string_view{failure.what()}.starts_with("'damaged': "));
    return failure.code();
  }
  FAIL("damaged weights were accepted");
  return {};
}

bool is_format_or_checksum(error_code code)
{
  return code == error_code::format_refused || code == error_code::checksum_differs;
}

}  // namespace

TEST_CASE("the committed file of version 1 is read, today and in every later version", "[model]")
{
  const weights_file file{"tests/data/model/v1.safetensors"};
  CHECK(file.has_checksum());
  CHECK(file.metadata().network == "tiny_chest");
  CHECK(file.metadata().input == thorax::extents{3, 64, 64});
  CHECK(file.metadata().findings == std::vector<std::string>{"BACTERIAL", "NORMAL", "VIRAL"});
  CHECK(file.metadata().preprocessing.resize == thorax::resize_kind::bilinear);
  CHECK(file.metadata().preprocessing.mean == std::array{0.485F, 0.456F, 0.406F});
  CHECK(file.metadata().batch_norm_epsilon == 1.001e-5);
  CHECK(file.metadata().provenance.starts_with("numbers from a seed, na\xc3\xafvely"));
  REQUIRE(file.metadata().golden.has_value());
  CHECK(*file.metadata().golden == thorax::golden_sample{20, {0.125F, -3.1F, 1e-7F}, 1e-4});
  CHECK(file.metadata().other == thorax::metadata_texts{{"license", "MIT"}});

  REQUIRE(file.tensors().tensors().size() == 5);
  const auto& filters = file.tensors().at("features.conv0.weight");
  CHECK(filters.shape == std::vector<std::size_t>{4, 3, 3, 3});
  const auto numbers = file.tensors().floats(filters);
  REQUIRE(numbers.has_value());
  const auto expected = numbers_of(1, 108);
  CHECK(std::equal(numbers->begin(), numbers->end(), expected.begin(), expected.end()));
  std::vector<float> linear(12);
  file.tensors().copy_to(file.tensors().at("classifier.weight"), linear);
  const auto exact = numbers_of(3, 12);
  for (std::size_t i = 0; i < linear.size(); ++i)
    CHECK(linear[i] == thorax::f16_value(thorax::f16_bits(exact[i])));
  CHECK(file.tensors().at("nothing").size() == 0);
}

TEST_CASE("the same weights give the committed bytes", "[model]")
{
  const std::string committed = thorax::read_file("tests/data/model/v1.safetensors");
  const std::vector<std::byte> written = version_1_file();
  CHECK(committed.size() < 2500);
  CHECK(std::string_view{reinterpret_cast<const char*>(written.data()), written.size()} == committed);
}

TEST_CASE("weights survive the disk, and weights that are written again do not change", "[model]")
{
  const temporary_folder folder;
  const std::vector<float> numbers = numbers_of(9, 1000);
  const std::vector<named_tensor> tensors{{"w", {10, 100}, numbers, storage::f32}};
  thorax::write_weights(folder / "first", version_1_metadata(), tensors);
  const weights_file first{folder / "first"};
  CHECK(first.has_checksum());
  const auto mapped = first.tensors().floats(first.tensors().at("w"));
  REQUIRE(mapped.has_value());
  const std::vector<named_tensor> again{{"w", {10, 100}, *mapped, storage::f32}};
  thorax::write_weights(folder / "second", first.metadata(), again);
  CHECK(thorax::read_file(folder / "first") == thorax::read_file(folder / "second"));
}

TEST_CASE("every changed byte of a weights file is refused", "[model]")
{
  auto bytes = version_1_file();
  CHECK(weights_file::from_bytes(bytes, "'whole'").has_checksum());
  std::size_t refused = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const unsigned flips : {0x01U, 0x02U, 0x04U, 0x08U, 0x10U, 0x20U, 0x40U, 0x80U, 0x03U, 0x7fU, 0xffU}) {
      INFO("byte " << i << " xor " << flips);
      bytes[i] ^= static_cast<std::byte>(flips);
      if (!is_format_or_checksum(refusal_of(bytes))) FAIL("refused for another reason");
      bytes[i] ^= static_cast<std::byte>(flips);
      ++refused;
    }
  CHECK(refused == 11 * bytes.size());
}

TEST_CASE("every truncation of a weights file is refused, and every byte too many", "[model]")
{
  auto bytes = version_1_file();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO(size << " bytes");
    if (refusal_of(std::span{bytes}.first(size)) != error_code::format_refused) FAIL("refused for another reason");
  }
  for (int value = 0; value < 256; ++value) {
    bytes.push_back(static_cast<std::byte>(value));
    CHECK(refusal_of(bytes) == error_code::format_refused);
    bytes.pop_back();
  }
}

TEST_CASE("larger damage of a weights file is refused", "[model]")
{
  const auto bytes = version_1_file();
  for (std::uint64_t trial = 0; trial < 5000; ++trial) {
    INFO("trial " << trial);
    const thorax::random_stream draws = thorax::random_stream{77} / trial;
    auto damaged = bytes;
    const auto begin = static_cast<std::size_t>(draws.below(0, bytes.size()));
    const auto other = static_cast<std::size_t>(draws.below(1, bytes.size()));
    const std::uint64_t kind = draws.below(2, 4);
    if (kind == 0) {  // a run of random bytes
      const std::size_t end = std::min(bytes.size(), begin + 2 + static_cast<std::size_t>(draws.below(3, 100)));
      for (std::size_t i = begin; i < end; ++i) damaged[i] = static_cast<std::byte>(draws.bits(10 + i) & 0xffU);
    }
    else if (kind == 1) {  // scattered bytes
      for (std::uint64_t i = 0; i < 8; ++i)
        damaged[static_cast<std::size_t>(draws.below(10 + i, bytes.size()))] ^=
          static_cast<std::byte>(1U << draws.below(20 + i, 8));
    }
    else if (kind == 2) {  // a block from elsewhere in the file
      const std::size_t size = std::min<std::size_t>(64, bytes.size() - std::max(begin, other));
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(other), size,
                  damaged.begin() + static_cast<std::ptrdiff_t>(begin));
    }
    else {  // a sector that was never written
      std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(begin),
                  std::min<std::size_t>(512, bytes.size() - begin), std::byte{});
    }
    if (damaged == bytes) continue;
    if (!is_format_or_checksum(refusal_of(damaged))) FAIL("refused for another reason");
  }
}

TEST_CASE("a file from elsewhere opens, and says that nobody has checked it", "[model]")
{
  const auto bytes = safetensors_by_hand(
    R"({"__metadata__":{"format":"pt"},"features.norm0.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[0,8]}})",
    8);
  const auto file = weights_file::from_bytes(bytes, "'elsewhere'");
  CHECK(!file.has_checksum());
  CHECK(file.metadata().network.empty());
  CHECK(file.metadata().other.size() == 1);
  CHECK(file.tensors().find("features.norm0.num_batches_tracked") != nullptr);
}

TEST_CASE("a later version is named as the reason, whatever its checksum is", "[model]")
{
  const auto bytes = safetensors_by_hand(R"({"__metadata__":{"thorax.checksum":"sha256:?","thorax.format":"2"}})");
  CHECK(refuses(error_code::format_refused, "'x': metadata 'thorax.format': expected version 1, found 2",
                [&] { weights_file::from_bytes(bytes, "'x'"); }));
}

TEST_CASE("a checkpoint or another file of this library is no weights file", "[model]")
{
  const auto bytes = thorax::encode_with_checksum({}, {{"thorax.epoch", "3"}});
  CHECK(refuses(error_code::format_refused, "'x': expected the metadata 'thorax.format'",
                [&] { weights_file::from_bytes(bytes, "'x'"); }));
}

TEST_CASE("metadata that could not be read again is not written", "[model]")
{
  const temporary_folder folder;
  const auto is_refused = [&](const std::string& words, error_code code, const weights_metadata& metadata) {
    return refuses(code, words, [&] { thorax::write_weights(folder / "w", metadata, {}); });
  };
  CHECK(is_refused("'thorax.input'", error_code::format_refused, weights_metadata{}));
  weights_metadata metadata = version_1_metadata();
  metadata.findings = {"A", "A", "B"};
  CHECK(is_refused("'thorax.findings'", error_code::format_refused, metadata));
  metadata = version_1_metadata();
  metadata.batch_norm_epsilon = std::numeric_limits<double>::infinity();
  CHECK(is_refused("infinite", error_code::number_not_finite, metadata));
  metadata = version_1_metadata();
  metadata.provenance = "\xff";
  CHECK(is_refused("not UTF-8", error_code::wrong_usage, metadata));
  CHECK(!std::filesystem::exists(folder / "w"));
}
