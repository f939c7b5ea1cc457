// SPDX-License-Identifier: MIT

#include <thorax/model/network_weights.hpp>

#include <thorax/base/half.hpp>
#include <thorax/model/safetensors_writer.hpp>

#include "support/catch.hpp"
#include "support/random_weights.hpp"
#include "support/refuses.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

using namespace thorax;

namespace {

const plan_view& plan() { return inference_plan<tiny_network>; }

// The tensors of a file for the tiny network, to be spoiled.
struct file_of_tensors {
  explicit file_of_tensors(storage format = storage::f32) : numbers{tests::random_weights(plan(), 11)}
  {
    for (const parameter& each : plan().parameters)
      tensors.push_back({name_of(plan(), each), detail::shape_of(each), {numbers.data() + each.offset, each.size()},
                         format});
  }

  named_tensor& at(const std::string& name)
  {
    return *std::find_if(tensors.begin(), tensors.end(), [&](const named_tensor& each) { return each.name == name; });
  }

  network_weights read(const metadata_texts& texts = {})
  {
    bytes = encode_safetensors(tensors, texts);
    return {plan(), weights_file::from_bytes(bytes, "'w'")};
  }

  std::vector<float> numbers;
  std::vector<named_tensor> tensors;
  std::vector<std::byte> bytes;
};

bool is_refused(const std::string& words, file_of_tensors& file)
{
  return refuses(error_code::does_not_fit, words, [&] { file.read(); });
}

bool holds(const network_weights& weights, const std::vector<float>& numbers)
{
  for (std::size_t k = 0; k < plan().parameters.size(); ++k) {
    const parameter& each = plan().parameters[k];
    if (std::memcmp(weights.pointers()[k], numbers.data() + each.offset, each.size() * sizeof(float)) != 0) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("weights stored as F32 are used where they lie", "[model]")
{
  file_of_tensors file;
  const network_weights weights = file.read();
  CHECK(holds(weights, file.numbers));
  const auto* const begin = reinterpret_cast<const float*>(file.bytes.data());
  for (std::size_t k = 0; k < plan().parameters.size(); ++k) {
    CHECK(weights.pointers()[k] > begin);
    CHECK(weights.pointers()[k] < begin + file.bytes.size() / sizeof(float));
  }
}

TEST_CASE("a file in timm's names loads as it is: any order, PyTorch's counters, no checksum, no metadata", "[model]")
{
  file_of_tensors file;
  std::reverse(file.tensors.begin(), file.tensors.end());
  const std::vector<float> steps{1234};
  file.tensors.push_back({"features.norm0.num_batches_tracked", {}, steps, storage::f32});
  file.tensors.push_back({"features.denseblock1.denselayer1.norm1.num_batches_tracked", {}, steps, storage::f32});
  const network_weights weights = file.read({{"format", "pt"}});
  CHECK(holds(weights, file.numbers));
  CHECK(!weights.has_checksum());
  CHECK(weights.metadata().network.empty());
  CHECK(weights.metadata().findings.empty());
  CHECK(weights.metadata().batch_norm_epsilon == 1e-5);
}

TEST_CASE("a file of this library says that it was verified", "[model]")
{
  file_of_tensors file;
  const std::vector<std::byte> bytes = encode_weights(tests::metadata_of(*blueprint_of<tiny_network>()), file.tensors);
  const network_weights weights{plan(), weights_file::from_bytes(bytes, "'w'")};
  CHECK(weights.has_checksum());
  CHECK(weights.metadata().network == "tiny");
  CHECK(holds(weights, file.numbers));
}

TEST_CASE("half-precision weights are converted, beside others that are not", "[model]")
{
  for (const storage format : {storage::f16, storage::bf16}) {
    file_of_tensors file{format};
    file.at("features.norm0.running_var").format = storage::f32;
    const network_weights weights = file.read();
    std::vector<float> expected = file.numbers;
    for (const parameter& each : plan().parameters) {
      if (name_of(plan(), each) == "features.norm0.running_var") continue;
      for (std::size_t i = each.offset; i < each.offset + each.size(); ++i)
        expected[i] = format == storage::f16 ? f16_value(f16_bits(expected[i])) : bf16_value(bf16_bits(expected[i]));
    }
    CHECK(expected != file.numbers);
    CHECK(holds(weights, expected));
  }
}

TEST_CASE("a tensor that is missing is refused by its name", "[model]")
{
  for (const char* const name : {"features.conv0.weight", "features.norm5.running_var", "classifier.linear2.bias"}) {
    file_of_tensors file;
    file.at(name).name = std::string{name} + ".num_batches_tracked";
    CHECK(is_refused("expected a tensor '" + std::string{name} + "', found none", file));
  }
}

TEST_CASE("a tensor that has no place in the network is refused by its name", "[model]")
{
  file_of_tensors file;
  const std::vector<float> one{1};
  file.tensors.push_back({"features.conv0.bias", {1}, one, storage::f32});
  CHECK(is_refused("tensor 'features.conv0.bias' has no place in the network", file));
}

TEST_CASE("a tensor of other extents is refused by its name, with both", "[model]")
{
  file_of_tensors file;
  file.at("features.conv0.weight").shape = {3, 8, 7, 7};
  CHECK(is_refused("tensor 'features.conv0.weight': expected 8x3x7x7, found 3x8x7x7", file));
  file_of_tensors flat;
  flat.at("classifier.linear1.weight").shape = {512 * 16};
  CHECK(is_refused("tensor 'classifier.linear1.weight': expected 512x16, found 8192", flat));
  file_of_tensors longer;
  const std::vector<float> numbers(9, 1);
  longer.at("features.norm0.bias") = {"features.norm0.bias", {9}, numbers, storage::f32};
  CHECK(is_refused("tensor 'features.norm0.bias': expected 8, found 9", longer));
}

TEST_CASE("a tensor of integers is refused where weights belong", "[model]")
{
  file_of_tensors file;
  file.read();
  std::string text(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
  const std::size_t place = text.find("\"F32\"", text.find("classifier.linear2.bias"));
  REQUIRE(place != std::string::npos);
  std::memcpy(file.bytes.data() + place + 1, "I32", 3);
  CHECK(refuses(error_code::does_not_fit, "'classifier.linear2.bias': expected F32, F16 or BF16, found I32",
                [&] { network_weights(plan(), weights_file::from_bytes(file.bytes, "'w'")); }));
}

TEST_CASE("weights in memory are as many as the network has parameters", "[model]")
{
  const std::vector<float> numbers = tests::random_weights(plan(), 12);
  const network_weights weights{plan(), numbers, {}};
  CHECK(holds(weights, numbers));
  CHECK(!weights.has_checksum());
  std::vector<float> fewer = numbers;
  fewer.pop_back();
  CHECK(refuses(error_code::does_not_fit, "has " + std::to_string(numbers.size()) + " parameters, found " +
                                            std::to_string(fewer.size()),
                [&] { network_weights(plan(), fewer, {}); }));
}

TEST_CASE("weights can be moved without their numbers moving", "[model]")
{
  file_of_tensors file{storage::f16};
  network_weights weights = file.read();
  const std::vector<const float*> before(weights.pointers(), weights.pointers() + plan().parameters.size());
  const network_weights moved = std::move(weights);
  CHECK(std::equal(before.begin(), before.end(), moved.pointers()));
  CHECK(*moved.pointers()[0] == f16_value(f16_bits(file.numbers[0])));
}
