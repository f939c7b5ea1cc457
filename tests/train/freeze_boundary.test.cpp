// SPDX-License-Identifier: MIT

#include <thorax/train/freeze_boundary.hpp>

#include <thorax/networks/chest_network.hpp>
#include <thorax/plan/lower.hpp>

#include "support/catch.hpp"
#include "support/refuses.hpp"
#include "support/tiny_network.hpp"

#include <string>

using namespace thorax;

namespace {

const op& first_trained(const draft& written, const char* name)
{
  return written.ops[static_cast<std::size_t>(freeze_boundary(view_of(written), name))];
}

}  // namespace

TEST_CASE("a network trains from the first layer of a part on", "[train]")
{
  const draft written = lowered<tiny_network>();
  CHECK(freeze_boundary(view_of(written), "everything") == 0);
  CHECK(freeze_boundary(view_of(written), "features") == 0);
  CHECK(first_trained(written, "classifier").kind == op_kind::global_average_pool);
  CHECK(first_trained(written, "classifier.linear2").kind == op_kind::linear);
  const op& norm = first_trained(written, "features.denseblock3");
  CHECK(norm.norm_before != none);
  CHECK(path_of(view_of(written), norm.part) == "features.denseblock3.denselayer1.norm1");
}

TEST_CASE("a network trains from the layer of a weight on", "[train]")
{
  const draft written = lowered<tiny_network>();
  const op& conv = first_trained(written, "features.denseblock4.denselayer2.conv2.weight");
  CHECK(conv.kind == op_kind::convolution);
  CHECK(path_of(view_of(written), conv.part) == "features.denseblock4.denselayer2.conv2");
  const int whole = freeze_boundary(view_of(written), "features.transition2.norm");
  for (const char* const word : {"weight", "bias", "running_mean", "running_var"})
    CHECK(freeze_boundary(view_of(written), "features.transition2.norm." + std::string{word}) == whole);
  CHECK(freeze_boundary(view_of(written), "classifier.linear1.bias") ==
        freeze_boundary(view_of(written), "classifier.linear1"));
}

TEST_CASE("Keras' last sixty layers begin in the middle of a dense layer", "[train]")
{
  const draft written = lowered<chest_network>();
  const op& conv = first_trained(written, "features.denseblock4.denselayer24.conv2");
  CHECK(conv.kind == op_kind::convolution);
  CHECK(conv.moving == window{3, 1, 1});
}

TEST_CASE("a name that the network does not have is refused, with the names that paths begin with", "[train]")
{
  const draft written = lowered<tiny_network>();
  for (const char* const name : {"", "head", "features.denseblock5", "features.conv0.bias", "Everything"})
    CHECK(refuses(error_code::does_not_fit,
                  "'" + std::string{name} + "' is neither a part nor a weight of the network; expected 'everything' or " +
                    "a path that begins with one of features, classifier",
                  [&] { freeze_boundary(view_of(written), name); }));
}
