// SPDX-License-Identifier: MIT
//
// The whole way of an import behind the command line: a file of any kind becomes tensors with names of this library, and
// these the numbers of a network.

#include "fitted_weights.hpp"

#include "support/imported_networks.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  static const auto network = thorax::tests::imported_network("plain");
  try {
    const auto file = thorax::tools::foreign_file::from_bytes(std::as_bytes(std::span{data, size}), "input");
    const auto source = thorax::tools::read_weight_source(file, view_of(network->written));
    static_cast<void>(thorax::tools::fit_weights(source, *network, 1));
  }
  catch (const thorax::error&) {  // refused: one of the two right answers
  }
  return 0;
}
