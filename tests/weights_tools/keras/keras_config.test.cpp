// SPDX-License-Identifier: MIT

#include "keras/keras_config.hpp"

#include "support/catch.hpp"
#include "support/refuses.hpp"

#include <array>
#include <cmath>  // signbit
#include <optional>
#include <string>
#include <vector>

using namespace thorax::tools;
using thorax::error_code;

namespace {

std::string layer(const std::string& kind, const std::string& config = "")
{
  return "{\"class_name\":\"" + kind + "\",\"config\":{" + config + "}}";
}
std::string norm(const std::string& epsilon) { return layer("BatchNormalization", "\"epsilon\":" + epsilon); }
std::string relu() { return layer("Activation", "\"activation\":\"relu\""); }
std::string dense(const std::string& activation) { return layer("Dense", "\"activation\":\"" + activation + "\""); }
std::string model(const std::string& layers) { return layer("Functional", "\"layers\":[" + layers + "]"); }

/// A backbone whose layers have any names: what it is follows from the order.
std::string backbone(const std::string& epsilon = "1.001e-5", const std::string& last = relu())
{
  return layer("ZeroPadding2D") + "," + layer("Conv2D") + "," + norm(epsilon) + "," + relu() + "," + layer("Concatenate") +
         "," + norm("1.001e-5") + "," + last;
}

keras_config read(const std::string& layers)
{
  const std::optional<keras_config> found = read_keras_config(model(layers), "'file'");
  REQUIRE(found);
  return *found;
}

}  // namespace

TEST_CASE("the backbone's epsilon is told from the head's by the order of layers", "[weights_tools]")
{
  const std::string head = layer("GlobalAveragePooling2D") + "," + norm("0.001") + "," + dense("softmax");
  for (const std::string& layers : {backbone() + "," + head, model(backbone()) + "," + head, model(backbone() + "," + head)}) {
    const keras_config found = read(layers);
    CHECK(found.backbone_epsilon == 1.001e-5);
    CHECK(found.head_epsilons == std::vector<double>{0.001});
    CHECK(found.head == std::vector<std::string>{"pool", "norm", "dense", "softmax"});
  }
  CHECK(read(backbone() + "," + layer("BatchNormalization")).head_epsilons == std::vector<double>{1e-3});  // Keras' default
  CHECK(refuses(error_code::does_not_fit, "epsilons 0.001 and 1.001e-05", [] { read(backbone("1e-3")); }));
  CHECK(refuses(error_code::does_not_fit, "expected an epsilon above 0", [] { read(backbone("\"x\"")); }));
}

TEST_CASE("the head's steps are read in their order, without dropout and noise", "[weights_tools]")
{
  const auto steps = [](const std::string& layers) { return read(backbone() + "," + layers).head; };
  CHECK(steps(layer("GlobalAveragePooling2D") + "," + dense("relu") + "," + layer("Dropout") + "," + dense("linear")) ==
        std::vector<std::string>{"pool", "dense", "relu", "dense"});
  CHECK(steps(layer("GlobalMaxPooling2D") + "," + layer("Flatten") + "," + layer("Dense") + "," + layer("ReLU")) ==
        std::vector<std::string>{"GlobalMaxPooling2D", "dense", "relu"});
  CHECK(steps(layer("Flatten") + "," + dense("tanh")) == std::vector<std::string>{"Flatten", "dense", "tanh"});
  CHECK(steps(layer("Dense", "\"activation\":{\"class_name\":\"f\"}")) == std::vector<std::string>{"dense", "another function"});
  CHECK(steps(layer("ReLU", "\"max_value\":6.0")) == std::vector<std::string>{"ReLU"});
  CHECK(steps(dense("linear") + "," + layer("Activation", "\"activation\":\"sigmoid\"")) == std::vector<std::string>{"dense", "sigmoid"});
  CHECK(steps(dense("linear") + "," + layer("Softmax")) == std::vector<std::string>{"dense", "softmax"});
}

