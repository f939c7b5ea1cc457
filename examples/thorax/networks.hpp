// SPDX-License-Identifier: MIT
//
// networks: the networks that the programs know by name, for films of any size and any number of findings.

#pragma once

#include <thorax/model/blueprint.hpp>     // blueprint
#include <thorax/model/weights_file.hpp>  // weights_file

#include <memory>  // shared_ptr
#include <string>
#include <vector>

namespace thorax::program {

/// Those with a head of their own for chest films, then those that were published, then one that knows chest films.
inline const std::vector<std::string> network_names{
  "small_densenet", "chest_network", "densenet121",       "densenet169",       "densenet201",    "densenet264",
  "chest_densenet121", "chest_densenet169", "chest_densenet264", "xrv_densenet121"};

inline constexpr int fewest_findings = 2;
inline constexpr int most_findings = 65536;
inline constexpr int smallest_film = 64;
inline constexpr int largest_film = 4096;

/// returns:  the network of that name for films of that size with one or three channels
/// throws:   error{wrong_usage} for a name, size or number of findings that the programs do not have
std::shared_ptr<const blueprint> network_named(const std::string& name, extents film, int findings,
                                               inference_passes wanted = {});

/// returns:  the network that a file of this library says it is for
/// throws:   error{does_not_fit} if it says none, or one that the programs do not have
std::shared_ptr<const blueprint> network_of(const weights_file& file);

/// returns:  the extents of a film for that network where nothing else is said: those it was published with
extents usual_film(const std::string& network);

/// returns:  how many channels of a film, or how many findings, a weights file has numbers for
/// throws:   error{does_not_fit} if it has none for the first convolution, or the last layer, of these networks
int channels_in(const weights_file& file);
int findings_in(const weights_file& file);

}  // namespace thorax::program
