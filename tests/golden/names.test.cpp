// SPDX-License-Identifier: MIT

#include <thorax/networks/chest_network.hpp>
#include <thorax/plan/names.hpp>

#include "support/catch.hpp"

#include <fstream>
#include <string>

TEST_CASE("DenseNet201's features have torchvision's names and extents, in its order", "[golden]")
{
  std::ifstream list{"tests/data/files/golden/densenet201_names.txt"};
  std::string line;
  REQUIRE(std::getline(list, line));  // says where the list comes from
  const thorax::draft written = thorax::lowered<thorax::chest_network>();
  std::size_t k = 0;
  while (std::getline(list, line)) {
    REQUIRE(k < written.parameters.size());
    const thorax::parameter& tensor = written.parameters[k++];
    CHECK(thorax::name_of(view_of(written), tensor) + " " + thorax::extents_text(tensor) == line);
  }
  CHECK(k == 1004);
  CHECK(written.parameters.size() == 1004 + 8);  // the head: one norm, two linear layers
}
