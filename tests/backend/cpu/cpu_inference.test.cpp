// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/cpu_inference.hpp>

#include "support/catch.hpp"

#include <thorax/backend/backend.hpp>

using thorax::cpu_inference;

TEST_CASE("the half of the cpu backend that predicts takes every thread it may, or as many as it is told",
          "[backend]")
{
  CHECK(cpu_inference::name == "cpu");
  CHECK(cpu_inference{}.threads == thorax::available_threads());
  CHECK(cpu_inference{3}.threads == 3);
  CHECK_FALSE(thorax::backend<cpu_inference>);  // nothing trains with it
}

TEST_CASE("switches of the cpu backend reach its predictor", "[backend]")
{
  thorax::op step;
  step.kind = thorax::op_kind::convolution;
  step.in.shape = {64, 37, 37};
  step.out.shape = {32, 37, 37};
  step.moving = {3, 1, 1};
  CHECK(cpu_inference{}.options.winograd);
  CHECK_FALSE(cpu_inference{}.options.bf16);
  CHECK(cpu_inference{2}.predictor().way_of(step).starts_with("F("));
  CHECK(cpu_inference{2, {.winograd = false}}.predictor().way_of(step) == "product");
}

TEST_CASE("the cpu's predictor computes with the kernels that are chosen", "[backend]")
{
  CHECK(cpu_inference{1}.predictor().architecture() == thorax::chosen_kernels().name);
}
