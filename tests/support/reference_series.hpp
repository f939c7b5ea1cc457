// SPDX-License-Identifier: MIT
//
// reference_series: what the Keras project that this library is compared with printed after each epoch: the validations
// of its two phases. Reductions of the rate were reported after epochs 9 and 12, and 4 and 7; it stopped after 12, and
// 7, and put back the weights of epoch 6, and 1.

#pragma once

#include <thorax/train/history.hpp>  // validation

#include <vector>

namespace thorax::tests {

inline const std::vector<validation> reference_phase_1{
  {.5267, .7958}, {.4520, .8111}, {.4615, .8073}, {.4349, .8225}, {.4796, .7958}, {.4283, .8378},
  {.4406, .8321}, {.4319, .8340}, {.4312, .8435}, {.4353, .8397}, {.4309, .8378}, {.4366, .8359}};

inline const std::vector<validation> reference_phase_2{{.4079, .8435}, {.4255, .8416}, {.4363, .8416}, {.4309, .8321},
                                                       {.4260, .8416}, {.4277, .8359}, {.4233, .8397}};

}  // namespace thorax::tests
