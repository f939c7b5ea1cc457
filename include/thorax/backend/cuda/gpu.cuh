// SPDX-License-Identifier: MIT
//
// gpu: a GPU of NVIDIA. Everything is put into the stream of the calling thread.

#pragma once

#include <thorax/backend/cuda/cuda.hpp>  // cuda_memory
#include <thorax/base/error.hpp>         // error

#include <cuda_runtime_api.h>
#include <thrust/system/cuda/execution_policy.h>
#include <thrust/system_error.h>

#include <cstddef>  // size_t
#include <string>

#define THORAX_DEVICE __device__
#define THORAX_BOTH __host__ __device__

namespace thorax {

inline auto device_policy() { return thrust::cuda::par_nosync.on(cudaStreamPerThread); }

/// Nothing has to be granted: a GPU has memory of its own.
struct device_access {
  device_access() {}
};

inline void check(cudaError_t status, const char* what)
{
  if (status == cudaSuccess) return;
  throw error{error_code::no_device, std::string{"the GPU failed "} + what + ": " + cudaGetErrorString(status)};
}

/// It finds out itself.
template<class Work>
void ensure_on_device(const Work&)
{
}

/// What thrust throws becomes an error.
template<class Work>
void guarded(Work&& work)
{
  try {
    work();
  }
  catch (const thrust::system_error& failure) {
    throw error{error_code::no_device, std::string{"the GPU failed to start a kernel: "} + failure.what()};
  }
}

/// A lane is a thread.
struct gpu_block {
  template<class Type>
  struct kept {
    Type own;
    __device__ Type& operator[](int) { return own; }
  };

  int x;
  int y;
  int z;

  template<class Work>
  __device__ void each_lane(Work&& work) const
  {
    work(static_cast<int>(threadIdx.x));
    __syncthreads();
  }
};

template<class Body>
__global__ void __launch_bounds__(Body::lanes) block_kernel(Body body)
{
  __shared__ typename Body::shared room;
  const gpu_block block{static_cast<int>(blockIdx.x), static_cast<int>(blockIdx.y), static_cast<int>(blockIdx.z)};
  body(block, room);
}

template<class Body>
void launch_blocks(int x, int y, int z, const Body& body)
{
  const dim3 blocks(static_cast<unsigned>(x), static_cast<unsigned>(y), static_cast<unsigned>(z));
  block_kernel<<<blocks, Body::lanes, 0, cudaStreamPerThread>>>(body);
  check(cudaPeekAtLastError(), "to start a kernel");
}

float* cuda_memory::allocate(std::size_t count)
{
  float* numbers = nullptr;
  const cudaError_t status = cudaMalloc(&numbers, count * sizeof(float));
  if (status == cudaErrorMemoryAllocation) {
    cudaGetLastError();  // it is told here; the next launch must not find it
    throw error{error_code::limit_exceeded, "the GPU has no " + std::to_string(count * sizeof(float)) +
                                              " bytes left in one piece; take smaller batches or a smaller network"};
  }
  check(status, "to allocate memory");
  return numbers;
}

void cuda_memory::release(float* numbers) { cudaFree(numbers); }

void cuda_memory::clear(float* numbers, std::size_t count)
{
  check(cudaMemsetAsync(numbers, 0, count * sizeof(float), cudaStreamPerThread), "to clear memory");
}

void cuda_memory::copy_in(const float* from, std::size_t count, float* to)
{
  check(cudaMemcpyAsync(to, from, count * sizeof(float), cudaMemcpyHostToDevice, cudaStreamPerThread), "to copy");
  check(cudaStreamSynchronize(cudaStreamPerThread), "to copy");
}

void cuda_memory::copy_out(const float* from, std::size_t count, float* to)
{
  check(cudaMemcpyAsync(to, from, count * sizeof(float), cudaMemcpyDeviceToHost, cudaStreamPerThread), "to copy");
  check(cudaStreamSynchronize(cudaStreamPerThread), "to compute or copy");
}

cuda::cuda(int wanted) : threads{wanted}
{
  int devices = 0;
  const cudaError_t status = cudaGetDeviceCount(&devices);
  cudaGetLastError();
  if (status == cudaSuccess && devices > 0) return;
  const std::string reason = status == cudaSuccess ? "there is none" : cudaGetErrorString(status);
  throw error{error_code::no_device, "the backend cuda found no GPU that it can use: " + reason +
                                       "; look at `nvidia-smi`, or choose the backend cpu"};
}

std::string cuda::device_name()
{
  cudaDeviceProp found;
  check(cudaGetDeviceProperties(&found, 0), "to say what it is");
  return found.name;
}

}  // namespace thorax
