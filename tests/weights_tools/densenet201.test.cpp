// SPDX-License-Identifier: MIT
//
// The whole DenseNet201 of Keras, torchvision and timm, against what those programs compute with it. The files are too
// large to be committed; tests/golden/weights_golden.py makes them, and THORAX_FULL_WEIGHTS says where they are. By hand:
//
//   python3 tests/golden/weights_golden.py full DIR
//   THORAX_FULL_WEIGHTS=DIR build/gcc-release/bin/test_weights_tools "[full]"

#include "fitted_weights.hpp"

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/model/golden_sample.hpp>
#include <thorax/networks/densenet.hpp>

#include "support/catch.hpp"
#include "support/golden_file.hpp"
#include "support/golden_run.hpp"

#include <cstdlib>  // getenv
#include <iostream>
#include <string>
#include <vector>

using namespace thorax;
using namespace thorax::tests;

namespace {

const std::vector<std::string> parts{"features.denseblock1", "features.denseblock2", "features.denseblock3",
                                     "features.denseblock4", "features"};

void compare(const std::string& folder, const std::string& file, const std::string& program, int size)
{
  const auto network = blueprint_of<densenet201>({3, size, size});
  const tools::weight_source source = tools::read_weight_source(folder + "/" + file, view_of(network->written));
  const tools::fitted_weights fitted = tools::fit_weights(source, *network, 1);
  CHECK(fitted.fresh_head.empty());
  const draft plan = plan_that_keeps(network->written, parts);
  std::vector<float> film(plan.input.shape.size());
  fill_golden_input(1, film);
  const golden_run<cpu> run{plan, fitted.numbers, source.batch_norm_epsilon, film, cpu{2}};
  const golden_file expected{folder + "/" + program + "_" + std::to_string(size) + ".txt"};
  check_golden(expected["logits"], run.logits(), 1e-4);
  double worst = 0;
  for (const std::string& part : parts) {
    const golden_record& said = expected[part];
    worst = std::max(worst, said.distance_of(run.part(part, 0)) / said.largest);
    check_golden(said, run.part(part, 0), 1e-5 * said.largest);
  }
  std::cout << file << " at " << size << ": logits " << expected["logits"].distance_of(run.logits())
            << " of up to " << expected["logits"].largest << ", ends of blocks " << worst
            << " of their largest number\n";
}

}  // namespace

TEST_CASE("the whole DenseNet201 of Keras and PyTorch gives their logits", "[.][full]")
{
  const char* const folder = std::getenv("THORAX_FULL_WEIGHTS");
  if (folder == nullptr) {
    std::cout << "skipped: no THORAX_FULL_WEIGHTS\n";
    return;
  }
  for (const int size : {224, 300}) {
    for (const char* const file :
         {"keras_densenet201.h5", "keras_densenet201.weights.h5", "keras_densenet201.keras"})
      compare(folder, file, "keras", size);
    for (const char* const file : {"torchvision_densenet201.pth", "timm_densenet201.safetensors"})
      compare(folder, file, "torch", size);
  }
}
