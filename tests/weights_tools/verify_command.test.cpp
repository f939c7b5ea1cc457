// SPDX-License-Identifier: MIT

#include "commands.hpp"

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/model/initial_weights.hpp>
#include <thorax/model/write_model.hpp>
#include <thorax/networks/chest_network.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "support/temporary_folder.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

using namespace thorax;

namespace {

using small_network = chest_classifier<small_densenet_features, 64>;

/// Untrained weights whose golden sample claims other logits than the network gives.
void write_liar(const std::filesystem::path& path, float lie)
{
  const auto network = blueprint_of<small_network>();
  std::vector<float> numbers(network->predicting.parameter_floats);
  fill_initial(network->predicting, 1, numbers);
  weights_metadata metadata;
  metadata.network = network->name;
  metadata.input = network->predicting.input.shape;
  metadata.findings = {"A", "B", "C"};
  const any_model<cpu> net{network, std::make_shared<const network_weights>(network->predicting, numbers, metadata), cpu{1}};
  metadata.golden = golden_sample_of(net, 1);
  metadata.golden->logits[1] += lie;
  write_weights(path, metadata, named_tensors(net));
}

void verify(const std::filesystem::path& path, const std::string& backend)
{
  CLI::App program{"", "thorax-weights"};
  tools::add_verify(program);
  program.parse("verify --backend " + backend + " " + path.string());
}

}  // namespace

TEST_CASE("verify fails, on each backend, when the numbers are not those that were promised", "[weights_tools]")
{
  const temporary_folder folder;
  write_liar(folder / "honest", 0);
  write_liar(folder / "liar", 0.01F);
  for (const char* const backend : {"reference", "cpu"}) {
    CHECK_NOTHROW(verify(folder / "honest", backend));
    CHECK(refuses(error_code::does_not_fit, "computes other logits", [&] { verify(folder / "liar", backend); }));
  }
}
