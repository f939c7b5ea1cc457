// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/sigmoid.hpp>

#include "support/probability_kernels.hpp"

#include <thorax/backend/reference/sigmoid.hpp>

using thorax::cpu_sigmoid;
using thorax::reference_sigmoid;

TEST_CASE("the cpu's sigmoid and its gradient are the reference's", "[backend]")
{
  thorax::tests::check_as_reference([](auto&&... a) { cpu_sigmoid::sigmoid(a...); }, [](auto&&... a) { cpu_sigmoid::sigmoid_gradient(a...); },
                                    [](auto&&... a) { reference_sigmoid::sigmoid(a...); },
                                    [](auto&&... a) { reference_sigmoid::sigmoid_gradient(a...); });
}
