// SPDX-License-Identifier: MIT
#include <thorax/model/mirrored_floats.hpp>

#include "support/catch.hpp"
#include "support/other_memory.hpp"

#include <vector>

using thorax::mirrored_floats;
using thorax::tests::other_memory;

namespace {

std::vector<float> copied(std::span<const float> numbers) { return {numbers.begin(), numbers.end()}; }

}  // namespace

TEST_CASE("where a backend computes on the host, mirrored numbers exist once", "[model]")
{
  mirrored_floats<thorax::host_memory> numbers{{1, 2, 3}};
  const float* const only = numbers.read().data();
  CHECK(numbers.change().data() == only);
  CHECK(numbers.read_there() == only);
  CHECK(numbers.change_there() == only);
  numbers.assign_zeros(2);
  CHECK(copied(numbers.read()) == std::vector<float>{0, 0});
}

TEST_CASE("each side of mirrored numbers sees what the other has changed", "[model]")
{
  mirrored_floats<other_memory> numbers{{1, 2, 3}};
  CHECK(numbers.size() == 3);
  CHECK(numbers.read_there()[1] == other_memory::turned(2));
  numbers.change()[1] = 5;
  CHECK(numbers.read_there()[1] == other_memory::turned(5));
  numbers.change_there()[2] = other_memory::turned(7);
  CHECK(copied(numbers.read()) == std::vector<float>{1, 5, 7});
  numbers.change_there()[0] = other_memory::turned(8);
  numbers.change()[1] = 9;
  CHECK(copied(numbers.read()) == std::vector<float>{8, 9, 7});
  CHECK(numbers.read_there()[0] == other_memory::turned(8));
  CHECK(numbers.read_there()[1] == other_memory::turned(9));
  numbers.assign_zeros(3);
  CHECK(numbers.read_there()[2] == other_memory::turned(0));
}

TEST_CASE("mirrored numbers are copied only when the other side was changed", "[model]")
{
  mirrored_floats<other_memory> numbers{{1, 2, 3}};
  const int ins = other_memory::ins;
  const int outs = other_memory::outs;
  static_cast<void>(numbers.read());
  CHECK(other_memory::outs == outs);
  for (int i = 0; i < 3; ++i) static_cast<void>(numbers.change_there());
  CHECK(other_memory::ins == ins + 1);
  for (int i = 0; i < 3; ++i) static_cast<void>(numbers.read());
  CHECK(other_memory::outs == outs + 1);
  static_cast<void>(numbers.read_there());
  CHECK(other_memory::ins == ins + 1);
}
