// SPDX-License-Identifier: MIT
//
// The reader of safetensors, the metadata of weights and the checksum, on whatever bytes libFuzzer thinks of.

#include <thorax/model/weights_file.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::span<const std::byte> bytes = std::as_bytes(std::span{data, size});
  try {
    const thorax::safetensors_file file = thorax::safetensors_file::from_bytes(bytes, "input");
    std::vector<float> numbers;
    for (const thorax::tensor_record& each : file.tensors()) {
      if (!thorax::holds_weights(each.format)) continue;
      numbers.resize(each.size());
      file.copy_to(each, numbers);
    }
    static_cast<void>(thorax::weights_file::from_bytes(bytes, "input"));
  }
  catch (const thorax::error&) {  // refused: one of the two right answers
  }
  return 0;
}
