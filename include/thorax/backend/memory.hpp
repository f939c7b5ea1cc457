// SPDX-License-Identifier: MIT
//
// memory: where a backend's numbers lie. Films and answers lie on the host; what kernels read and write lies here.

#pragma once


#include <algorithm>  // copy_n, fill_n
#include <concepts>   // convertible_to, same_as
#include <cstddef>    // size_t

namespace thorax {

/// A policy. Counts are of floats; copies are done when they return, so the host's side may change at once.
///
/// throws:  allocate: error{limit_exceeded} when there is not as much
template<class Memory>
concept memory = requires(const float* read, float* written, std::size_t count) {
  { Memory::is_host } -> std::convertible_to<bool>;  // the host may follow its pointers
  Memory::clear(written, count);                      // sets to 0
  Memory::copy_in(read, count, written);              // from the host
  Memory::copy_out(read, count, written);             // to the host
} && (Memory::is_host || requires(float* owned, std::size_t count) {
  { Memory::allocate(count) } -> std::same_as<float*>;
  Memory::release(owned);
});

/// The host's own. It is allocated as aligned_floats.
struct host_memory {
  static constexpr bool is_host = true;

  static void clear(float* numbers, std::size_t count) { std::fill_n(numbers, count, 0.0F); }
  static void copy_in(const float* from, std::size_t count, float* to) { std::copy_n(from, count, to); }
  static void copy_out(const float* from, std::size_t count, float* to) { std::copy_n(from, count, to); }
};

static_assert(memory<host_memory>);

}  // namespace thorax
