// SPDX-License-Identifier: MIT

#include <thorax/plan/names.hpp>

#include <thorax/networks/chest_network.hpp>

#include "support/catch.hpp"
#include "support/tiny_network.hpp"

#include <set>
#include <string>
#include <vector>

using namespace thorax;

namespace {

std::vector<std::string> names_of(const draft& written)
{
  std::vector<std::string> names;
  for (const parameter& each : written.parameters) names.push_back(name_of(view_of(written), each));
  return names;
}

}  // namespace

TEST_CASE("parameters have timm's names, in the order of the ops", "[plan]")
{
  const draft written = lowered<tiny_network>();
  const std::vector<std::string> names = names_of(written);
  const std::vector<std::string> first(names.begin(), names.begin() + 11);
  CHECK(first == std::vector<std::string>{
                   "features.conv0.weight", "features.norm0.weight", "features.norm0.bias",
                   "features.norm0.running_mean", "features.norm0.running_var",
                   "features.denseblock1.denselayer1.norm1.weight", "features.denseblock1.denselayer1.norm1.bias",
                   "features.denseblock1.denselayer1.norm1.running_mean",
                   "features.denseblock1.denselayer1.norm1.running_var",
                   "features.denseblock1.denselayer1.conv1.weight", "features.denseblock1.denselayer1.norm2.weight"});
  const std::vector<std::string> last(names.end() - 9, names.end());
  CHECK(last == std::vector<std::string>{"features.norm5.running_var", "classifier.norm.weight",
                                         "classifier.norm.bias", "classifier.norm.running_mean",
                                         "classifier.norm.running_var", "classifier.linear1.weight",
                                         "classifier.linear1.bias", "classifier.linear2.weight",
                                         "classifier.linear2.bias"});
  const std::set<std::string> known(names.begin(), names.end());
  CHECK(known.size() == names.size());
  CHECK(known.count("features.transition2.norm.running_mean") == 1);
  CHECK(known.count("features.transition3.conv.weight") == 1);
  CHECK(known.count("features.denseblock4.denselayer2.conv2.weight") == 1);
}

TEST_CASE("ImageNet's classifier has the name that timm gives it", "[plan]")
{
  const draft written = lowered<densenet121>();
  const std::vector<std::string> names = names_of(written);
  CHECK(names.size() == 606);  // 120 convolutions, 121 norms of four, one linear layer of two
  CHECK(names[names.size() - 2] == "classifier.weight");
  CHECK(names.back() == "classifier.bias");
  CHECK(extents_text(written.parameters.back()) == "1000");
  CHECK(extents_text(written.parameters[written.parameters.size() - 2]) == "1000x1024");
  CHECK(extents_text(written.parameters.front()) == "64x3x7x7");
}

TEST_CASE("parts and parameters are found by their names, and nothing by another", "[plan]")
{
  const draft written = lowered<tiny_network>();
  const plan_view plan = view_of(written);
  for (std::size_t i = 0; i < written.parts.size(); ++i)
    CHECK(find_part(plan, path_of(plan, static_cast<int>(i))) == static_cast<int>(i));
  for (std::size_t i = 0; i < written.parameters.size(); ++i)
    CHECK(find_parameter(plan, name_of(plan, written.parameters[i])) == static_cast<int>(i));
  for (const char* const name : {"", "feature", "features.", ".features", "denseblock1", "features.denseblock5",
                                 "features.conv0.weight.", "features.conv0.bias"}) {
    CHECK(find_part(plan, name) == none);
    CHECK(find_parameter(plan, name) == none);
  }
}
