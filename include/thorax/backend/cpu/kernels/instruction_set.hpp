// SPDX-License-Identifier: MIT
//
// instruction_set: what the kernels must know of a processor. They are written once, as templates over one of these,
// and compiled once for each with its own flags (thorax::dispatch), or for the flags of the file that includes them.

#pragma once

#include <xsimd/xsimd.hpp>

#include <bit>  // bit_cast
#include <string_view>
#include <utility>  // integer_sequence

namespace thorax::kernels {

/// Two vectors of outputs times as many pixels as registers hold are a register tile; see register_tile.hpp.
/// `rows` is by measurement: 2 · rows sums, two weights and a pixel fill 32 or 16 registers. Where `numbers` is 2, a
/// product's pixels and weights are pairs of 16-bit numbers in the place of a float.
template<class Simd, int Rows>
struct instruction_set {
  using simd = Simd;
  static constexpr int rows = Rows;
  static constexpr int numbers = 1;

  [[gnu::always_inline]] static inline xsimd::batch<float, Simd> multiply_add(const xsimd::batch<float, Simd>& pixel,
                                                                              const xsimd::batch<float, Simd>& weights,
                                                                              const xsimd::batch<float, Simd>& sum)
  {
    return xsimd::fma(pixel, weights, sum);
  }

  /// Of two numbers, one of which is not a number, x86 gives the second.
  [[gnu::always_inline]] static inline xsimd::batch<float, Simd> larger(const xsimd::batch<float, Simd>& a,
                                                                        const xsimd::batch<float, Simd>& b)
  {
    return xsimd::max(a, b);
  }
};

#if XSIMD_WITH_AVX512BW
struct avx512 : instruction_set<xsimd::avx512bw, 14> {
  static constexpr std::string_view name = "avx512";

  /// As above; g++ 12 takes a part of its own _mm512_max_ps for uninitialized (its bug 105593), of this one not.
  [[gnu::always_inline]] static inline xsimd::batch<float, simd> larger(const xsimd::batch<float, simd>& a,
                                                                        const xsimd::batch<float, simd>& b)
  {
    return _mm512_maskz_max_ps(0xFFFF, a, b);
  }
};

#if defined(__AVX512BF16__) && !defined(__clang__)  // clang++ 16 ends by a segmentation fault at these
/// Products of pairs of bfloat16, summed in float.
struct bf16_pairs : avx512 {
  static constexpr int numbers = 2;

  [[gnu::always_inline]] static inline xsimd::batch<float, simd> multiply_add(const xsimd::batch<float, simd>& pixel,
                                                                              const xsimd::batch<float, simd>& weights,
                                                                              const xsimd::batch<float, simd>& sum)
  {
    return _mm512_dpbf16_ps(sum, std::bit_cast<__m512bh>(pixel.data), std::bit_cast<__m512bh>(weights.data));
  }

  /// returns:  both vectors rounded to bfloat16, the numbers of `first` before those of `second`
  [[gnu::always_inline]] static inline xsimd::batch<float, simd> join(const xsimd::batch<float, simd>& first,
                                                                      const xsimd::batch<float, simd>& second)
  {
    return std::bit_cast<__m512>(_mm512_cvtne2ps_pbh(second, first));
  }
};

struct avx512_bf16 : avx512 {
  static constexpr std::string_view name = "avx512_bf16";
  using pairs = bf16_pairs;
};
using native = avx512_bf16;
#else
using native = avx512;
#endif
#elif XSIMD_WITH_FMA3_AVX2
struct avx2 : instruction_set<xsimd::fma3<xsimd::avx2>, 6> {
  static constexpr std::string_view name = "avx2";
};
using native = avx2;
#elif XSIMD_WITH_NEON64
struct neon64 : instruction_set<xsimd::neon64, 14> {
  static constexpr std::string_view name = "neon64";
};
using native = neon64;
#else
struct sse2 : instruction_set<xsimd::sse2, 6> {
  static constexpr std::string_view name = "sse2";
};
using native = sse2;
#endif

/// A register full of floats.
template<class Set>
using vec = xsimd::batch<float, typename Set::simd>;

template<class Set>
inline constexpr int lanes = static_cast<int>(vec<Set>::size);

/// Outputs of a register tile.
template<class Set>
inline constexpr int columns = 2 * lanes<Set>;

/// Calls `work(0)` to `work(Count − 1)` without a loop, so that arrays of registers stay registers.
template<int Count, class Work>
[[gnu::always_inline]] inline void unrolled(Work&& work)
{
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) { (work(I), ...); }
  (std::make_integer_sequence<int, Count>{});
}

/// returns:  a register full of the same number. With braces xsimd would take it for a list of numbers.
template<class Set>
[[gnu::always_inline]] inline vec<Set> broadcast(float number)
{
  return vec<Set>(number);
}

template<class Set>
[[gnu::always_inline]] inline vec<Set> load(const float* from)
{
  return vec<Set>::load_unaligned(from);
}

template<class Set>
[[gnu::always_inline]] inline void store(float* to, const vec<Set>& numbers)
{
  numbers.store_unaligned(to);
}

namespace detail {

template<class Set>
inline vec<Set> load_few(const float* from, int count)
{
  float some[vec<Set>::size]{};
  for (int i = 0; i < count; ++i) some[i] = from[i];
  return load<Set>(some);
}

template<class Set>
inline void store_few(float* to, const vec<Set>& numbers, int count)
{
  float some[vec<Set>::size];
  store<Set>(some, numbers);
  for (int i = 0; i < count; ++i) to[i] = some[i];
}

}  // namespace detail

/// returns:  the first `count` numbers, then zeros; nothing behind them is read. A whole vector costs no call.
template<class Set>
[[gnu::always_inline]] inline vec<Set> load_some(const float* from, int count)
{
  return count >= lanes<Set> ? load<Set>(from) : detail::load_few<Set>(from, count);
}

template<class Set>
[[gnu::always_inline]] inline void store_some(float* to, const vec<Set>& numbers, int count)
{
  if (count >= lanes<Set>) store<Set>(to, numbers);
  else detail::store_few<Set>(to, numbers, count);
}

/// returns:  the larger one; of what is not a number, that: x is what was computed, floor a bound
template<class Set>
[[gnu::always_inline]] inline vec<Set> at_least(const vec<Set>& floor, const vec<Set>& x)
{
  return Set::larger(floor, x);
}

}  // namespace thorax::kernels
