// SPDX-License-Identifier: MIT
//
// gemm: the matrix products of the cpu backend. The one header that names cblas.

#pragma once

#include <cblas.h>  // cblas_sgemm

#include <cstddef>      // ptrdiff_t
#include <string_view>

namespace thorax {

/// A matrix in rows that lie `stride` numbers apart, read as its transpose if `transposed`.
struct matrix {
  const float* data{};
  std::ptrdiff_t stride{};
  bool transposed{};
};

/// returns:  a sentence for the user when the linked BLAS cannot be held to one thread a caller, else nothing
/// see:      OpenBLAS issues 1192 and 2543: its OpenMP flavor counts threads for each caller apart
inline std::string_view blas_advice()
{
#ifdef OPENBLAS_CONFIG_H
  if (openblas_get_parallel() == 2)
    return "OpenBLAS was built for OpenMP, which slows a program with threads of its own several times: install "
           "its pthread flavor, or set OMP_NUM_THREADS=1";
#endif
  return {};
}

namespace detail {

// Our pool shares the work out; threads of BLAS would only fight it. Once, because the setting is global.
inline void hold_blas_to_one_thread()
{
#ifdef OPENBLAS_CONFIG_H
  static const bool held = (openblas_set_num_threads(1), true);
  static_cast<void>(held);
#endif
}

inline blasint blas_number(std::ptrdiff_t number) { return static_cast<blasint>(number); }

inline CBLAS_TRANSPOSE blas_order(const matrix& m) { return m.transposed ? CblasTrans : CblasNoTrans; }

}  // namespace detail

/// result[rows × columns] = left[rows × depth] · right[depth × columns] + keep · result
///
/// accepts:  keep 0 (the result is not read) or 1
/// memory:   a buffer inside BLAS, taken at a thread's first call
inline void multiply(int rows, int columns, int depth, const matrix& left, const matrix& right, float keep,
                     float* result, std::ptrdiff_t result_stride)
{
  using namespace detail;
  hold_blas_to_one_thread();
  cblas_sgemm(CblasRowMajor, blas_order(left), blas_order(right), rows, columns, depth, 1.0F, left.data,
              blas_number(left.stride), right.data, blas_number(right.stride), keep, result,
              blas_number(result_stride));
}

/// result[rows] = left[rows × depth] · right[depth] + keep · result, for a matrix that is not transposed
inline void multiply_vector(int rows, int depth, const matrix& left, const float* right, float keep, float* result)
{
  using namespace detail;
  hold_blas_to_one_thread();
  cblas_sgemv(CblasRowMajor, CblasNoTrans, rows, depth, 1.0F, left.data, blas_number(left.stride), right, 1, keep,
              result, 1);
}

}  // namespace thorax
