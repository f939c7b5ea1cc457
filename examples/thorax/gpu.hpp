// SPDX-License-Identifier: MIT
//
// gpu: the backend cuda, where the program was built with it.

#pragma once

#if defined(THORAX_CUDA)
#include <thorax/backend/cuda/cuda.hpp>  // cuda
#endif
#include <thorax/base/error.hpp>   // error
#include <thorax/model/model.hpp>  // any_model

#include <variant>

namespace thorax::program {

#if defined(THORAX_CUDA)

/// A model on one of these backends, or on the GPU.
template<class... Backends>
using model_on = std::variant<any_model<Backends>..., any_model<cuda>>;

/// returns:  work(the GPU's backend)
/// throws:   error{no_device} if there is none
template<class Result, class Work>
Result on_gpu(int threads, Work&& work)
{
  return work(cuda{threads});
}

#else

template<class... Backends>
using model_on = std::variant<any_model<Backends>...>;

template<class Result, class Work>
Result on_gpu(int, Work&&)
{
  throw error{error_code::no_device, "this thorax was built without the backend cuda; build it where the CUDA toolkit is: "
                                     "cmake --preset cuda-release"};
}

#endif

}  // namespace thorax::program
