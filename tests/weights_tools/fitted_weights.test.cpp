// SPDX-License-Identifier: MIT

#include "fitted_weights.hpp"

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/backend/reference/reference.hpp>
#include <thorax/base/half.hpp>

#include "support/catch.hpp"
#include "support/golden_file.hpp"
#include "support/golden_run.hpp"
#include "support/imported_networks.hpp"
#include "support/refuses.hpp"

#include <limits>
#include <span>
#include <string>
#include <vector>

using namespace thorax;
using namespace thorax::tests;
using thorax::tools::fit_weights;
using thorax::tools::fitted_weights;
using thorax::tools::named_weights;
using thorax::tools::read_weight_source;
using thorax::tools::take_head_of;
using thorax::tools::weight_source;

namespace {

weight_source source_of(const std::string& file, const std::string& set)
{
  return read_weight_source(imported_folder + file, view_of(imported_network(set)->written));
}

/// The logits that the framework said, and what it said at the ends of the blocks.
template<backend Backend>
void check_outputs(const blueprint& network, const fitted_weights& fitted, double epsilon,
                   const golden_file& expected, Backend chosen)
{
  const std::vector<std::string> parts{"features.denseblock1", "features.denseblock2", "features"};
  const draft plan = plan_that_keeps(network.written, parts);
  std::vector<float> film(plan.input.shape.size());
  fill_golden_input(1, film);
  const golden_run<Backend> run{plan, fitted.numbers, epsilon, film, chosen};
  check_golden(expected["logits"], run.logits(), 1e-5);
  check_golden(expected["probabilities"], run.output(), 1e-5);
  for (const std::string& part : parts)
    check_golden(expected[part], run.part(part, 0), 1e-5 * expected[part].largest);
}

struct row {
  std::string file;
  std::string set;
  std::string expected;
  double epsilon;
};

const std::vector<row> readable{
  {"torchvision.pth", "plain", "plain_torch", 1e-5},
  {"torchvision_legacy.pth", "plain", "plain_torch", 1e-5},
  {"torchvision_2017.pth", "plain", "plain_torch", 1e-5},
  {"checkpoint_parallel.pth", "plain", "plain_torch", 1e-5},
  {"checkpoint_channels_last.pth", "plain", "plain_torch", 1e-5},
  {"torchvision.safetensors", "plain", "plain_torch", 1e-5},
  {"timm.safetensors", "deep", "deep_torch", 1e-5},
  {"chest_torch.pth", "chest", "chest_torch", 1e-5},
  {"xray.pth", "xray", "xray_torch", 1e-5},
  {"keras_2018.h5", "plain", "plain_keras", 1.001e-5},
  {"keras_split.h5", "plain", "plain_keras", 1.001e-5},
  {"keras_plain.keras", "plain", "plain_keras", 1.001e-5},
  {"keras_deep.weights.h5", "deep", "deep_keras", 1.001e-5},
  {"keras_flat.h5", "chest", "chest_keras", 1.001e-5},
  {"keras_nested.h5", "chest", "chest_keras", 1.001e-5},
  {"keras_nested.keras", "chest", "chest_keras", 1.001e-5},
};

}  // namespace

TEST_CASE("every format gives the numbers that were written, bit for bit, and the outputs of its program",
          "[weights_tools]")
{
  for (const row& each : readable) {
    INFO(each.file);
    const auto network = imported_network(each.set);
    const weight_source source = source_of(each.file, each.set);
    const fitted_weights fitted = fit_weights(source, *network, 1);
    CHECK(fitted.fresh_head.empty());
    CHECK(source.batch_norm_epsilon == each.epsilon);
    CHECK(fitted.numbers == imported_numbers(view_of(network->written)));
    const golden_file expected{"../weights/" + each.expected + ".txt"};
    check_outputs(*network, fitted, source.batch_norm_epsilon, expected, reference{});
    check_outputs(*network, fitted, source.batch_norm_epsilon, expected, cpu{2});
  }
}

