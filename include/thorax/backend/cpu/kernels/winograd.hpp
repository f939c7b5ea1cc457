// SPDX-License-Identifier: MIT
//
// winograd: a few tiles of a 3×3 convolution. Their inputs are transformed into one matrix a plane, each plane is
// multiplied by its weights, and the products are transformed back as they are written.

#pragma once

#include <thorax/backend/cpu/kernels/products.hpp>            // multiply_tile, cut_at, shares_within
#include <thorax/backend/cpu/kernels/tasks.hpp>               // winograd_task
#include <thorax/backend/cpu/kernels/winograd_transform.hpp>  // winograd_transform

#include <cstddef>  // ptrdiff_t

namespace thorax::kernels {

namespace detail {

/// Tiles of the maps as their planes' products want them: Bᵀ d B of all channels.
template<class Set, int Tile>
class tile_reader {
public:
  /// Planes lie `plane` numbers apart; `in_row` tiles stand side by side.
  tile_reader(const read_maps& maps, int padding, int in_row, const float* zeros, std::ptrdiff_t plane)
    : maps_{maps}, padding_{padding}, in_row_{in_row}, zeros_{zeros}, plane_{plane}
  {
  }

  /// Reads the tile of that number; `packed` is its place in the first plane, where `together` tiles lie interleaved.
  void read(int number, int together, float* packed) const
  {
    const int y = number / in_row_ * Tile - padding_;
    const int x = number % in_row_ * Tile - padding_;
    const std::ptrdiff_t row = maps_.shape.width * maps_.stride;
    const float* const corner = maps_.data + y * row + x * maps_.stride;
    if (y >= 0 && x >= 0 && y + side <= maps_.shape.height && x + side <= maps_.shape.width)
      return transform_cells(cells_inside{corner, row, maps_.stride}, together, packed);
    cells_somewhere some;
    for (int i = 0; i < side; ++i)
      for (int j = 0; j < side; ++j) {
        const bool is_inside = y + i >= 0 && y + i < maps_.shape.height && x + j >= 0 && x + j < maps_.shape.width;
        some.cells[i * side + j] = is_inside ? corner + i * row + j * maps_.stride : zeros_;
      }
    transform_cells(some, together, packed);
  }

private:
  static constexpr int side = Tile + 2;
  static constexpr std::size_t sides = side;
  using vector = vec<Set>;
  using transform = winograd_transform<Tile>;

  /// Where the cells of a tile lie, when all are inside the maps, and when some are not.
  struct cells_inside {
    const float* corner;
    std::ptrdiff_t row;
    std::ptrdiff_t pixel;

    [[gnu::always_inline]] const float* operator()(int i, int j) const { return corner + i * row + j * pixel; }
  };
  struct cells_somewhere {
    const float* cells[sides * sides];

    [[gnu::always_inline]] const float* operator()(int i, int j) const { return cells[i * side + j]; }
  };

  using vectors = vector[sides][sides];

  template<class Cells>
  void transform_cells(const Cells& cell, int together, float* packed) const
  {
    constexpr int wide = lanes<Set>;
    for (int c = 0; c < maps_.shape.channels; c += wide * Set::numbers, packed += together * wide) {
      vectors columns_done[Set::numbers];
      unrolled<Set::numbers>([&](int n) __attribute__((always_inline)) {
        transform_columns(cell, c + n * wide, columns_done[n]);
      });
      unrolled<side>([&](int i) __attribute__((always_inline)) {
        vector made[Set::numbers][sides];
        unrolled<Set::numbers>([&](int n) __attribute__((always_inline)) {
          transform::inputs(columns_done[n][i], made[n]);
        });
        unrolled<side>([&](int j) __attribute__((always_inline)) {
          float* const to = packed + (i * side + j) * plane_;
          if constexpr (Set::numbers == 1) store<Set>(to, made[0][j]);
          else store<Set>(to, Set::join(made[0][j], made[1][j]));
        });
      });
    }
  }

  /// Bᵀ d of one vector of channels; row by row, B is still to come.
  template<class Cells>
  [[gnu::always_inline]] static void transform_columns(const Cells& cell, int c, vectors& done)
  {
    unrolled<side>([&](int j) __attribute__((always_inline)) {
      vector read[sides];
      vector made[sides];
      unrolled<side>([&](int i) __attribute__((always_inline)) { read[i] = load<Set>(cell(i, j) + c); });
      transform::inputs(read, made);
      unrolled<side>([&](int i) __attribute__((always_inline)) { done[i][j] = made[i]; });
    });
  }

  read_maps maps_;
  int padding_;
  int in_row_;
  const float* zeros_;
  std::ptrdiff_t plane_;
};

template<class Set, int Tile>
class winograd_tiles {
public:
  explicit winograd_tiles(const winograd_task& task)
    : task_{task}, count_{task.last - task.first}, in_row_{shares_within(task.out.shape.width, Tile)},
      // Without a vector between them, planes lie a power of two apart and all their stores meet in one cache set.
      depth_{task.in.shape.channels / Set::numbers}, plane_in_{static_cast<std::ptrdiff_t>(count_) * depth_ + lanes<Set>},
      plane_out_{static_cast<std::ptrdiff_t>(count_) * padded_outputs() + lanes<Set>}, transformed_{task.scratch},
      products_{task.scratch + planes * plane_in_}
  {
  }

