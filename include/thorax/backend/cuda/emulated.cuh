// SPDX-License-Identifier: MIT
//
// emulated: a device without a GPU, to test kernels and everything around them with. Lanes are a loop, in either order;
// memory may be touched only while a kernel or a copy runs: the host that follows a pointer to it is ended at once, and
// a kernel that is given a pointer of the host's is refused.

#pragma once

#include <thorax/backend/cuda/cuda.hpp>  // cuda_memory
#include <thorax/base/error.hpp>         // error

#include <thrust/system/cpp/execution_policy.h>

#include <sys/mman.h>  // mmap, mprotect, msync, munmap
#include <unistd.h>    // sysconf

#include <algorithm>  // max
#include <array>
#include <cstddef>  // size_t
#include <cstdint>  // uintptr_t
#include <cstdlib>  // getenv
#include <cstring>  // memcpy, memset, strcmp
#include <map>
#include <memory>  // make_unique
#include <mutex>
#include <string>

#define THORAX_DEVICE
#define THORAX_BOTH

namespace thorax {

inline auto device_policy() { return thrust::cpp::par; }

template<class Work>
void guarded(Work&& work)
{
  work();
}

/// Blocks of memory, and how many kernels and copies may touch them now.
struct emulated_memory {
  std::mutex guard;
  std::map<void*, std::size_t> blocks;
  int users{};

  static emulated_memory& of_process()
  {
    static emulated_memory only;
    return only;
  }
  void allow(int rights) const
  {
    for (const auto& [start, bytes] : blocks) ::mprotect(start, bytes, rights);
  }
  [[nodiscard]] bool holds(std::uintptr_t address)
  {
    const std::lock_guard lock{guard};
    for (const auto& [start, bytes] : blocks)
      if (address - reinterpret_cast<std::uintptr_t>(start) < bytes) return true;
    return false;
  }
};

/// While one exists, the device's memory may be touched.
class device_access {
public:
  device_access() { change(1, 0, PROT_READ | PROT_WRITE); }
  ~device_access() { change(-1, 1, PROT_NONE); }
  device_access(const device_access&) = delete;
  device_access& operator=(const device_access&) = delete;

private:
  static void change(int by, int when, int rights)
  {
    emulated_memory& all = emulated_memory::of_process();
    const std::lock_guard lock{all.guard};
    if (all.users == when) all.allow(rights);
    all.users += by;
  }
};

/// A GPU cannot follow the host's pointers: looks at every word that a kernel is made of, whether it leads to memory that
/// is there and not the device's. Behind a bool or an extent lies what was there before, so words that begin as one are
/// passed over, and with them a pointer in sixteen at most.
///
/// throws:  error{no_device} if it does
template<class Work>
void ensure_on_device(const Work& work)
{
  std::array<std::uintptr_t, sizeof(Work) / sizeof(std::uintptr_t)> words{};
  std::memcpy(words.data(), static_cast<const void*>(&work), words.size() * sizeof(std::uintptr_t));
  constexpr std::uintptr_t pairs_end = std::uintptr_t{1} << 46;  // below, a word is rather a pair of extents
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (const std::uintptr_t word : words) {
    const bool is_small = (word & 0xFF) <= 1 || (word & 0xFFFFFFFF) < (1U << 20);
    if (word < pairs_end || is_small || word % alignof(float) != 0) continue;
    const bool is_there = ::msync(reinterpret_cast<void*>(word / page * page), 1, MS_ASYNC) == 0;
    if (is_there && !emulated_memory::of_process().holds(word))
      throw error{error_code::no_device, "a kernel was given a pointer of the host's, which a GPU cannot follow"};
  }
}

/// Whether the lanes of a block run from the last to the first between two barriers, as THORAX_EMULATED_LANES=down asks
/// for: a body that cares is wrong.
inline bool lanes_run_down()
{
  static const char* const asked = std::getenv("THORAX_EMULATED_LANES");
  return asked != nullptr && std::strcmp(asked, "down") == 0;
}

template<int Lanes>
struct emulated_block {
  template<class Type>
  struct kept {
    std::array<Type, static_cast<std::size_t>(Lanes)> all;
    Type& operator[](int lane) { return all[static_cast<std::size_t>(lane)]; }
  };

  int x;
  int y;
  int z;

  template<class Work>
  void each_lane(Work&& work) const
  {
    const bool down = lanes_run_down();
    for (int i = 0; i < Lanes; ++i) work(down ? Lanes - 1 - i : i);
  }
};

/// What lanes share is not a number when a block begins.
template<class Body>
void launch_blocks(int x, int y, int z, const Body& body)
{
  const auto room = std::make_unique<typename Body::shared>();
  for (emulated_block<Body::lanes> block{0, 0, 0}; block.z < z; ++block.z)
    for (block.y = 0; block.y < y; ++block.y)
      for (block.x = 0; block.x < x; ++block.x) {
        std::memset(static_cast<void*>(room.get()), 0xFF, sizeof *room);
        body(block, *room);
      }
}

float* cuda_memory::allocate(std::size_t count)
{
  emulated_memory& all = emulated_memory::of_process();
  const std::lock_guard lock{all.guard};
  const std::size_t bytes = std::max<std::size_t>(count, 1) * sizeof(float);
  const int rights = all.users > 0 ? PROT_READ | PROT_WRITE : PROT_NONE;
  void* const start = ::mmap(nullptr, bytes, rights, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED)
    throw error{error_code::limit_exceeded, "the emulated device has no " + std::to_string(bytes) + " bytes left"};
  all.blocks.emplace(start, bytes);
  return static_cast<float*>(start);
}

void cuda_memory::release(float* numbers)
{
  if (numbers == nullptr) return;
  emulated_memory& all = emulated_memory::of_process();
  const std::lock_guard lock{all.guard};
  const auto found = all.blocks.find(numbers);
  ::munmap(found->first, found->second);
  all.blocks.erase(found);
}

void cuda_memory::clear(float* numbers, std::size_t count)
{
  const device_access granted;
  std::memset(numbers, 0, count * sizeof(float));
}

void cuda_memory::copy_in(const float* from, std::size_t count, float* to)
{
  const device_access granted;
  if (count > 0) std::memcpy(to, from, count * sizeof(float));
}

void cuda_memory::copy_out(const float* from, std::size_t count, float* to) { copy_in(from, count, to); }

cuda::cuda(int wanted) : threads{wanted} {}

std::string cuda::device_name() { return "an emulated device"; }

}  // namespace thorax
