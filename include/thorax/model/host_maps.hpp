// SPDX-License-Identifier: MIT
//
// host_maps: a backend's maps for somebody on the host: as they lie if that is the host's memory, else a copy.

#pragma once

#include <thorax/backend/memory.hpp>  // memory
#include <thorax/tensor/view.hpp>     // view

#include <cstddef>      // size_t
#include <type_traits>  // remove_const_t
#include <vector>

namespace thorax {

/// The maps must live longer. A `Number` that is const says that nothing is put back.
template<memory Memory, class Number>
class host_maps {
public:
  explicit host_maps(const view<Number>& there) : there_{there}
  {
    if constexpr (!Memory::is_host) {
      const std::size_t size = there.shape.size();
      copy_.resize(size * static_cast<std::size_t>(there.samples));
      for (int n = 0; n < there.samples; ++n)
        Memory::copy_out(there.sample(n), size, copy_.data() + size * static_cast<std::size_t>(n));
    }
  }

  [[nodiscard]] view<Number> operator*()
  {
    if constexpr (Memory::is_host) return there_;
    else return view<Number>::packed(copy_.data(), there_.samples, there_.shape);
  }

  /// Takes what was changed back to where the backend reads it.
  void put_back()
  {
    if constexpr (!Memory::is_host) {
      const view<Number> changed = **this;
      for (int n = 0; n < there_.samples; ++n)
        Memory::copy_in(changed.sample(n), changed.shape.size(), there_.sample(n));
    }
  }

private:
  view<Number> there_;
  std::vector<std::remove_const_t<Number>> copy_;
};

}  // namespace thorax
