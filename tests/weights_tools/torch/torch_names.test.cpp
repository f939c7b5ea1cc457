// SPDX-License-Identifier: MIT

#include "torch/torch_names.hpp"

#include "support/catch.hpp"
#include "support/imported_networks.hpp"
#include "support/refuses.hpp"

#include <string>
#include <vector>

using namespace thorax::tools;
using thorax::error_code;

namespace {

foreign_tensor of(const std::string& name) { return {name, thorax::storage::f32, {1}, {1}, ""}; }

std::vector<std::string> targets(std::vector<foreign_tensor> tensors, const std::optional<std::string>& prefix = std::nullopt)
{
  weight_source source;
  source.name = "'file'";
  take_torch_tensors(std::move(tensors), prefix, source);
  std::vector<std::string> names;
  for (const named_weights& each : source.tensors) names.push_back(each.target);
  return names;
}

}  // namespace

TEST_CASE("dots of the files of 2017 are taken out, and only these", "[weights_tools]")
{
  const std::string layer = "features.denseblock1.denselayer12";
  CHECK(without_old_dots(layer + ".norm.1.weight") == layer + ".norm1.weight");
  CHECK(without_old_dots("module." + layer + ".conv.2.weight") == "module." + layer + ".conv2.weight");
  for (const std::string& name :
       {layer + ".norm1.weight", layer + ".norm.3.weight", layer, layer + ".", layer + ".norm.",
        std::string{"features.denselayer.norm.1.weight"}, std::string{"features.norm0.weight"}, std::string{}})
    CHECK(without_old_dots(name) == name);
}

TEST_CASE("whatever stands before a network's names is taken away", "[weights_tools]")
{
  const std::vector<std::string> expected{"features.conv0.weight", "classifier.bias"};
  for (const std::string prefix : {"", "module.", "state_dict.module.", "model.backbone."})
    CHECK(
      targets({of(prefix + "features.conv0.weight"), of(prefix + "classifier.bias"), of("epoch"),
               of(prefix + "features.norm0.num_batches_tracked")}) ==
      (prefix.empty() ? std::vector<std::string>{"features.conv0.weight", "classifier.bias", "epoch"} : expected));
}

TEST_CASE("a checkpoint of several networks is asked which one", "[weights_tools]")
{
  const auto both = [] {
    return std::vector{of("net.features.conv0.weight"), of("ema.features.conv0.weight"),
                       of("ema.classifier.bias")};
  };
  CHECK(refuses(error_code::does_not_fit,
                "holds 2 networks, with the prefixes 'net.', 'ema.'; choose one with --prefix",
                [&] { targets(both()); }));
  CHECK(targets(both(), "ema") == std::vector<std::string>{"features.conv0.weight", "classifier.bias"});
  CHECK(targets(both(), "net.") == std::vector<std::string>{"features.conv0.weight"});
  CHECK(refuses(error_code::does_not_fit, "no network has the prefix 'x'", [&] { targets(both(), "x"); }));
  CHECK(refuses(error_code::does_not_fit, "expected a DenseNet", [&] { targets({of("conv1.weight")}); }));
}

TEST_CASE("a network without a prefix can be chosen, and does not take its averaged brother along", "[weights_tools]")
{
  const auto both = [] { return std::vector{of("features.conv0.weight"), of("ema.features.conv0.weight"), of("ema.classifier.bias")}; };
  CHECK(refuses(error_code::does_not_fit, "with the prefixes '', 'ema.'", [&] { targets(both()); }));
  CHECK(targets(both(), "") == std::vector<std::string>{"features.conv0.weight"});
}

TEST_CASE("a head alone is found by its names or its numbers", "[weights_tools]")
{
  CHECK(targets({of("head.classifier.weight"), of("head.classifier.bias")}) ==
        std::vector<std::string>{"classifier.weight", "classifier.bias"});
  CHECK(targets({of("0.weight"), of("3.bias")}) == std::vector<std::string>{"classifier.0.weight", "classifier.3.bias"});
}

TEST_CASE("modules of a Sequential go by their numbers, not by the order of the file", "[weights_tools]")
{
  using namespace thorax::tests;
  const auto network = imported_network("chest");
  weight_source source;
  source.name = "'file'";
  for (const char* const module : {"10", "2"})
    for (const char* const word : {"weight", "bias"}) source.tensors.push_back({"classifier." + std::string{module} + "." + word, module, {1}, {1}, ""});
  name_numbered_head(view_of(network->written), source);
  CHECK(source.find("classifier.linear1.weight")->source == "2");
  CHECK(source.find("classifier.linear2.bias")->source == "10");
}
