// SPDX-License-Identifier: MIT
//
// Five steps of training against PyTorch in double: the loss of each, the gradients of the first, running
// statistics and parameters after the last.

#include <thorax/train/trainer.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/train/freeze_boundary.hpp>

#include "support/catch.hpp"
#include "support/golden_file.hpp"
#include "support/golden_weights.hpp"
#include "support/tiny_network.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace thorax::tests;

namespace {

constexpr std::array findings{0, 1, 2, 1};
constexpr std::array weights{1.0F, 0.5F, 2.0F, 1.0F};
constexpr int steps = 5;

struct recipe {
  const char* golden;
  const char* boundary;
  double epsilon;
  std::uint64_t first_film;
  double learning_rate;
};

// A part's tensors share a scale: the weight of a batch norm has a gradient far smaller than its bias where
// the next batch norm takes the scale out again.
double largest_of_part(const golden_file& expected, const std::string& group, const std::string& name)
{
  const std::string part = name.substr(0, name.rfind('.') + 1);
  double largest = 0;
  for (const golden_record& record : expected.records())
    if (record.name.starts_with(group + part)) largest = std::max(largest, record.largest);
  return largest;
}

template<class Backend>
void check_gradients(const golden_file& expected, const thorax::trainer<Backend>& trained)
{
  const thorax::draft& written = trained.network().written;
  std::size_t checked = 0;
  for (const thorax::parameter& tensor : written.parameters) {
    if (!trained.plan().trains(tensor)) continue;
    const std::string name = thorax::name_of(view_of(written), tensor);
    const auto found = trained.gradient().subspan(tensor.offset - trained.first_trained(), tensor.size());
    check_golden(expected["gradient/" + name], found, 1e-4 * largest_of_part(expected, "gradient/", name));
    ++checked;
  }
  const auto records = expected.records();
  const auto is_gradient = [](const golden_record& each) { return each.name.starts_with("gradient/"); };
  CHECK(static_cast<std::ptrdiff_t>(checked) == std::count_if(records.begin(), records.end(), is_gradient));
}

// Adam divides each gradient by its own size, so a gradient that is nearly 0 moves its parameter by a whole
// step in a direction that rounding decides: parameters agree to a hundredth of the way five steps can go.
template<class Backend>
void check_parameters(const golden_file& expected, const thorax::trainer<Backend>& trained,
                      double tolerance)
{
  const thorax::draft& written = trained.network().written;
  for (const thorax::parameter& tensor : written.parameters) {
    const std::string name = thorax::name_of(view_of(written), tensor);
    if (tensor.offset < trained.first_trained()) continue;
    const auto found = trained.parameters().subspan(tensor.offset, tensor.size());
    const golden_record& record = expected["after/" + name];
    check_golden(record, found, is_trainable(tensor.kind) ? tolerance : 1e-5 * std::max(1.0, record.largest));
  }
}

template<class Network, class Backend>
void check_training(const recipe& made, Backend chosen)
{
  INFO(Backend::name << ", " << made.golden);
  const golden_file expected{made.golden};
  const auto network = thorax::blueprint_of<Network>();
  const thorax::extents shape = network->predicting.input.shape;
  const std::vector<float> start = golden_weights(network->predicting);
  thorax::trainer<Backend> trained{network, start, made.epsilon, chosen, golden_seed};
  trained.begin_phase({.boundary = thorax::freeze_boundary(view_of(network->written), made.boundary)});
  const std::vector<float> films = golden_films(static_cast<int>(findings.size()), shape, made.first_film);
  const auto samples = thorax::view<const float>::packed(films.data(), static_cast<int>(findings.size()), shape);
  std::vector<float> losses;
  for (int step = 0; step < steps; ++step) {
    const thorax::step_report report = trained.step(samples, findings, weights, {.learning_rate = made.learning_rate});
    losses.push_back(static_cast<float>(report.loss));
    if (step == 0) check_gradients(expected, trained);
  }
  check_golden(expected["losses"], losses, 1e-4);
  check_parameters(expected, trained, steps * made.learning_rate / 100);
  const auto frozen = static_cast<std::ptrdiff_t>(trained.first_trained());
  CHECK(std::equal(start.begin(), start.begin() + frozen, trained.parameters().begin()));
}

}  // namespace

TEST_CASE("training the whole tiny network takes PyTorch's five steps", "[golden]")
{
  const recipe made{"tiny_training.txt", "everything", 1e-5, 4, 1e-3};
  check_training<tiny_network>(made, thorax::reference{});
  check_training<tiny_network>(made, thorax::cpu{1});
  check_training<tiny_network>(made, thorax::cpu{2});
}

TEST_CASE("training behind a freeze boundary takes PyTorch's five steps and leaves the rest alone", "[golden]")
{
  const recipe made{"tiny_training_frozen.txt", "features.denseblock4", 1.001e-5, 140, 1e-3};
  check_training<tiny_network>(made, thorax::reference{});
  check_training<tiny_network>(made, thorax::cpu{2});
}

TEST_CASE("training DenseNet201 from its last norm on takes PyTorch's five steps", "[golden][slow]")
{
  const recipe made{"densenet201_training.txt", "features.norm5", 1.001e-5, 12, 1e-4};
  check_training<thorax::chest_network_at<96>>(made, thorax::cpu{});
}
