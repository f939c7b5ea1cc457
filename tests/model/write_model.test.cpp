// SPDX-License-Identifier: MIT

#include <thorax/model/write_model.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/base/file.hpp>

#include "support/catch.hpp"
#include "support/random_weights.hpp"
#include "support/refuses.hpp"
#include "support/temporary_folder.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace thorax::tests;
using thorax::any_model;
using thorax::cpu;
using thorax::error_code;
using thorax::reference;
using thorax::weights_file;
using thorax::weights_metadata;

namespace {

/// Metadata in which nothing is a default.
weights_metadata full_metadata()
{
  weights_metadata metadata;
  metadata.findings = {"BACTERIAL", "NORMAL", "VIRAL"};
  metadata.preprocessing = {thorax::resize_kind::bilinear, {0.1F, 0.2F, 0.3F}, {0.4F, 0.5F, 0.6F}};
  metadata.batch_norm_epsilon = 1.1e-5;
  metadata.provenance = "trained on \"nothing\", ümlauts included\n";
  metadata.other = {{"somebody", "else"}};
  return metadata;
}

any_model<cpu> some_model(std::vector<float> numbers, weights_metadata metadata)
{
  const auto network = thorax::blueprint_of<tiny_network>();
  return {network,
          std::make_shared<const thorax::network_weights>(network->predicting, std::move(numbers), std::move(metadata)),
          cpu{1}};
}

std::vector<float> some_weights(std::uint64_t seed = 4)
{
  return random_weights(thorax::blueprint_of<tiny_network>()->predicting, seed);
}

std::ptrdiff_t entries(const std::filesystem::path& folder)
{
  return std::distance(std::filesystem::directory_iterator{folder}, std::filesystem::directory_iterator{});
}

}  // namespace

TEST_CASE("a written model is read back whole: weights bit for bit, and all that belongs to them", "[model]")
{
  const temporary_folder folder;
  const std::vector<float> numbers = some_weights();
  write_model(folder / "model", some_model(numbers, full_metadata()));
  const auto read = thorax::read_model<tiny_network>(folder / "model", reference{});
  CHECK(read.weights().has_checksum());
  const auto& plan = read.plan();
  REQUIRE(plan.parameters.size() > 50);
  for (std::size_t k = 0; k < plan.parameters.size(); ++k) {
    const thorax::parameter& each = plan.parameters[k];
    INFO(name_of(plan, each));
    CHECK(std::memcmp(read.weights().pointers()[k], numbers.data() + each.offset, each.size() * sizeof(float)) == 0);
  }

  const weights_metadata& found = read.metadata();
  const weights_metadata expected = full_metadata();
  CHECK(found.network == "tiny");
  CHECK(found.input == thorax::extents{3, 64, 64});
  CHECK(found.findings == expected.findings);
  CHECK(found.preprocessing == expected.preprocessing);
  CHECK(found.batch_norm_epsilon == expected.batch_norm_epsilon);
  CHECK(found.provenance == expected.provenance);
  CHECK(found.other == expected.other);
}

TEST_CASE("a written model carries a golden sample that holds on every backend", "[model]")
{
  const temporary_folder folder;
  const any_model<cpu> net = some_model(some_weights(), full_metadata());
  write_model(folder / "model", net);
  const auto read = thorax::read_model<tiny_network>(folder / "model", reference{});
  REQUIRE(read.metadata().golden.has_value());
  REQUIRE(read.metadata().golden->logits.size() == 3);
  CHECK(*read.metadata().golden == golden_sample_of(net, 1));
  CHECK(golden_sample_of(net, 2).logits != golden_sample_of(net, 1).logits);
  CHECK_NOTHROW(read.verify());
  CHECK_NOTHROW(thorax::read_model<tiny_network>(folder / "model", cpu{2}).verify());

  // By hand: the sample's input through the model as anybody would ask it.
  thorax::tensor input = thorax::tensor::from_shape({3, 64, 64});
  thorax::fill_golden_input(1, {input.data(), input.size()});
  const thorax::scores said = net(input);
  for (std::size_t k = 0; k < 3; ++k) CHECK(said.logits(0, k) == read.metadata().golden->logits[k]);
}

