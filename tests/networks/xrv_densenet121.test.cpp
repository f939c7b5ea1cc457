// SPDX-License-Identifier: MIT

#include <thorax/networks/xrv_densenet121.hpp>

#include <thorax/image/preprocessing.hpp>
#include <thorax/plan/names.hpp>
#include <thorax/plan/plan.hpp>

#include "support/catch.hpp"

#include <array>
#include <set>
#include <string>
#include <string_view>

using namespace thorax;

namespace {

constexpr plan_view planned = inference_plan<xrv_densenet121>;
static_assert(planned.input.shape == extents{1, 224, 224});
static_assert(planned.output.shape == extents{18, 1, 1});

}  // namespace

TEST_CASE("the network of torchxrayvision has one channel, 18 logits and a sigmoid", "[networks]")
{
  const draft written = lowered<xrv_densenet121>();
  CHECK(extents_text(written.parameters.front()) == "64x1x7x7");
  CHECK(name_of(view_of(written), written.parameters.back()) == "classifier.bias");
  CHECK(written.ops.back().kind == op_kind::sigmoid);
  CHECK(written.logits == written.ops.back().in);
  // DenseNet121's features, with two of the stem's three input channels fewer, and 18 outputs.
  CHECK(written.parameter_floats == 7'037'504 - 2 * 64 * 49 + 18 * 1025);
  const auto& names = xrv_densenet121::findings;
  CHECK(std::set<std::string_view>(names.begin(), names.end()).size() == 18);
}

TEST_CASE("its films have numbers from -1024 to 1024", "[networks]")
{
  image film{1, 2, 1};
  film.samples = {0, 255};
  std::array<float, 2> seen{};
  preprocess(film, xrv_preprocessing, view<float>::packed(seen.data(), 1, {1, 1, 2}));
  CHECK(seen == std::array<float, 2>{-1024, 1024});
}
