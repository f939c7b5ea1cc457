// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/reference.hpp>

#include "support/catch.hpp"

TEST_CASE("the reference says its name, uses one thread unless told otherwise, and needs no scratch", "[backend]")
{
  CHECK(thorax::reference::name == "reference");
  CHECK(thorax::reference{}.threads == 1);
  CHECK(thorax::reference{3}.threads == 3);
  thorax::op step;
  step.kind = thorax::op_kind::convolution;
  step.in.shape = {8, 9, 9};
  step.out.shape = {8, 9, 9};
  step.moving = {3, 1, 1};
  CHECK(thorax::reference::scratch_floats(step) == 0);
}
