// SPDX-License-Identifier: MIT
//
// hdf5: any bytes at all are an HDF5 file that is read, or an error with a sentence.

#include "hdf5/hdf5_file.hpp"

#include <thorax/base/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace {

void read_all(std::span<const std::byte> bytes)
{
  const thorax::tools::hdf5_file file{bytes, "fuzz"};
  for (const thorax::tools::hdf5_object& each : file.objects()) {
    if (file.find(each.path) != &each) std::abort();
    if (each.is_group || !each.refusal.empty()) continue;
    const std::size_t count = each.bytes.size() / thorax::bytes_of(each.format);
    if (file.tensor(each).numbers.size() != count) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  try {
    read_all(std::as_bytes(std::span{data, size}));
  }
  catch (const thorax::error&) {
    // Refused, as most inputs are.
  }
  return 0;
}
