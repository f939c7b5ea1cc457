// SPDX-License-Identifier: MIT

#include "torch/torch_names.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <string>
#include <vector>

using namespace thorax::tools;
using thorax::error_code;

namespace {

foreign_tensor of(const std::string& name) { return {name, thorax::storage::f32, {1}, {1}}; }

std::vector<std::string> targets(std::vector<foreign_tensor> tensors, const std::string& prefix = "")
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
