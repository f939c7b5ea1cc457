// SPDX-License-Identifier: MIT
//
// allocations: counts what a program takes from the free store, in all its threads. To be included by one file
// of a program, because it replaces the program's operator new.

#pragma once

#include <atomic>
#include <cstddef>  // size_t
#include <cstdlib>  // aligned_alloc, free, malloc
#include <new>      // align_val_t, bad_alloc, nothrow_t

namespace thorax::tests {

inline std::atomic<long> allocations{0};

/// returns:  how often `work` allocated
template<class Work>
long allocations_of(Work&& work)
{
  const long before = allocations.load();
  work();
  return allocations.load() - before;
}

}  // namespace thorax::tests

[[gnu::noinline]] void* operator new(std::size_t bytes)
{
  ++thorax::tests::allocations;
  if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc{};
}

[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment)
{
  ++thorax::tests::allocations;
  const auto side = static_cast<std::size_t>(alignment);
  if (void* const memory = std::aligned_alloc(side, (bytes + side) / side * side)) return memory;
  throw std::bad_alloc{};
}

[[gnu::noinline]] void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept
{
  ++thorax::tests::allocations;
  return std::malloc(bytes == 0 ? 1 : bytes);
}

[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
