// SPDX-License-Identifier: MIT
//
// networks: the networks that the program knows by name, for films of any size and two to six findings.

#pragma once

#include <thorax/model/blueprint.hpp>  // blueprint

#include <memory>  // shared_ptr
#include <string>
#include <vector>

namespace thorax::program {

inline const std::vector<std::string> network_names{"small_densenet", "densenet121", "densenet169", "densenet201",
                                                    "densenet264"};

inline constexpr int fewest_findings = 2;
inline constexpr int most_findings = 6;
inline constexpr int smallest_film = 64;
inline constexpr int largest_film = 4096;

/// returns:  the network of that name for square films of `size` pixels
/// throws:   error{wrong_usage} for a name, size or number of findings that the program does not have
std::shared_ptr<const blueprint> network_named(const std::string& name, int size, int findings);

}  // namespace thorax::program
