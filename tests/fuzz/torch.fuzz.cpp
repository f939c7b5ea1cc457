// SPDX-License-Identifier: MIT
//
// torch.fuzz: any bytes as a file of torch.save. What is neither of its two forms is walked as a bare pickle, alone and
// in an archive whose checksums are right, so that damage gets as far as strides and storages.

#include "torch/pickle.hpp"
#include "torch/torch_file.hpp"
#include "torch/zip_archive.hpp"

#include <thorax/base/error.hpp>

#include "support/zip_by_hand.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>  // abort
#include <span>
#include <string>
#include <vector>

namespace {

using namespace thorax::tools;

template<class Read>
void try_reading(Read&& read)
{
  try {
    for (const foreign_tensor& each : read()) {
      std::size_t count = 1;
      for (const std::size_t extent : each.shape) count *= extent;
      if (!each.numbers.empty() && each.numbers.size() != count) std::abort();
    }
  }
  catch (const thorax::error&) {
    // What is refused is as good as what is read.
  }
}

/// An archive with this pickle and two storages of 64 bytes.
std::string archive_of(std::span<const std::byte> pickle)
{
  const std::string opcodes{reinterpret_cast<const char*>(pickle.data()), pickle.size()};
  const std::string numbers(64, '?');
  return thorax::tests::make_zip({{"a/data.pkl", opcodes}, {"a/data/0", numbers}, {"a/data/1", numbers}}).bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const auto bytes = std::as_bytes(std::span{data, size});
  if (zip_archive::looks_like(bytes)) {
    try_reading([&] { return read_torch_zip(zip_archive{bytes, "'x'"}, "'x'"); });
    return 0;
  }
  if (is_legacy_torch(bytes)) {
    try_reading([&] { return read_legacy_torch(bytes, "'x'"); });
    return 0;
  }
  try_reading([&] { return walk_pickle(bytes, "'x'"), std::vector<foreign_tensor>{}; });
  const std::string archive = archive_of(bytes);
  try_reading([&] { return read_torch_zip(zip_archive{thorax::tests::bytes_in(archive), "'x'"}, "'x'"); });
  return 0;
}
