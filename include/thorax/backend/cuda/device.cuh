// SPDX-License-Identifier: MIT
//
// device: the device that launch.cuh puts work onto: a GPU where nvcc compiles, else an emulated one.

#pragma once

#if defined(__CUDACC__)
#include <thorax/backend/cuda/gpu.cuh>
#else
#include <thorax/backend/cuda/emulated.cuh>
#endif
