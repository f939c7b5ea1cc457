// SPDX-License-Identifier: MIT
//
// cuda: defines all that cuda.hpp declares. One file of a program includes this, compiled by nvcc with
// --extended-lambda --expt-relaxed-constexpr; the target thorax::cuda is such a file.

#pragma once

#include <thorax/backend/cuda/activation.cuh>     // cuda_activation
#include <thorax/backend/cuda/convolution.cuh>    // cuda_convolution
#include <thorax/backend/cuda/dropout.cuh>        // cuda_dropout
#include <thorax/backend/cuda/linear.cuh>         // cuda_linear
#include <thorax/backend/cuda/loss.cuh>           // cuda_loss
#include <thorax/backend/cuda/normalization.cuh>  // cuda_normalization
#include <thorax/backend/cuda/pooling.cuh>        // cuda_pooling
#include <thorax/backend/cuda/predictor.cuh>      // cuda_predictor
#include <thorax/backend/cuda/sigmoid.cuh>        // cuda_sigmoid
#include <thorax/backend/cuda/softmax.cuh>        // cuda_softmax
#include <thorax/backend/cuda/update.cuh>         // cuda_update