TEST_CASE("a Rescaling layer in front is a preprocessing", "[weights_tools]")
{
  const auto rule = read(layer("InputLayer") + "," + layer("RandomFlip") + "," + layer("Rescaling", "\"scale\":0.00392156862745098,\"offset\":0.0") + "," + backbone()).preprocessing;
  REQUIRE(rule);
  CHECK(rule->mean == std::array<float, 3>{0, 0, 0});
  CHECK_FALSE(std::signbit(rule->mean[0]));
  CHECK(rule->deviation == std::array<float, 3>{1, 1, 1});
  const std::string third = "0.00784313725490196";
  const auto centered = read(layer("Rescaling", "\"scale\":[" + third + "," + third + "," + third + "],\"offset\":-1") + "," + backbone()).preprocessing;
  REQUIRE(centered);  // 2 x / 255 - 1 = (x / 255 - 0.5) / 0.5
  CHECK(centered->mean[1] == Approx(0.5));
  CHECK(centered->deviation[2] == Approx(0.5));
  for (const char* const config : {"", "\"scale\":0,\"offset\":0", "\"scale\":1", "\"scale\":-1,\"offset\":0", "\"scale\":[1,2],\"offset\":0", "\"scale\":[1,2,\"3\"],\"offset\":0"})
    CHECK(refuses(error_code::does_not_fit, "its Rescaling layer", [&] { read(layer("Rescaling", config) + "," + backbone()); }));
}

TEST_CASE("a model that computes otherwise in front of its backbone, or at its end, is refused", "[weights_tools]")
{
  const std::string rescaling = layer("Rescaling", "\"scale\":1,\"offset\":0");
  for (const std::string& front : {layer("Normalization"), layer("BatchNormalization"), layer("Lambda"), layer("TFOpLambda"),
                                   layer("TrueDivide"), layer("Resizing"), rescaling + "," + rescaling})
    CHECK_FALSE(read(front + "," + backbone()).front_layer.empty());
  CHECK(read(layer("InputLayer") + "," + rescaling + "," + backbone()).front_layer.empty());
  for (const std::string& last : {layer("GlobalAveragePooling2D"), layer("ReLU", "\"negative_slope\":0.1"), layer("Activation", "\"activation\":\"tanh\"")})
    CHECK(refuses(error_code::does_not_fit, "expected a batch norm and a ReLU", [&] { read(backbone("1.001e-5", last)); }));
}

TEST_CASE("the size of a film is that of the model's input, where it is fixed", "[weights_tools]")
{
  const auto of = [](const std::string& shape) { return read(layer("InputLayer", "\"batch_shape\":" + shape) + "," + backbone()); };
  CHECK(of("[null,64,96,3]").height == 64);
  CHECK(of("[null,64,96,3]").width == 96);
  for (const char* const open : {"[null,null,null,3]", "[null,-1,-1,3]", "[null,99999999999,1e30,3]", "[3]", "\"x\""}) CHECK(of(open).height == 0);
}

TEST_CASE("what is no configuration of a backbone is refused or says nothing", "[weights_tools]")
{
  for (const char* const text : {"", "{", "nonsense", "{\"a\":}"})
    CHECK(refuses(error_code::format_refused, "as JSON", [&] { read_keras_config(text, "'file'"); }));
  for (const std::string& text : {std::string{"{}"}, std::string{"[]"}, std::string{"3"}, std::string{"null"}, std::string{"{\"class_name\":3,\"config\":{}}"}, model(dense("relu")),
                                  model(layer("Conv2D")), model(layer("Concatenate"))})
    CHECK_FALSE(read_keras_config(text, "'file'"));
  std::string deep = layer("Dense");
  for (int i = 0; i < 2000; ++i) deep = model(deep);
  CHECK_FALSE(read_keras_config(deep, "'file'"));
}