  void run() const
  {
    const int shares = shares_within(count_, Set::rows);
    const tile_reader<Set, Tile> reader{task_.in, task_.padding, in_row_, task_.zeros, plane_in_};
    for (int share = 0; share < shares; ++share) {
      const int begin = cut_at(count_, share, shares);
      const int end = cut_at(count_, share + 1, shares);
      float* const packed = transformed_ + static_cast<std::ptrdiff_t>(begin) * depth_;
      for (int i = begin; i < end; ++i) reader.read(task_.first + i, end - begin, packed + (i - begin) * lanes<Set>);
    }
    for (int plane = 0; plane < planes; ++plane) multiply_plane(plane, shares);
    for (int i = 0; i < count_; ++i)
      for (int o = 0; o < task_.out.shape.channels; o += lanes<Set>) transform_output(i, o);
  }

private:
  static constexpr int side = Tile + 2;
  static constexpr int planes = side * side;
  static constexpr std::size_t sides = side;
  static constexpr std::size_t outputs = Tile;
  using vector = vec<Set>;
  using transform = winograd_transform<Tile>;

  [[nodiscard]] int padded_outputs() const
  {
    return shares_within(task_.out.shape.channels, columns<Set>) * columns<Set>;
  }

  void multiply_plane(int plane, int shares) const
  {
    const std::ptrdiff_t group = static_cast<std::ptrdiff_t>(depth_) * columns<Set>;
    const int lines = shares_within(static_cast<int>(group / 16), shares);
    tile_operands tile{.depth = depth_, .start = task_.zeros, .out_stride = padded_outputs(),
                       .floor = -__builtin_huge_valf(),
                       .lines_ahead = task_.prefetch ? shares_within(lines * 4, depth_) : 0};
    const float* weights = task_.weights + plane * (padded_outputs() / columns<Set>) * group;
    for (int o = 0; o < task_.out.shape.channels; o += columns<Set>, weights += group)
      for (int share = 0; share < shares; ++share) {
        const int begin = cut_at(count_, share, shares);
        tile.pixels = transformed_ + plane * plane_in_ + static_cast<std::ptrdiff_t>(begin) * depth_;
        tile.weights = weights;
        tile.out = products_ + plane * plane_out_ + static_cast<std::ptrdiff_t>(begin) * padded_outputs() + o;
        tile.ahead = reinterpret_cast<const char*>(weights + 2 * group) + static_cast<std::ptrdiff_t>(share) * lines * 64;
        multiply_tile<Set>(tile, cut_at(count_, share + 1, shares) - begin, columns<Set>);
      }
  }

  void transform_output(int tile, int o) const
  {
    const float* const from = products_ + static_cast<std::ptrdiff_t>(tile) * padded_outputs() + o;
    vector columns_done[outputs][sides];
    unrolled<side>([&](int j) __attribute__((always_inline)) {
      vector read[sides];
      vector made[outputs];
      unrolled<side>([&](int i) __attribute__((always_inline)) {
        read[i] = load<Set>(from + (i * side + j) * plane_out_);
      });
      transform::outputs(read, made);
      unrolled<Tile>([&](int i) __attribute__((always_inline)) { columns_done[i][j] = made[i]; });
    });
    const int y = (task_.first + tile) / in_row_ * Tile;
    const int x = (task_.first + tile) % in_row_ * Tile;
    const vector bias = load<Set>(task_.bias + o);
    const vector floor = broadcast<Set>(task_.floor);
    float* const corner =
      task_.out.data + (static_cast<std::ptrdiff_t>(y) * task_.out.shape.width + x) * task_.out.stride + o;
    unrolled<Tile>([&](int i) __attribute__((always_inline)) {
      if (y + i >= task_.out.shape.height) return;
      vector made[outputs];
      transform::outputs(columns_done[i], made);
      float* const row = corner + i * task_.out.shape.width * task_.out.stride;
      unrolled<Tile>([&](int j) __attribute__((always_inline)) {
        if (x + j < task_.out.shape.width)
          store_some<Set>(row + j * task_.out.stride, at_least<Set>(floor, made[j] + bias), task_.out.shape.channels - o);
      });
    });
  }

  const winograd_task& task_;
  int count_;
  int in_row_;
  int depth_;
  std::ptrdiff_t plane_in_;
  std::ptrdiff_t plane_out_;
  float* transformed_;
  float* products_;
};

}  // namespace detail

/// Computes the task's tiles. Channels that are read fill whole vectors.
template<class Set>
void convolve_tiles(const winograd_task& task)
{
  switch (task.tile) {
    case 2: return detail::winograd_tiles<Set, 2>{task}.run();
    case 3: return detail::winograd_tiles<Set, 3>{task}.run();
    case 4: return detail::winograd_tiles<Set, 4>{task}.run();
    default: return detail::winograd_tiles<Set, 6>{task}.run();
  }
}

}  // namespace thorax::kernels