TEST_CASE("half precision is read exactly", "[weights_tools]")
{
  const auto network = imported_network("plain");
  const weight_source source = source_of("torchvision_half.pth", "plain");
  const fitted_weights fitted = fit_weights(source, *network, 1);
  std::vector<float> expected = imported_numbers(view_of(network->written));
  for (float& each : expected) each = f16_value(f16_bits(each));
  CHECK(fitted.numbers == expected);
  check_outputs(*network, fitted, source.batch_norm_epsilon, golden_file{"../weights/plain_half_torch.txt"},
                reference{});
}

TEST_CASE("without a classifier, or with another, the head starts from the seed and says so", "[weights_tools]")
{
  const auto plain = imported_network("plain");
  const fitted_weights no_top = fit_weights(source_of("keras_notop.h5", "plain"), *plain, 3);
  CHECK(no_top.fresh_head == "its head has no 'classifier.weight'");
  CHECK(no_top.not_used.empty());
  const std::vector<float> all = imported_numbers(view_of(plain->written));
  const std::size_t head = plain->written.parameters[plain->written.parameters.size() - 2].offset;
  CHECK(std::equal(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(head), no_top.numbers.begin()));
  CHECK(no_top.numbers != fit_weights(source_of("keras_notop.h5", "plain"), *plain, 4).numbers);
  CHECK(no_top.tensors.back().source == nullptr);

  const auto chest = imported_network("chest");
  const fitted_weights moved = fit_weights(source_of("torchvision.pth", "chest"), *chest, 3);
  CHECK(moved.fresh_head == "its head has no 'classifier.norm.weight'");
  CHECK(moved.not_used == std::vector<std::string>{"classifier.weight", "classifier.bias"});
  for (const std::string file : {"keras_split.h5", "keras_plain.keras"})
    CHECK(fit_weights(source_of(file, "chest"), *chest, 3).numbers == moved.numbers);
}

TEST_CASE("the head may come from another file", "[weights_tools]")
{
  const auto chest = imported_network("chest");
  weight_source source = source_of("keras_notop.h5", "chest");
  take_head_of(source_of("chest_torch.pth", "chest"), source);
  const fitted_weights fitted = fit_weights(source, *chest, 1);
  CHECK(fitted.fresh_head.empty());
  CHECK(fitted.numbers == imported_numbers(view_of(chest->written)));
  CHECK(refuses(error_code::does_not_fit, "expected a head to take",
                [&] { take_head_of(source_of("keras_notop.h5", "chest"), source); }));
}

TEST_CASE("weights of another network are refused by the first tensor that does not fit", "[weights_tools]")
{
  const auto plain = imported_network("plain");
  const auto refused = [&](const std::string& words, auto change) {
    weight_source source = source_of("torchvision.pth", "plain");
    change(source.tensors);
    CHECK(refuses(error_code::does_not_fit, words, [&] { fit_weights(source, *plain, 1); }));
  };
  refused("expected a tensor 'features.conv0.weight', found none",
          [](auto& tensors) { tensors.erase(tensors.begin()); });
  refused("tensor 'features.nose' has no place", [](auto& tensors) {
    tensors.push_back({"features.nose", "features.nose", {1}, {1}, ""});
  });
  refused("stands there twice", [](auto& tensors) { tensors.push_back(tensors.front()); });
  refused("expected 4x3x7x7, found 4x1x7x7", [](auto& tensors) {
    tensors.front().shape[1] = 1;
    tensors.front().numbers.resize(4 * 49);
  });
  CHECK(refuses(error_code::does_not_fit, "has no place in the network",
                [&] { fit_weights(source_of("timm.safetensors", "plain"), *plain, 1); }));
  CHECK(refuses(error_code::does_not_fit, "expected a tensor 'features.denseblock1.denselayer2.norm1.weight'",
                [&] { fit_weights(source_of("torchvision.pth", "deep"), *imported_network("deep"), 1); }));
}

TEST_CASE("a published network is recognized where another was expected", "[weights_tools]")
{
  weight_source source;
  source.name = "'file'";
  for (int layer = 1; layer <= 24; ++layer)
    for (const auto& [block, most] : {std::pair{1, 6}, {2, 12}, {3, 24}, {4, 16}})
      if (layer <= most)
        source.tensors.push_back(
          {"features.denseblock" + std::to_string(block) + ".denselayer" + std::to_string(layer) + ".norm1.weight",
           "x",
           {1},
           {1},
           ""});
  CHECK(refuses(error_code::does_not_fit, "it looks like densenet121",
                [&] { fit_weights(source, *imported_network("plain"), 1); }));
}

