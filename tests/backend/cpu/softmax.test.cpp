// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/softmax.hpp>

#include "support/probability_kernels.hpp"

#include <thorax/backend/reference/softmax.hpp>

using thorax::cpu_softmax;
using thorax::reference_softmax;

TEST_CASE("the cpu's softmax and its gradient are the reference's", "[backend]")
{
  thorax::tests::check_as_reference([](auto&&... a) { cpu_softmax::softmax(a...); }, [](auto&&... a) { cpu_softmax::softmax_gradient(a...); },
                                    [](auto&&... a) { reference_softmax::softmax(a...); },
                                    [](auto&&... a) { reference_softmax::softmax_gradient(a...); });
}
