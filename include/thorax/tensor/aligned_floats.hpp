// SPDX-License-Identifier: MIT
//
// aligned_floats: memory for numbers, aligned to cache lines, that only ever grows.

#pragma once

#include <cstddef>  // size_t
#include <memory>   // unique_ptr
#include <new>      // align_val_t
#include <span>
#include <utility>  // exchange, move, swap

#if defined(__linux__)
#include <sys/mman.h>  // madvise
#endif

namespace thorax {

namespace detail {

struct release_floats {
  std::align_val_t aligned{};
  void operator()(float* numbers) const { ::operator delete(numbers, aligned); }
};

}  // namespace detail

/// returns:  as many floats or a few more: whole cache lines
constexpr std::size_t whole_lines(std::size_t floats) { return (floats + 15) / 16 * 16; }

/// Working memory whose content does not survive growing.
class aligned_floats {
public:
  static constexpr std::size_t alignment = 64;  // bytes: a cache line, and the widest vector register

  /// Where much is held it is asked for in pages of this size: a film then needs some hundred translations of addresses
  /// instead of thirty thousand.
  static constexpr std::size_t large_page = std::size_t{2} << 20;

  aligned_floats() = default;
  explicit aligned_floats(std::size_t count) { grow_to(count); }
  aligned_floats(aligned_floats&& other) noexcept
    : numbers_{std::move(other.numbers_)}, size_{std::exchange(other.size_, 0)}
  {
  }
  aligned_floats& operator=(aligned_floats&& other) noexcept
  {
    std::swap(numbers_, other.numbers_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~aligned_floats() = default;

  /// Makes room for `count` numbers; what was there is lost if it was not large enough. New memory is not
  /// touched.
  void grow_to(std::size_t count)
  {
    if (count <= size_) return;
    numbers_.reset();
    size_ = 0;  // stays so if there is no memory
    const std::size_t bytes = count * sizeof(float);
    const std::align_val_t aligned{bytes < 2 * large_page ? alignment : large_page};
    numbers_ = {static_cast<float*>(::operator new(bytes, aligned)), detail::release_floats{aligned}};
    size_ = count;
#if defined(__linux__)
    if (bytes >= 2 * large_page) ::madvise(numbers_.get(), bytes / large_page * large_page, MADV_HUGEPAGE);  // a wish
#endif
  }

  [[nodiscard]] float* data() const { return numbers_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<float> span() const { return {data(), size_}; }

private:
  std::unique_ptr<float, detail::release_floats> numbers_;
  std::size_t size_{};
};

}  // namespace thorax
