// SPDX-License-Identifier: MIT

#include <thorax/plan/part_number.hpp>

#include <thorax/layers/batch_norm.hpp>
#include <thorax/layers/conv2d.hpp>
#include <thorax/layers/relu.hpp>
#include <thorax/networks/chest_network.hpp>
#include <thorax/plan/names.hpp>

#include "support/catch.hpp"
#include "support/tiny_network.hpp"

#include <string>

using namespace thorax;

namespace {

template<class Network, class Part>
std::string path()
{
  static const draft written = lowered<Network>();
  return path_of(view_of(written), part_number<Network, Part>());
}

struct inner : chain<batch_norm, relu> {};
struct deep : chain<chain<append<inner>>> {};
struct last : chain<relu> {};
struct absent : chain<relu> {};

struct with_names : network<input<2, 4, 4>,
                            named<"first", chain<conv2d<2, kernel<3>>, yields<2, 4, 4>, deep>>,
                            named<"second", inner>,
                            repeat<3, append<conv2d<1, kernel<1>>>>,
                            last> {};

}  // namespace

TEST_CASE("a part is found by its type at the place where lowering opened it", "[plan]")
{
  using head = tiny_network::head;
  CHECK(path<tiny_network, tiny_features>() == "features");
  CHECK(path<tiny_network, last_norm>() == "features.norm5");
  CHECK(path<tiny_network, head>() == "classifier");
  CHECK(path<tiny_network, linear<512>>() == "classifier.linear1");
  CHECK(path<tiny_network, linear<3>>() == "classifier.linear2");
  CHECK(path<tiny_network, softmax>() == "classifier.softmax");
  CHECK(path<chest_network, dense_block<48>>() == "features.denseblock3");
  CHECK(path<chest_network, dense_block<32>>() == "features.denseblock4");
}

TEST_CASE("of parts of one type the first is found", "[plan]")
{
  CHECK(path<tiny_network, transition>() == "features.transition1");
  CHECK(path<tiny_network, dense_layer<growth<4>>>() == "features.denseblock1.denselayer1");
  CHECK(path<tiny_network, halve_channels>() == "features.transition1.conv");
}

TEST_CASE("parts are found inside layers that go by a given name, and behind them", "[plan]")
{
  CHECK(path<with_names, deep>() == "first.deep");
  CHECK(path<with_names, inner>() == "first.deep.inner");
  CHECK(path<with_names, named<"second", inner>>() == "second");
  CHECK(path<with_names, conv2d<1, kernel<1>>>() == "conv1");
  CHECK(path<with_names, last>() == "last");
  CHECK(detail::count_each<with_names::layers>::run().parts == lowered<with_names>().parts.size());
  CHECK(detail::count_each<chest_network::layers>::run().parts == lowered<chest_network>().parts.size());
}

TEST_CASE("the compiler plans a network whose chains go by given names", "[plan]")
{
  CHECK(inference_plan<with_names>.parts.size() == lowered<with_names>().parts.size());
  CHECK(path_of(inference_plan<with_names>, 4) == "first.deep.inner.norm");
}

TEST_CASE("a type that is no part of the network has no number", "[plan]")
{
  STATIC_REQUIRE(number_of_part_or_none<with_names, absent> == none);
  STATIC_REQUIRE(number_of_part_or_none<tiny_network, dense_block<2>> == none);
  STATIC_REQUIRE(number_of_part_or_none<with_names, last> != none);
}
