// SPDX-License-Identifier: MIT

#include <thorax/explain/part_gradient.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/layers/conv2d.hpp>
#include <thorax/layers/sigmoid.hpp>
#include <thorax/tensor/distance.hpp>

#include "support/catch.hpp"
#include "support/explained_network.hpp"
#include "support/network_in_double.hpp"
#include "support/refuses.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace thorax::tests;
using thorax::cpu;
using thorax::error_code;
using thorax::gradient_at;
using thorax::part_gradient;
using thorax::reference;
using thorax::score_kind;

namespace {

double relative(const std::vector<float>& found, const std::vector<double>& expected)
{
  return thorax::distance_between<float, double>(found, expected).relative;
}

// Slopes of a finding's logit along some numbers of a part's maps, by running what follows the part again.
void check_slopes(network_in_double& exact, const thorax::draft& written, const thorax::part& part, int finding,
                  const part_gradient& found)
{
  constexpr double step = 1e-6;
  double largest = 0;
  for (const float number : found.gradient) largest = std::max(largest, std::abs(double{number}));
  REQUIRE(largest > 0);
  const auto logit = [&] { return exact.numbers(written.logits)[static_cast<std::size_t>(finding)]; };
  double* const numbers = exact.maps(part.out).data;
  const std::size_t size = part.out.shape.size();
  for (std::size_t i = 0; i < size; i += size / 8 + 1) {
    const double kept = numbers[i];
    const auto slope_to = [&](double way) {
      const double before = logit();
      numbers[i] = kept + way;
      exact.run_from(part.last_op);
      const double behind = logit();
      numbers[i] = kept;
      exact.run_from(part.last_op);
      return (behind - before) / way;
    };
    const double up = slope_to(step);
    const double down = slope_to(-step);
    if (std::abs(up - down) > 1e-4 * largest) continue;  // a ReLU or a maximum changes sides just here
    INFO("number " << i << " of " << size);
    CHECK(std::abs(double{found.gradient[i]} - up) <= 1e-4 * largest + 1e-7);
  }
}

}  // namespace

TEST_CASE("at the last ReLU the gradient is that of the head, the same in every cell of a channel", "[explain]")
{
  const explained_network here;
  const auto net = here.on(reference{});
  for (int finding = 0; finding < 3; ++finding) {
    const part_gradient found = gradient_at(net, here.seen(), "features", finding);
    CHECK(found.shape == here.features());
    CHECK(relative(found.maps, here.feature_maps()) < 1e-5);
    CHECK(relative(found.gradient, here.gradient_by_hand(finding)) < 1e-5);
    const std::size_t cells = found.shape.pixels();
    REQUIRE(cells > 1);
    for (std::size_t i = 0; i < found.gradient.size(); ++i) CHECK(found.gradient[i] == found.gradient[i / cells * cells]);
  }
}

TEST_CASE("at any part the gradient is the slope of the score", "[explain]")
{
  const explained_network here;
  const auto net = here.on(reference{});
  const thorax::draft& written = net.network().written;
  network_in_double exact{written, here.parameters()};
  exact.run({here.seen().data(), here.seen().size()}, 1);
  for (const char* const path :
       {"features.conv0", "features.relu0", "features.pool0", "features.denseblock1", "features.denseblock1.denselayer1",
        "features.denseblock1.denselayer2.norm2", "features.denseblock2.denselayer1.conv1",
        "features.denseblock2.denselayer2.conv2", "features.transition1", "features.transition2.norm",
        "features.transition2.relu", "features.transition3.conv", "features.transition3.pool", "features.denseblock4",
        "features.norm5", "features.relu", "classifier.pool", "classifier.norm", "classifier.linear1", "classifier.relu",
        "classifier.dropout"}) {
    INFO(path);
    const part_gradient found = gradient_at(net, here.seen(), path, 1);
    const int number = thorax::find_part(view_of(written), path);
    REQUIRE(number != thorax::none);
    const thorax::part& part = written.parts[static_cast<std::size_t>(number)];
    CHECK(found.shape == part.out.shape);
    CHECK(relative(found.maps, exact.numbers(part.out)) < 1e-5);
    check_slopes(exact, written, part, 1, found);
  }
}

TEST_CASE("at the logits the gradient of a logit is 1 and 0", "[explain]")
{
  const explained_network here;
  const auto net = here.on(cpu{1});
  for (const char* const path : {"classifier.linear2", "classifier.softmax", "classifier"}) {
    const part_gradient found = gradient_at(net, here.seen(), path, 2);
    CHECK(found.gradient == std::vector<float>{0, 0, 1});
    const thorax::scores said = net(here.seen());
    const std::vector<double> logits(said.logits.begin(), said.logits.end());  // predicting rounds in another order
    CHECK(relative(found.maps, logits) < 1e-6);
  }
}

