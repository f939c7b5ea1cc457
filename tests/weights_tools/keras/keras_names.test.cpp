// SPDX-License-Identifier: MIT

#include "keras/keras_names.hpp"

#include <thorax/networks/densenet.hpp>
#include <thorax/plan/names.hpp>

#include "support/catch.hpp"

#include <set>
#include <string>
#include <utility>

using namespace thorax::tools;

TEST_CASE("every part of a DenseNet with weights has a name in Keras, and back", "[weights_tools]")
{
  const thorax::draft written = thorax::lowered<thorax::densenet201>();
  std::set<std::string> names;
  for (const thorax::parameter& each : written.parameters) {
    const std::string path = thorax::path_of(view_of(written), each.part);
    const std::string name = keras_name_of_part(path);
    INFO(path << " " << name);
    CHECK(part_of_keras_name(name) == path);
    names.insert(name);
  }
  CHECK(names.size() == 200 + 201 + 1);
  CHECK(names.contains("conv4_block48_2_conv"));
  CHECK(names.contains("pool4_bn"));
}

TEST_CASE("names of 2018 and of models inside models are understood", "[weights_tools]")
{
  CHECK(part_of_keras_name("conv1/conv") == "features.conv0");
  CHECK(part_of_keras_name("conv1/bn") == "features.norm0");
  CHECK(part_of_keras_name("fc1000") == "classifier");
  CHECK(part_of_keras_name("densenet201/conv1/bn") == "features.norm0");
  CHECK(part_of_keras_name("densenet201/conv5_block32_2_conv") == "features.denseblock4.denselayer32.conv2");
}

TEST_CASE("other names are nobody's", "[weights_tools]")
{
  for (const char* const name :
       {"", "conv2d", "dense_1", "conv1_block1_0_bn", "conv2_block0_0_bn", "conv2_block01_0_bn",
        "conv2_block1_3_conv", "conv2_block1_0_bnx", "pool1_bn", "pool2", "bn2", "conv2_block99999_0_bn"})
    CHECK(part_of_keras_name(name).empty());
  for (const char* const path :
       {"", "features", "classifier.norm", "features.denseblock1", "features.transition1.pool"})
    CHECK(keras_name_of_part(path).empty());
}

TEST_CASE("the number that Keras hangs on a class is split off", "[weights_tools]")
{
  CHECK(split_number("conv2d_17") == std::pair<std::string, std::size_t>{"conv2d", 17});
  CHECK(split_number("batch_normalization") == std::pair<std::string, std::size_t>{"batch_normalization", 0});
  CHECK(split_number("dense_") == std::pair<std::string, std::size_t>{"dense_", 0});
  CHECK(split_number("x_99999999999999999999").second == 0);
}
