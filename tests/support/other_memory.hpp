// SPDX-License-Identifier: MIT
//
// other_memory: memory of a backend that is not the host's. Numbers lie there with half of their bits turned, so that whoever
// follows a pointer to it reads and writes something else.

#pragma once

#include <thorax/backend/memory.hpp>  // memory

#include <bit>      // bit_cast
#include <cstddef>  // size_t
#include <cstdint>  // uint32_t

namespace thorax::tests {

struct other_memory {
  static constexpr bool is_host = false;

  static inline int blocks = 0;  ///< that are held
  static inline int ins = 0;     ///< copies so far
  static inline int outs = 0;

  static float* allocate(std::size_t count)
  {
    ++blocks;
    return new float[count];
  }
  static void release(float* numbers)
  {
    if (numbers == nullptr) return;
    --blocks;
    delete[] numbers;
  }
  static void clear(float* numbers, std::size_t count)
  {
    for (std::size_t i = 0; i < count; ++i) numbers[i] = turned(0);
  }
  static void copy_in(const float* from, std::size_t count, float* to)
  {
    ++ins;
    for (std::size_t i = 0; i < count; ++i) to[i] = turned(from[i]);
  }
  static void copy_out(const float* from, std::size_t count, float* to)
  {
    ++outs;
    for (std::size_t i = 0; i < count; ++i) to[i] = turned(from[i]);
  }
  static float turned(float number) { return std::bit_cast<float>(std::bit_cast<std::uint32_t>(number) ^ 0x0055AA55U); }
};


static_assert(memory<other_memory>);

}  // namespace thorax::tests
