// SPDX-License-Identifier: MIT

#include "torch/torch_tensors.hpp"

#include "support/catch.hpp"
#include "support/pickle_by_hand.hpp"
#include "support/refuses.hpp"
#include "weights_tools/torch/torch_cases.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace thorax::tests;
using namespace thorax::tests::pickled;
using thorax::error_code;
using thorax::storage;
using thorax::tools::foreign_tensor;

TEST_CASE("dictionaries in dictionaries become names, and what is no tensor is left out", "[weights_tools]")
{
  const std::string inner = dictionary({{"features.conv0.weight", row(stored("0", 2), 2)}, {"steps", "N"}});
  const std::string optimizer = "}" + integer(0) + dictionary({{"exp_avg", row(stored("0", 2), 2)}}) + "s";
  const auto read = tensors_of(dictionary({{"epoch", integer(3)},
                                           {"state_dict", inner},
                                           {"optimizer", dictionary({{"state", optimizer}})},
                                           {"history", list({row(stored("0", 2), 2)})},
                                           {"arch", text("densenet201")},
                                           {"last", row(stored("0", 2), 2)}}),
                               {numbered_floats(2)});
  REQUIRE(read.size() == 2);
  CHECK(read[0].name == "state_dict.features.conv0.weight");
  CHECK(read[1].name == "last");
  CHECK(tensors_of("}", {}).empty());
}

TEST_CASE("tensors over one storage are each read", "[weights_tools]")
{
  const std::string tied = tensor(stored("0", 4), 0, {4}, {1}) + std::string{"q\0", 2};
  const auto read =
    tensors_of(dictionary({{"x", tied}, {"y", std::string{"h\0", 2}}, {"z", tensor(stored("0", 4), 2, {2}, {1})}}),
               {numbered_floats(4)});
  REQUIRE(read.size() == 3);
  CHECK(read[1].numbers == floats{0, 1, 2, 3});
  CHECK(read[2].numbers == floats{2, 3});
}

TEST_CASE("a file that is no dictionary of tensors is refused with the cure", "[weights_tools]")
{
  CHECK(is_torch_refused("expected a dictionary of tensors, found a tensor; save model.state_dict()",
                         row(stored("0", 4), 4), {numbered_floats(4)}));
  CHECK(is_torch_refused("found a list", "]"));
  CHECK(
    is_torch_refused("'x': 'tiny/data.pkl': byte 2 of the pickle: asks for 'torchvision.models.densenet.DenseNet'",
                     global("torchvision.models.densenet", "DenseNet")));
}

TEST_CASE("names are unique, UTF-8 and short", "[weights_tools]")
{
  const std::string any = row(stored("0", 4), 4);
  CHECK(is_torch_refused("has two tensors 'a'", dictionary({{"a", any}, {"a", any}}), {numbered_floats(4)}));
  CHECK(is_torch_refused("has two tensors 'a.b'", dictionary({{"a", dictionary({{"b", any}})}, {"a.b", any}}),
                         {numbered_floats(4)}));
  CHECK(is_torch_refused("is not UTF-8", dictionary({{"\xff", any}}), {numbered_floats(4)}));
  CHECK(is_torch_refused("longer than 512 bytes", dictionary({{std::string(513, 'a'), any}}), {numbered_floats(4)},
                         error_code::limit_exceeded));
  CHECK(tensors_of(dictionary({{std::string(513, 'a'), "N"}}), {}).empty());
}

TEST_CASE("dictionaries that are deep or name each other again and again are refused", "[weights_tools]")
{
  const std::string any = row(stored("0", 4), 4);
  std::string deep = any;
  for (int i = 0; i < 31; ++i) deep = dictionary({{"d", deep}});
  CHECK(tensors_of(dictionary({{"d", deep}}), {numbered_floats(4)}).size() == 1);
  CHECK(is_torch_refused("more than 32 deep", dictionary({{"d", dictionary({{"d", deep}})}}), {numbered_floats(4)},
                         error_code::limit_exceeded));
  const std::string circle = std::string{"}q\0(", 4} + text("d") + std::string{"h\0u", 3};
  CHECK(is_torch_refused("more than 32 deep", circle, {}, error_code::limit_exceeded));
  // The billion laughs: the first of 25 dictionaries holds a tensor, each other one its predecessor four times.
  std::string laughs = std::string{"("} + dictionary({{"t", any}}) + std::string{"q\0", 2};
  for (char level = 1; level < 25; ++level) {
    const std::string before = std::string{"h"} + static_cast<char>(level - 1);
    laughs += dictionary({{"a", before}, {"b", before}, {"c", before}, {"d", before}}) + "q" + level;
  }
  CHECK(is_torch_refused("name each other again and again",
                         "}" + text("all") + laughs + "ts" + text("last") + "h\x18s", {numbered_floats(4)},
                         error_code::limit_exceeded));
}

TEST_CASE("tensors that would fill the memory out of a small file are refused", "[weights_tools]")
{
  const std::string expanded = tensor(stored("0", 1), 0, {1LL << 40}, {0});
  CHECK(is_torch_refused("more than eight times the file", dictionary({{"t", expanded}}), {numbered_floats(1)},
                         error_code::limit_exceeded));
  CHECK(tensors_of(dictionary({{"t", tensor(stored("0", 1, "LongStorage"), 0, {1LL << 40}, {0})}}),
                   {std::string(8, '\0')})
          .at(0)
          .numbers.empty());
  // 1,000 tensors over one storage of 4 kB.
  std::vector<std::pair<std::string, std::string>> many{
    {"t", row(stored("0", 1'000), 1'000) + std::string{"q\0", 2}}};
  for (int i = 0; i < 1'000; ++i) many.emplace_back(std::to_string(i), std::string{"h\0", 2});
  CHECK(is_torch_refused("more than eight times the file", dictionary(many), {numbered_floats(1'000)},
                         error_code::limit_exceeded));
}
