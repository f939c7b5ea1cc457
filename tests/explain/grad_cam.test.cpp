// SPDX-License-Identifier: MIT

#include <thorax/explain/grad_cam.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/tensor/distance.hpp>

#include "support/catch.hpp"
#include "support/explained_network.hpp"
#include "support/refuses.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <vector>

using namespace thorax::tests;
using thorax::cpu;
using thorax::error_code;
using thorax::grad_cam;
using thorax::heat_map;
using thorax::reference;
using thorax::score_kind;

namespace {

thorax::image random_film()
{
  thorax::image film{100, 80, 1};
  const thorax::random_stream stream{8};
  for (std::size_t i = 0; i < film.samples.size(); ++i) film.samples[i] = static_cast<std::uint8_t>(stream.below(i, 256));
  return film;
}

}  // namespace

TEST_CASE("a cell's heat is what the channels say there, weighted by their mean gradient, if it speaks for the finding",
          "[explain]")
{
  const thorax::part_gradient from{{2, 1, 3}, {1, 2, 3, /**/ 1, 0, -4}, {0, 1, 2, /**/ -3, -4, 1}};
  const heat_map map = grad_cam(from, "some.part");
  CHECK(map.height == 1);
  CHECK(map.width == 3);
  CHECK(map.part == "some.part");
  CHECK(map.cells == std::vector<float>{0, 2, 11});  // weights 1 and -2
}

TEST_CASE("of several networks what speaks against a finding in one counts before the cut, and channels may differ",
          "[explain]")
{
  const std::vector<thorax::part_gradient> from{
    {{2, 1, 3}, {1, 2, 3, /**/ 1, 0, -4}, {0, 1, 2, /**/ -3, -4, 1}},  // -1, 2, 11, as above
    {{1, 1, 3}, {4, -1, -1}, {2, 2, 2}}};                              // 8, -2, -2
  CHECK(grad_cam(from, "p").cells == std::vector<float>{3.5F, 0, 4.5F});
  const std::vector<thorax::part_gradient> twice{from[0], from[0]};
  CHECK(grad_cam(twice, "p").cells == grad_cam(from[0], "p").cells);
  const std::vector<thorax::part_gradient> apart{from[0], {{1, 3, 1}, {1, 1, 1}, {1, 1, 1}}};
  CHECK(refuses(error_code::does_not_fit, "explain the networks one at a time", [&] { (void)grad_cam(apart, "p"); }));
  CHECK(refuses(error_code::does_not_fit, "at least one network",
                [] { (void)grad_cam(std::span<const thorax::part_gradient>{}, "p"); }));
}

TEST_CASE("at the last ReLU the map is the closed form", "[explain]")
{
  const explained_network here;
  const std::size_t cells = here.features().pixels();
  int spoken_for = 0;
  for (int finding = 0; finding < 3; ++finding) {
    const std::vector<double> weights = here.gradient_by_channel(finding);
    std::vector<double> expected(cells);
    for (std::size_t c = 0; c < weights.size(); ++c)
      for (std::size_t i = 0; i < cells; ++i) expected[i] += weights[c] * here.feature_maps()[c * cells + i];
    for (double& cell : expected) cell = std::max(cell, 0.0);
    const heat_map map = grad_cam(gradient_at(here.on(reference{}), here.seen(), "features", finding), "features");
    INFO("finding " << finding);
    CHECK(map.height == 3);
    CHECK(map.width == 2);
    CHECK(thorax::distance_between<float, double>(map.cells, expected).relative < 1e-5);
    spoken_for += map.is_empty() ? 0 : 1;
  }
  CHECK(spoken_for > 0);
}

TEST_CASE("a film is explained at the last maps unless another part is named, by path or by type", "[explain]")
{
  const auto net = random_model<tiny_network>(cpu{1});
  const thorax::image film = random_film();
  const heat_map usual = grad_cam(net, film, 1);
  CHECK(usual.part == "features");
  CHECK(usual.cells == grad_cam(gradient_at(net, net.seen(film), "features", 1), "features").cells);
  CHECK(usual.cells == grad_cam<tiny_features>(net, film, 1).cells);
  CHECK(usual.cells == grad_cam(net, film, 1, "features.relu").cells);

  const heat_map inner = grad_cam(net, film, 1, "features.transition1.norm");
  CHECK(inner.height == 16);
  CHECK(inner.width == 16);
  const heat_map by_type = grad_cam<thorax::transition>(net, film, 1);
  CHECK(by_type.part == "features.transition1");
  CHECK(by_type.cells == grad_cam(net, film, 1, "features.transition1").cells);
  CHECK(by_type.height == 8);
}

TEST_CASE("heat is never negative, and findings differ", "[explain]")
{
  const auto net = random_model<tiny_network>(cpu{1});
  const thorax::image film = random_film();
  std::vector<std::vector<float>> maps;
  for (int finding = 0; finding < 3; ++finding) {
    const heat_map map = grad_cam(net, film, finding, "features.denseblock2");
    CHECK(std::all_of(map.cells.begin(), map.cells.end(), [](float cell) { return cell >= 0; }));
    maps.push_back(map.cells);
  }
  CHECK(maps[0] != maps[1]);
  CHECK(maps[1] != maps[2]);
}

TEST_CASE("a probability is explained like its logit, but by what sets it apart from the others", "[explain]")
{
  const auto net = random_model<tiny_network>(cpu{1});
  const thorax::image film = random_film();
  const auto by_probability = gradient_at(net, net.seen(film), "features", 0, score_kind::probability);
  CHECK(grad_cam(net, film, 0, "features", score_kind::probability).cells == grad_cam(by_probability, "features").cells);
  CHECK(grad_cam<tiny_features>(net, film, 0, score_kind::probability).cells == grad_cam(by_probability, "features").cells);
}

TEST_CASE("nothing that speaks for a finding is an empty map, not an error", "[explain]")
{
  const thorax::part_gradient from{{1, 2, 2}, {1, 2, 3, 4}, {-1, -1, -1, -1}};
  CHECK(grad_cam(from, "p").is_empty());
}

TEST_CASE("numbers that are none are refused, not drawn as an empty map", "[explain]")
{
  for (const float damaged : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const thorax::part_gradient from{{1, 1, 2}, {1, damaged}, {1, 1}};
    CHECK(refuses(error_code::number_not_finite, "maps of 'p'", [&] { grad_cam(from, "p"); }));
  }
}

TEST_CASE("a part or finding that the network does not have is refused", "[explain]")
{
  const auto net = random_model<tiny_network>(reference{});
  CHECK(refuses(error_code::does_not_fit, "'lungs' is not a part of tiny", [&] { grad_cam(net, random_film(), 0, "lungs"); }));
  CHECK(refuses(error_code::does_not_fit, "finding 7", [&] { grad_cam(net, random_film(), 7); }));
}
