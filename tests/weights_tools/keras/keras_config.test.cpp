// SPDX-License-Identifier: MIT

#include "keras/keras_config.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <string>

using namespace thorax::tools;
using thorax::error_code;

namespace {

std::string layer(const std::string& kind, const std::string& config)
{
  return "{\"class_name\":\"" + kind + "\",\"config\":{" + config + "}}";
}
std::string norm(const std::string& name, const std::string& epsilon)
{
  return layer("BatchNormalization", "\"name\":\"" + name + "\",\"epsilon\":" + epsilon);
}
std::string model(const std::string& layers)
{
  return layer("Functional", "\"name\":\"model\",\"layers\":[" + layers + "]");
}
keras_config read(const std::string& layers) { return read_keras_config(model(layers), "'file'"); }

}  // namespace

TEST_CASE("the backbone's epsilon is told from those of other norms, in models inside models too", "[weights_tools]")
{
  const keras_config found = read(model(norm("conv1_bn", "1.001e-5") + "," + norm("conv2_block1_0_bn", "1.001e-5")) + "," +
                                  norm("batch_normalization", "0.001"));
  CHECK(found.backbone_epsilon == 1.001e-5);
  CHECK(found.other_epsilons == std::vector<double>{0.001});
  CHECK_FALSE(read("").backbone_epsilon);
  CHECK(refuses(error_code::does_not_fit, "epsilons 0.001 and 1.001e-05",
                [] { read(norm("conv1_bn", "1.001e-5") + "," + norm("bn", "1e-3")); }));
}

TEST_CASE("a Rescaling layer is a preprocessing", "[weights_tools]")
{
  const auto rule = read(layer("Rescaling", "\"scale\":0.00392156862745098,\"offset\":0.0")).preprocessing;
  REQUIRE(rule);
  CHECK(rule->mean == std::array<float, 3>{0, 0, 0});
  CHECK(rule->deviation == std::array<float, 3>{1, 1, 1});
  const auto centered = read(layer("Rescaling", "\"scale\":[0.00784313725490196,0.00784313725490196,0.00784313725490196],\"offset\":-1")).preprocessing;
  REQUIRE(centered);  // 2 x / 255 - 1 = (x / 255 - 0.5) / 0.5
  CHECK(centered->mean[1] == Approx(0.5));
  CHECK(centered->deviation[2] == Approx(0.5));
  for (const char* const config : {"", "\"scale\":0,\"offset\":0", "\"scale\":1", "\"scale\":-1,\"offset\":0", "\"scale\":[1,2],\"offset\":0", "\"scale\":[1,2,\"3\"],\"offset\":0"})
    CHECK(refuses(error_code::does_not_fit, "its Rescaling layer", [&] { read(layer("Rescaling", config)); }));
}

TEST_CASE("a model that computes otherwise is refused", "[weights_tools]")
{
  CHECK(refuses(error_code::does_not_fit, "holds a Normalization layer", [] { read(layer("Normalization", "\"name\":\"n\"")); }));
  const std::string last = norm("bn", "1.001e-5");
  CHECK(refuses(error_code::does_not_fit, "has no ReLU 'relu' behind it", [&] { read(last); }));
  CHECK(read(last + "," + layer("Activation", "\"name\":\"relu\"")).backbone_epsilon == 1.001e-5);
}

TEST_CASE("what is no configuration is refused or says nothing", "[weights_tools]")
{
  for (const char* const text : {"", "{", "nonsense", "{\"a\":}"})
    CHECK(refuses(error_code::format_refused, "as JSON", [&] { read_keras_config(text, "'file'"); }));
  for (const char* const text : {"{}", "[]", "3", "null", "{\"class_name\":3,\"config\":{}}", "{\"class_name\":\"BatchNormalization\",\"config\":{\"epsilon\":\"x\",\"name\":7}}"})
    CHECK_FALSE(read_keras_config(text, "'file'").backbone_epsilon);
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "[";
  for (int i = 0; i < 100000; ++i) deep += "]";
  CHECK_FALSE(read_keras_config(deep, "'file'").preprocessing);
}