TEST_CASE("numbers that nobody can compute with are refused by the name of their tensor", "[weights_tools]")
{
  const auto plain = imported_network("plain");
  const auto refused = [&](error_code code, const std::string& words, auto change) {
    weight_source source = source_of("torchvision.pth", "plain");
    change(source.tensors);
    CHECK(refuses(code, words, [&] { fit_weights(source, *plain, 1); }));
  };
  const auto tensor = [](auto& tensors, const std::string& name) -> named_weights& {
    for (named_weights& each : tensors)
      if (each.target == name) return each;
    return tensors.front();
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  refused(error_code::number_not_finite, "tensor 'features.norm5.bias' holds what is no finite number",
          [&](auto& tensors) { tensor(tensors, "features.norm5.bias").numbers.back() = nan; });
  refused(error_code::number_not_finite, "tensor 'classifier.weight' holds", [&](auto& tensors) { tensor(tensors, "classifier.weight").numbers[3] = nan; });
  refused(error_code::number_not_finite, "'features.norm0.running_var' holds a variance below 0",
          [&](auto& tensors) { tensor(tensors, "features.norm0.running_var").numbers[0] = -1; });
  refused(error_code::does_not_fit, "'features.norm0.bias': expected floats, found integers",
          [&](auto& tensors) { tensor(tensors, "features.norm0.bias").numbers.clear(); });
}

TEST_CASE("a head that computes something else than the network's starts anew", "[weights_tools]")
{
  const auto plain = imported_network("plain");
  const auto xray = imported_network("xray");
  weight_source source = source_of("torchvision.pth", "plain");
  source.head = {"GlobalMaxPooling2D", "dense", "softmax"};
  CHECK(fit_weights(source, *plain, 1).fresh_head == "its head is GlobalMaxPooling2D, dense, softmax, expected pool, dense, softmax");
  source.head = {"pool", "dense"};  // ends with the logits
  CHECK(fit_weights(source, *plain, 1).fresh_head.empty());
  source.tensors.push_back({"fc.weight", "fc.weight", {1}, {1}, ""});
  CHECK(fit_weights(source, *plain, 1).fresh_head == "its head has also 'fc.weight'");
  source.tensors.pop_back();
  source.head_of = "xrv_densenet121";
  CHECK(fit_weights(source, *plain, 1).fresh_head == "its head is that of xrv_densenet121");
  CHECK(tools::head_steps(*imported_network("chest")) == std::vector<std::string>{"pool", "norm", "dense", "relu", "dense", "softmax"});

  // Weights of torchxrayvision have a sigmoid at the end, and films of their own scale.
  const weight_source gray = source_of("xray.pth", "xray");
  CHECK(gray.preprocessing == xrv_preprocessing);
  CHECK(gray.findings.size() == 18);
  CHECK(gray.find("op_threshs") == nullptr);
  CHECK(fit_weights(gray, *xray, 1).fresh_head.empty());
  const auto softmax = blueprint_of<densenet<imported_features<1>, 76, 18>>({1, 76, 76});
  CHECK(fit_weights(gray, *softmax, 1).fresh_head == "its head is pool, dense, sigmoid, expected pool, dense, softmax");
}

TEST_CASE("numbers of 64 bits are rounded, in every kind of file", "[weights_tools]")
{
  const std::string header = R"({"features.conv0.weight":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})";
  std::string text(8, '\0');
  text[0] = static_cast<char>(header.size());
  text += header;
  const double third = 1.0 / 3;
  text.append(reinterpret_cast<const char*>(&third), sizeof third);
  const auto bytes = std::as_bytes(std::span{text});
  const weight_source source = read_weight_source(tools::foreign_file::from_bytes(bytes, "'file'"), view_of(imported_network("plain")->written));
  CHECK(source.tensors.front().numbers == std::vector<float>{1.0F / 3});
}
