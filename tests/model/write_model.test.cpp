// SPDX-License-Identifier: MIT

#include <thorax/model/write_model.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>

#include "support/catch.hpp"
#include "support/random_weights.hpp"
#include "support/refuses.hpp"
#include "support/temporary_folder.hpp"
#include "support/tiny_network.hpp"

#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace thorax::tests;
using thorax::cpu;
using thorax::error_code;
using thorax::reference;

namespace {

thorax::any_model<reference> model_of(std::vector<float> parameters, thorax::weights_metadata metadata)
{
  auto network = thorax::blueprint_of<tiny_network>();
  auto weights = std::make_shared<const thorax::network_weights>(network->predicting, std::move(parameters),
                                                                 std::move(metadata));
  return {std::move(network), std::move(weights), reference{}};
}

std::vector<float> parameters() { return random_weights(thorax::inference_plan<tiny_network>, 1); }

thorax::weights_metadata metadata() { return metadata_of(*thorax::blueprint_of<tiny_network>()); }

}  // namespace

TEST_CASE("a model that was written is read again, the same to the last bit", "[model]")
{
  const temporary_folder folder;
  thorax::weights_metadata said = metadata();
  said.network.clear();
  said.input = {};
  said.provenance = "random numbers";
  said.batch_norm_epsilon = 1.001e-5;
  const auto written = model_of(parameters(), said);
  thorax::write_model(folder / "tiny", written);

  const auto read = thorax::read_model<tiny_network>(folder / "tiny", cpu{1});
  CHECK(read.weights().has_checksum());
  CHECK(read.metadata().network == "tiny");
  CHECK(read.metadata().input == thorax::extents{3, 64, 64});
  CHECK(read.metadata().findings == said.findings);
  CHECK(read.metadata().provenance == "random numbers");
  CHECK(read.metadata().batch_norm_epsilon == 1.001e-5);
  for (std::size_t k = 0; k < read.plan().parameters.size(); ++k)
    CHECK(std::memcmp(read.weights().pointers()[k], written.weights().pointers()[k],
                      read.plan().parameters[k].size() * sizeof(float)) == 0);
}

TEST_CASE("the golden sample travels with the weights, and every backend agrees with it", "[model]")
{
  const temporary_folder folder;
  const auto written = model_of(parameters(), metadata());
  thorax::write_model(folder / "tiny", written);
  const auto read = thorax::read_model<tiny_network>(folder / "tiny", cpu{1});
  REQUIRE(read.metadata().golden.has_value());
  CHECK(*read.metadata().golden == thorax::golden_sample_of(written, read.metadata().golden->seed));
  read.verify();
  thorax::read_model<tiny_network>(folder / "tiny", reference{}).verify();
  CHECK(thorax::golden_sample_of(written, 1).logits != thorax::golden_sample_of(written, 2).logits);
}

TEST_CASE("a model with one other weight does not say what its golden sample says", "[model]")
{
  const auto written = model_of(parameters(), metadata());
  thorax::weights_metadata said = metadata();
  said.golden = thorax::golden_sample_of(written, 1);
  model_of(parameters(), said).verify();

  for (const char* const name : {"features.conv0.weight", "features.denseblock2.denselayer1.norm2.running_mean",
                                 "classifier.linear2.bias"}) {
    std::vector<float> changed = parameters();
    const int number = thorax::find_parameter(written.plan(), name);
    REQUIRE(number != thorax::none);
    changed[written.plan().parameters[static_cast<std::size_t>(number)].offset] += 1;
    INFO(name);
    CHECK(refuses(error_code::does_not_fit, "tiny: golden sample: logit ", [&] { model_of(changed, said).verify(); }));
  }
  said.batch_norm_epsilon = 0.01;
  CHECK(refuses(error_code::does_not_fit, "golden sample", [&] { model_of(parameters(), said).verify(); }));
}

TEST_CASE("weights without a golden sample have nothing to be verified with", "[model]")
{
  const auto net = model_of(std::vector<float>(parameters().size(), 0.0F), metadata());
  CHECK(!net.metadata().golden.has_value());
  net.verify();
}

TEST_CASE("a model whose answers are no numbers is not written, and the file before it stays", "[model]")
{
  const temporary_folder folder;
  thorax::write_model(folder / "tiny", model_of(parameters(), metadata()));
  std::vector<float> damaged = parameters();
  damaged.back() = std::numeric_limits<float>::quiet_NaN();
  bool threw = false;
  try {
    thorax::write_model(folder / "tiny", model_of(damaged, metadata()));
  }
  catch (const thorax::error& failure) {
    threw = true;
    INFO(failure.what());
    CHECK(failure.code() == error_code::number_not_finite);
  }
  CHECK(threw);
  thorax::read_model<tiny_network>(folder / "tiny", reference{}).verify();
}
