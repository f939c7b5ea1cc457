// SPDX-License-Identifier: MIT
//
// winograd_transform: the matrices of minimal filtering F(m × m, 3 × 3): m² outputs from (m + 2)² products instead of
// 9 m². Written for any type of number: vectors in the kernels, floats where weights are prepared.
//
// see:  Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks"; points 0, ±1, ±2, ±1/2 and infinity

#pragma once

namespace thorax::kernels {

/// `Tile` outputs a side. inputs = Bᵀ d, outputs = Aᵀ m, weights = G g for one row or column.
template<int Tile>
struct winograd_transform;

template<>
struct winograd_transform<2> {
  template<class Number>
  [[gnu::always_inline]] static inline void inputs(const Number* d, Number* out)
  {
    out[0] = d[0] - d[2];
    out[1] = d[1] + d[2];
    out[2] = d[2] - d[1];
    out[3] = d[1] - d[3];
  }
  template<class Number>
  [[gnu::always_inline]] static inline void outputs(const Number* m, Number* out)
  {
    out[0] = m[0] + m[1] + m[2];
    out[1] = m[1] - m[2] - m[3];
  }
  static constexpr float weights[4][3]{{1, 0, 0}, {.5F, .5F, .5F}, {.5F, -.5F, .5F}, {0, 0, 1}};
};

template<>
struct winograd_transform<3> {
  template<class Number>
  [[gnu::always_inline]] static inline void inputs(const Number* d, Number* out)
  {
    const Number two(2.0F);
    const Number e = d[3] - d[1];
    out[0] = two * (d[0] - d[2]) + e;
    out[1] = d[3] - two * d[1] - d[2];
    out[2] = two * d[1] - Number(3.0F) * d[2] + d[3];
    out[3] = e;
    out[4] = d[4] - d[2] - two * e;
  }
  template<class Number>
  [[gnu::always_inline]] static inline void outputs(const Number* m, Number* out)
  {
    const Number sum = m[1] + m[2];
    out[0] = m[0] + sum + m[3];
    out[1] = m[1] - m[2] + Number(2.0F) * m[3];
    out[2] = sum + Number(4.0F) * m[3] + m[4];
  }
  static constexpr float weights[5][3]{
    {.5F, 0, 0}, {-.5F, -.5F, -.5F}, {-1.0F / 6, 1.0F / 6, -1.0F / 6}, {1.0F / 6, 1.0F / 3, 2.0F / 3}, {0, 0, 1}};
};

template<>
struct winograd_transform<4> {
  template<class Number>
  [[gnu::always_inline]] static inline void inputs(const Number* d, Number* out)
  {
    const Number two(2.0F);
    const Number four(4.0F);
    const Number five(5.0F);
    const Number a = d[4] - four * d[2];
    const Number b = d[3] - four * d[1];
    const Number c = d[4] - d[2];
    const Number e = two * (d[3] - d[1]);
    out[0] = four * d[0] - five * d[2] + d[4];
    out[1] = a + b;
    out[2] = a - b;
    out[3] = c + e;
    out[4] = c - e;
    out[5] = four * d[1] - five * d[3] + d[5];
  }
  template<class Number>
  [[gnu::always_inline]] static inline void outputs(const Number* m, Number* out)
  {
    const Number a = m[1] + m[2];
    const Number b = m[1] - m[2];
    const Number c = m[3] + m[4];
    const Number d = m[3] - m[4];
    out[0] = m[0] + a + c;
    out[1] = Number(2.0F) * d + b;
    out[2] = Number(4.0F) * c + a;
    out[3] = Number(8.0F) * d + b + m[5];
  }
  static constexpr float weights[6][3]{{.25F, 0, 0},
                                       {-1.0F / 6, -1.0F / 6, -1.0F / 6},
                                       {-1.0F / 6, 1.0F / 6, -1.0F / 6},
                                       {1.0F / 24, 1.0F / 12, 1.0F / 6},
                                       {1.0F / 24, -1.0F / 12, 1.0F / 6},
                                       {0, 0, 1}};
};

template<>
struct winograd_transform<6> {
  template<class Number>
  [[gnu::always_inline]] static inline void inputs(const Number* d, Number* out)
  {
    out[0] = d[0] - d[6] + Number(5.25F) * (d[4] - d[2]);
    const Number a = d[2] + d[6] - Number(4.25F) * d[4];
    const Number b = d[1] + d[5] - Number(4.25F) * d[3];
    out[1] = a + b;
    out[2] = a - b;
    const Number c = d[6] + Number(.25F) * d[2] - Number(1.25F) * d[4];
    const Number e = Number(.5F) * d[1] - Number(2.5F) * d[3] + Number(2.0F) * d[5];
    out[3] = c + e;
    out[4] = c - e;
    const Number f = d[6] + Number(4.0F) * d[2] - Number(5.0F) * d[4];
    const Number g = Number(2.0F) * d[1] - Number(2.5F) * d[3] + Number(.5F) * d[5];
    out[5] = f + g;
    out[6] = f - g;
    out[7] = d[7] - d[1] + Number(5.25F) * (d[3] - d[5]);
  }
  template<class Number>
  [[gnu::always_inline]] static inline void outputs(const Number* m, Number* out)
  {
    const Number a = m[1] + m[2];
    const Number b = m[1] - m[2];
    const Number c = m[3] + m[4];
    const Number d = m[3] - m[4];
    const Number e = m[5] + m[6];
    const Number f = m[5] - m[6];
    out[0] = m[0] + a + c + e;
    out[1] = b + Number(2.0F) * d + Number(.5F) * f;
    out[2] = a + Number(4.0F) * c + Number(.25F) * e;
    out[3] = b + Number(8.0F) * d + Number(.125F) * f;
    out[4] = a + Number(16.0F) * c + Number(.0625F) * e;
    out[5] = b + Number(32.0F) * d + Number(.03125F) * f + m[7];
  }
  static constexpr float weights[8][3]{{1, 0, 0},
                                       {-2.0F / 9, -2.0F / 9, -2.0F / 9},
                                       {-2.0F / 9, 2.0F / 9, -2.0F / 9},
                                       {1.0F / 90, 1.0F / 45, 2.0F / 45},
                                       {1.0F / 90, -1.0F / 45, 2.0F / 45},
                                       {32.0F / 45, 16.0F / 45, 8.0F / 45},
                                       {32.0F / 45, -16.0F / 45, 8.0F / 45},
                                       {0, 0, 1}};
};

}  // namespace thorax::kernels