TEST_CASE("the tensors stand under timm's names with their extents", "[model]")
{
  const any_model<cpu> net = some_model(some_weights(), full_metadata());
  const std::vector<thorax::named_tensor> tensors = named_tensors(net);
  const auto shape_of = [&](const std::string& name) {
    for (const thorax::named_tensor& each : tensors)
      if (each.name == name) return each.shape;
    return std::vector<std::size_t>{};
  };
  CHECK(shape_of("features.conv0.weight") == std::vector<std::size_t>{8, 3, 7, 7});
  CHECK(shape_of("features.norm0.running_var") == std::vector<std::size_t>{8});
  CHECK(shape_of("features.denseblock1.denselayer2.conv1.weight") == std::vector<std::size_t>{16, 12, 1, 1});
  CHECK(shape_of("features.transition1.conv.weight") == std::vector<std::size_t>{8, 16, 1, 1});
  CHECK(shape_of("classifier.linear2.weight") == std::vector<std::size_t>{3, 512});
  CHECK(shape_of("classifier.linear2.bias") == std::vector<std::size_t>{3});
  std::size_t numbers = 0;
  for (const thorax::named_tensor& each : tensors) numbers += each.numbers.size();
  CHECK(numbers == net.plan().parameter_floats);
}

TEST_CASE("weights that were changed behind the model's back are found by the golden sample", "[model]")
{
  const temporary_folder folder;
  const std::vector<float> numbers = some_weights();
  write_model(folder / "model", some_model(numbers, full_metadata()));
  const weights_metadata told = weights_file{folder / "model"}.metadata();
  REQUIRE(told.golden.has_value());
  const auto plan = thorax::blueprint_of<tiny_network>()->predicting;
  for (const char* name : {"features.conv0.weight", "features.denseblock2.denselayer1.norm2.running_mean",
                           "classifier.norm.weight", "classifier.linear2.bias"}) {
    INFO(name);
    const thorax::parameter& each = plan.parameters[static_cast<std::size_t>(find_parameter(plan, name))];
    std::vector<float> changed = numbers;
    for (std::size_t i = 0; i < each.size(); ++i) changed[each.offset + i] += 0.05F;
    // Written by a program that keeps the sample and computes a right checksum: only the sample can tell.
    const any_model<cpu> other = some_model(changed, told);
    thorax::write_weights(folder / "changed", told, named_tensors(other));
    const auto read = thorax::read_model<tiny_network>(folder / "changed", cpu{1});
    CHECK(refuses(error_code::does_not_fit, "golden sample", [&] { read.verify(); }));
  }
}

TEST_CASE("a changed byte in a written model is found by its checksum", "[model]")
{
  const temporary_folder folder;
  write_model(folder / "model", some_model(some_weights(), full_metadata()));
  const std::string whole = thorax::read_file(folder / "model");
  for (std::size_t at = whole.size() - 1; at > whole.size() / 2; at -= 9973) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    thorax::write_file(folder / "model", damaged);
    CHECK(refuses(error_code::checksum_differs, "checksum",
                  [&] { thorax::read_model<tiny_network>(folder / "model", cpu{1}); }));
  }
}

TEST_CASE("writing over a model replaces it as a whole, also while somebody uses the old one", "[model]")
{
  const temporary_folder folder;
  write_model(folder / "model", some_model(some_weights(4), full_metadata()));
  const auto old = thorax::read_model<tiny_network>(folder / "model", cpu{1});
  write_model(folder / "model", some_model(some_weights(5), full_metadata()));
  CHECK(entries(folder.path()) == 1);
  CHECK_NOTHROW(old.verify());
  const auto fresh = thorax::read_model<tiny_network>(folder / "model", cpu{1});
  CHECK_NOTHROW(fresh.verify());
  CHECK(fresh.metadata().golden->logits != old.metadata().golden->logits);

  // A model that was read from a file may be written over that very file.
  write_model(folder / "model", fresh);
  CHECK(*thorax::read_model<tiny_network>(folder / "model", cpu{1}).metadata().golden == *fresh.metadata().golden);
}

TEST_CASE("a model that answers with no numbers, or whose findings have no names, is not written", "[model]")
{
  const temporary_folder folder;
  write_model(folder / "model", some_model(some_weights(), full_metadata()));
  const std::string old = thorax::read_file(folder / "model");
  std::vector<float> broken = some_weights();
  broken.back() = std::numeric_limits<float>::quiet_NaN();
  CHECK(refuses(error_code::number_not_finite, "", [&] {
    write_model(folder / "model", some_model(broken, full_metadata()));
  }));
  CHECK(refuses(error_code::format_refused, "thorax.findings",
                [&] { write_model(folder / "model", some_model(some_weights(), {})); }));
  CHECK(refuses(error_code::file_unwritable, "nowhere",
                [&] { write_model(folder / "nowhere" / "model", some_model(some_weights(), full_metadata())); }));
  CHECK(thorax::read_file(folder / "model") == old);
  CHECK(entries(folder.path()) == 1);
}
