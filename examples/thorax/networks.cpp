// SPDX-License-Identifier: MIT

#include "networks.hpp"

#include <thorax/base/error.hpp>              // error
#include <thorax/networks/chest_network.hpp>  // chest_classifier

#include <utility>  // integer_sequence

namespace thorax::program {

namespace {

template<class Features, int... More>
std::shared_ptr<const blueprint> with_findings(int findings, extents input, std::integer_sequence<int, More...>)
{
  std::shared_ptr<const blueprint> made;
  const auto choose = [&]<int Findings>() {
    if (findings != Findings) return false;
    made = blueprint_of<chest_classifier<Features, 300, Findings>>(input);
    return true;
  };
  static_cast<void>((choose.template operator()<fewest_findings + More>() || ...));
  return made;
}

template<class Features>
std::shared_ptr<const blueprint> with_features(int findings, extents input)
{
  return with_findings<Features>(findings, input,
                                 std::make_integer_sequence<int, most_findings - fewest_findings + 1>{});
}

}  // namespace

std::shared_ptr<const blueprint> network_named(const std::string& name, int size, int findings)
{
  if (size < smallest_film || size > largest_film)
    throw error{error_code::wrong_usage, "films of " + std::to_string(size) + " pixels: expected " +
                                           std::to_string(smallest_film) + " to " + std::to_string(largest_film)};
  if (findings < fewest_findings || findings > most_findings)
    throw error{error_code::wrong_usage,
                std::to_string(findings) + " findings: expected " + std::to_string(fewest_findings) + " to " +
                  std::to_string(most_findings) +
                  "; a program of your own has any number, see examples/03_own_network.cpp"};
  const extents input{3, size, size};
  if (name == "small_densenet") return with_features<small_densenet_features>(findings, input);
  if (name == "densenet121") return with_features<densenet121_features>(findings, input);
  if (name == "densenet169") return with_features<densenet169_features>(findings, input);
  if (name == "densenet201") return with_features<densenet201_features>(findings, input);
  if (name == "densenet264") return with_features<densenet264_features>(findings, input);
  std::string known;
  for (const std::string& each : network_names) known += (known.empty() ? "" : ", ") + each;
  throw error{error_code::wrong_usage, "there is no network '" + name + "'; expected one of " + known};
}

}  // namespace thorax::program
