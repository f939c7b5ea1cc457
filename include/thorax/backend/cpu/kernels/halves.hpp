// SPDX-License-Identifier: MIT
//
// halves: a product of pixels and weights by seven products of half their extents instead of eight (Strassen 1969, with
// the fifteen additions of Winograd). Halves of the pixels are the even and the odd ones, so that a share of pairs has
// the same results whoever computes it; halves of the depth are those of a panel, and of the outputs all of them.
//
//   pixels   (A11 A12)   even     weights  (B11 B12)   depth, first half    P1 … P7, and what they make of the outputs:
//            (A21 A22)   odd               (B21 B22)   depth, second half   see halved_weights and write_outputs

#pragma once

#include <thorax/backend/cpu/kernels/products.hpp>  // multiply_tile
#include <thorax/backend/cpu/kernels/reading.hpp>   // rule_of_channels
#include <thorax/backend/cpu/kernels/tasks.hpp>     // product_task, cut_at, shares_within

#include <cstddef>  // ptrdiff_t

namespace thorax::kernels {

/// P1 … P7 multiply these sums of B11, B12, B21, B22; packing forms them.
inline constexpr float halved_weights[7][4]{{1, 0, 0, 0},  {0, 0, 1, 0}, {0, 0, 0, 1}, {1, -1, -1, 1},
                                            {-1, 1, 0, 0}, {1, -1, 0, 1}, {0, -1, 0, 1}};

namespace detail {

template<class Set>
class halved_product {
public:
  explicit halved_product(const product_task& task)
    : task_{task}, pairs_{shares_within(task.last - task.first, 2)}, tiles_{shares_within(pairs_, Set::rows)},
      // Without a vector between them, planes lie a power of two apart and all their stores meet in one cache set.
      plane_in_{static_cast<std::ptrdiff_t>(pairs_) * (task.panel / 2) + lanes<Set>},
      plane_out_{static_cast<std::ptrdiff_t>(pairs_) * (task.outputs / 2) + lanes<Set>}, packed_{task.scratch},
      products_{task.scratch + 7 * plane_in_}
  {
  }

  void run() const
  {
    const float* weights = task_.weights;
    for (int begin = 0; begin < task_.depth; begin += task_.panel) {
      const int half = (task_.depth - begin < task_.panel ? task_.depth - begin : task_.panel) / 2;
      for (int t = 0; t < tiles_; ++t) pack_tile(t, begin, half);
      const pixels_ahead next{task_, begin, 2 * half, Set::numbers, 7 * task_.outputs / columns<Set> / 2 * tiles_};
      for (int p = 0; p < 7; ++p) weights = multiply_plane(p, begin == 0, half, weights, next);
    }
    for (int i = 0; i < pairs_; ++i)
      for (int o = 0; o < task_.outputs / 2; o += lanes<Set>) write_outputs(i, o);
  }

private:
  using vector = vec<Set>;

  /// Some pairs of pixels, the panel's channels from `begin` on, as each of P1 … P7 reads them.
  void pack_tile(int number, int begin, int half) const
  {
    constexpr int wide = lanes<Set>;
    const int at = cut_at(pairs_, number, tiles_);
    const int count = cut_at(pairs_, number + 1, tiles_) - at;
    const int pixels = task_.last - task_.first - 2 * at;
    float* packed = packed_ + static_cast<std::ptrdiff_t>(at) * half;
    for (int k = begin; k < begin + half; k += wide, packed += count * wide) {
      const float* from = task_.in.pixel(task_.first + 2 * at);
      const rule_of_channels<Set> first{task_.before, k};
      const rule_of_channels<Set> second{task_.before, k + half};
      for (int i = 0; i < count; ++i, from += 2 * task_.in.stride) {
        const vector a11 = first(load<Set>(from + k));
        const vector a12 = second(load<Set>(from + k + half));
        vector a21 = broadcast<Set>(0.0F);
        vector a22 = a21;
        if (2 * i + 1 < pixels) {
          a21 = first(load<Set>(from + task_.in.stride + k));
          a22 = second(load<Set>(from + task_.in.stride + k + half));
        }
        const vector s1 = a21 + a22;
        const vector s2 = s1 - a11;
        float* to = packed + i * wide;
        for (const vector& each : {a11, a12, a12 - s2, a22, s1, s2, a11 - a21}) {
          store<Set>(to, each);
          to += plane_in_;
        }
      }
    }
  }

  /// returns:  where the next product's weights lie
  const float* multiply_plane(int plane, bool is_first, int half, const float* weights, const pixels_ahead& next) const
  {
    const float zeros[columns<Set>]{};
    const int outputs = task_.outputs / 2;
    const std::ptrdiff_t group = static_cast<std::ptrdiff_t>(half) * columns<Set>;
    const int lines = shares_within(static_cast<int>(group / 16), tiles_);
    tile_operands tile{.depth = half, .out_stride = outputs, .floor = -__builtin_huge_valf(),
                       .lines_ahead = task_.prefetch ? shares_within(lines * 4, half) : 0};
    int number = plane * outputs / columns<Set> * tiles_;
    for (int o = 0; o < outputs; o += columns<Set>, weights += group)
      for (int t = 0; t < tiles_; ++t) {
        const int at = cut_at(pairs_, t, tiles_);
        tile.pixels = packed_ + plane * plane_in_ + static_cast<std::ptrdiff_t>(at) * half;
        tile.weights = weights;
        tile.out = products_ + plane * plane_out_ + static_cast<std::ptrdiff_t>(at) * outputs + o;
        tile.start = is_first ? zeros : tile.out;
        tile.start_stride = is_first ? 0 : outputs;
        tile.ahead = reinterpret_cast<const char*>(weights + group) + static_cast<std::ptrdiff_t>(t) * lines * 64;
        next.set(tile, number++);
        multiply_tile<Set>(tile, cut_at(pairs_, t + 1, tiles_) - at, columns<Set>);
      }
    return weights;
  }

  /// The outputs o and o + outputs / 2 of a pair of pixels.
  void write_outputs(int pair, int o) const
  {
    const float* const from = products_ + static_cast<std::ptrdiff_t>(pair) * (task_.outputs / 2) + o;
    const auto product = [&](int number) { return load<Set>(from + (number - 1) * plane_out_); };
    const vector u2 = product(1) + product(6);
    const vector u3 = u2 + product(7);
    float* const even = task_.out + 2 * pair * task_.out_stride + o;
    write(even, o, product(1) + product(2));
    write(even + task_.outputs / 2, o + task_.outputs / 2, u2 + product(5) + product(3));
    if (task_.first + 2 * pair + 1 == task_.last) return;
    float* const odd = even + task_.out_stride;
    write(odd, o, u3 - product(4));
    write(odd + task_.outputs / 2, o + task_.outputs / 2, u3 + product(5));
  }

  void write(float* to, int output, const vector& sum) const
  {
    store<Set>(to, at_least<Set>(broadcast<Set>(task_.floor), sum + load<Set>(task_.bias + output)));
  }

  const product_task& task_;
  int pairs_;
  int tiles_;
  std::ptrdiff_t plane_in_;
  std::ptrdiff_t plane_out_;
  float* packed_;
  float* products_;
};

}  // namespace detail

/// Computes the task's pixels of a 1×1 convolution. The first pixel's number is even, halves of the depth and of its
/// panels fill whole vectors, halves of the outputs whole register tiles. Scratch is for 7 · (panel + outputs) / 2
/// numbers a pair of pixels, and 14 vectors.
template<class Set>
void multiply_halves(const product_task& task)
{
  detail::halved_product<Set>{task}.run();
}

}  // namespace thorax::kernels
