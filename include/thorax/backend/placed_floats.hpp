// SPDX-License-Identifier: MIT
//
// placed_floats: working memory that lies where a backend computes and only ever grows. Which backend that is, is said
// when it grows, so a caller's workspace is the same for all.

#pragma once

#include <thorax/backend/memory.hpp>         // memory
#include <thorax/tensor/aligned_floats.hpp>  // aligned_floats

#include <cstddef>  // size_t
#include <memory>   // unique_ptr

namespace thorax {

/// On the host these are aligned_floats.
class placed_floats {
public:
  placed_floats() = default;

  /// Makes room for `count` numbers; what was there is lost if it was not large enough, or lay elsewhere.
  ///
  /// throws:  what Memory::allocate throws, and then holds nothing
  /// returns: where they begin
  template<memory Memory>
  float* grow_to(std::size_t count)
  {
    if constexpr (Memory::is_host) {
      elsewhere_.reset();
      host_.grow_to(count);
      size_ = host_.size();
      return data_ = host_.data();
    }
    else {
      if (elsewhere_ != nullptr && elsewhere_.get_deleter() == &Memory::release && count <= size_) return data_;
      data_ = nullptr;
      size_ = 0;
      host_ = {};
      elsewhere_.reset();
      elsewhere_ = {Memory::allocate(count), &Memory::release};
      size_ = count;
      return data_ = elsewhere_.get();
    }
  }

  [[nodiscard]] float* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

private:
  static void release_nothing(float*) {}

  aligned_floats host_;
  std::unique_ptr<float, void (*)(float*)> elsewhere_{nullptr, &release_nothing};
  float* data_{};
  std::size_t size_{};
};

}  // namespace thorax
