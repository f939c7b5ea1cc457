// SPDX-License-Identifier: MIT
//
// aligned_floats: memory for numbers, aligned to cache lines, that only ever grows.

#pragma once

#include <cstddef>  // size_t
#include <memory>   // unique_ptr
#include <new>      // align_val_t
#include <span>
#include <utility>  // exchange, move, swap

namespace thorax {

/// Working memory whose content does not survive growing.
class aligned_floats {
public:
  static constexpr std::size_t alignment = 64;  // bytes: a cache line, and the widest vector register

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
    numbers_.reset(static_cast<float*>(::operator new(count * sizeof(float), std::align_val_t{alignment})));
    size_ = count;
  }

  [[nodiscard]] float* data() const { return numbers_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<float> span() const { return {data(), size_}; }

private:
  struct release {
    void operator()(float* numbers) const { ::operator delete(numbers, std::align_val_t{alignment}); }
  };

  std::unique_ptr<float, release> numbers_;
  std::size_t size_{};
};

}  // namespace thorax