TEST_CASE("the gradient of a probability is p times what its logit has above all logits' mean", "[explain]")
{
  const explained_network here;
  const auto net = here.on(reference{});
  const thorax::scores said = net(here.seen());
  std::vector<part_gradient> logits;
  for (int k = 0; k < 3; ++k) logits.push_back(gradient_at(net, here.seen(), "features.transition2", k));
  for (int finding = 0; finding < 3; ++finding) {
    const part_gradient found = gradient_at(net, here.seen(), "features.transition2", finding, score_kind::probability);
    std::vector<double> expected(found.gradient.size());
    const double p = double{said.probabilities(0, static_cast<std::size_t>(finding))};
    for (std::size_t i = 0; i < expected.size(); ++i) {
      double mean = 0;
      for (std::size_t k = 0; k < 3; ++k) mean += double{said.probabilities(0, k)} * double{logits[k].gradient[i]};
      expected[i] = p * (double{logits[static_cast<std::size_t>(finding)].gradient[i]} - mean);
    }
    CHECK(relative(found.gradient, expected) < 1e-4);
  }
}

TEST_CASE("backends agree on gradients, and threads do not change them", "[explain]")
{
  const explained_network here;
  for (const char* const path : {"features", "features.denseblock2", "features.conv0"}) {
    const part_gradient slow = gradient_at(here.on(reference{}), here.seen(), path, 0);
    const part_gradient fast = gradient_at(here.on(cpu{1}), here.seen(), path, 0);
    CHECK(thorax::distance_between<float, float>(fast.gradient, slow.gradient).relative < 1e-4);
    CHECK(fast.gradient == gradient_at(here.on(cpu{3}), here.seen(), path, 0).gradient);
  }
}

TEST_CASE("explaining does not change what the model says", "[explain]")
{
  const explained_network here;
  const auto net = here.on(cpu{2});
  const thorax::scores before = net(here.seen());
  gradient_at(net, here.seen(), "features.conv0", 0);
  const thorax::scores behind = net(here.seen());
  CHECK(std::equal(before.logits.begin(), before.logits.end(), behind.logits.begin()));
}

TEST_CASE("a part, a finding or a film that is not the network's is refused", "[explain]")
{
  const explained_network here;
  const auto net = here.on(reference{});
  CHECK(refuses(error_code::does_not_fit, "'features.denseblock5' is not a part of tiny",
                [&] { gradient_at(net, here.seen(), "features.denseblock5", 0); }));
  CHECK(refuses(error_code::does_not_fit, "'' is not a part", [&] { gradient_at(net, here.seen(), "", 0); }));
  for (const int finding : {-1, 3})
    CHECK(refuses(error_code::does_not_fit, "finding " + std::to_string(finding) + " was to be explained; tiny has 3",
                  [&] { gradient_at(net, here.seen(), "features", finding); }));
  CHECK(refuses(error_code::does_not_fit, "input is 3x96x64, found a film of 3x64x96",
                [&] { gradient_at(net, thorax::tensor({3, 64, 96}), "features", 0); }));
}

namespace {

struct two_answers : thorax::network<thorax::input<1, 4, 4>, thorax::conv2d<3, thorax::kernel<3>>, thorax::relu,
                                     thorax::global_average_pool, thorax::linear<2>, thorax::sigmoid> {};

}  // namespace

TEST_CASE("where each finding has a probability of its own, its gradient is p (1 - p) times the logit's", "[explain]")
{
  const auto network = thorax::blueprint_of<two_answers>();
  const std::vector<float> parameters = random_weights(network->predicting, 3);
  const thorax::any_model<reference> net{
    network, std::make_shared<const thorax::network_weights>(network->predicting, parameters, thorax::weights_metadata{}),
    reference{}};
  thorax::tensor seen({1, 4, 4});
  const std::vector<float> pixels = random_pixels(seen.size(), 5);
  std::copy(pixels.begin(), pixels.end(), seen.begin());
  const thorax::scores said = net(seen);
  for (int finding = 0; finding < 2; ++finding) {
    const double p = double{said.probabilities(0, static_cast<std::size_t>(finding))};
    CHECK(p == Approx(1 / (1 + std::exp(-double{said.logits(0, static_cast<std::size_t>(finding))}))));
    const part_gradient logit = gradient_at(net, seen, "conv", finding);
    const part_gradient found = gradient_at(net, seen, "conv", finding, score_kind::probability);
    std::vector<double> expected(logit.gradient.begin(), logit.gradient.end());
    for (double& each : expected) each *= p * (1 - p);
    CHECK(relative(found.gradient, expected) < 1e-6);
  }
}
