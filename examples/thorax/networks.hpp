// SPDX-License-Identifier: MIT
//
// networks: the networks that the program knows by name, for films of any size and two to six findings.

#pragma once

#include <thorax/model/blueprint.hpp>         // blueprint_of
#include <thorax/networks/chest_network.hpp>  // chest_classifier

#include <memory>
#include <string>
#include <utility>  // index_sequence
#include <vector>

namespace program {

inline const std::vector<std::string> network_names{"small_densenet", "densenet121", "densenet169", "densenet201",
                                                    "densenet264"};

inline constexpr int fewest_findings = 2;
inline constexpr int most_findings = 6;
inline constexpr int smallest_film = 64;

namespace detail {

template<class Features, int... More>
std::shared_ptr<const thorax::blueprint> with_findings(int findings, thorax::extents input,
                                                       std::integer_sequence<int, More...>)
{
  std::shared_ptr<const thorax::blueprint> made;
  const auto choose = [&]<int Findings>() {
    if (findings != Findings) return false;
    made = thorax::blueprint_of<thorax::chest_classifier<Features, 300, Findings>>(input);
    return true;
  };
  static_cast<void>((choose.template operator()<fewest_findings + More>() || ...));
  return made;
}

template<class Features>
std::shared_ptr<const thorax::blueprint> with_features(int findings, thorax::extents input)
{
  return with_findings<Features>(findings, input, std::make_integer_sequence<int, most_findings - fewest_findings + 1>{});
}

}  // namespace detail

/// returns:  the network of that name for square films of `size` pixels
/// throws:   error{wrong_usage} for a name, size or number of findings that the program does not have
inline std::shared_ptr<const thorax::blueprint> network_named(const std::string& name, int size, int findings)
{
  using thorax::error;
  using thorax::error_code;
  if (size < smallest_film || size > 4096)
    throw error{error_code::wrong_usage, "films of " + std::to_string(size) + " pixels: expected 64 to 4096"};
  if (findings < fewest_findings || findings > most_findings)
    throw error{error_code::wrong_usage, std::to_string(findings) + " findings: expected 2 to 6; another number is " +
                                           "one line in a program of your own, see examples/03_own_network.cpp"};
  const thorax::extents input{3, size, size};
  if (name == "small_densenet") return detail::with_features<thorax::small_densenet_features>(findings, input);
  if (name == "densenet121") return detail::with_features<thorax::densenet121_features>(findings, input);
  if (name == "densenet169") return detail::with_features<thorax::densenet169_features>(findings, input);
  if (name == "densenet201") return detail::with_features<thorax::densenet201_features>(findings, input);
  if (name == "densenet264") return detail::with_features<thorax::densenet264_features>(findings, input);
  std::string known;
  for (const std::string& each : network_names) known += (known.empty() ? "" : ", ") + each;
  throw error{error_code::wrong_usage, "there is no network '" + name + "'; expected one of " + known};
}

}  // namespace program
