// SPDX-License-Identifier: MIT
//
// The library thorax::explanations; see thorax_components.cmake, and the end of thorax.hpp, which declares the same.

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/explain/part_gradient.hpp>

template thorax::part_gradient thorax::gradient_at<thorax::cpu>(const any_model<cpu>&, const tensor&,
                                                                const std::string&, int, score_kind);
