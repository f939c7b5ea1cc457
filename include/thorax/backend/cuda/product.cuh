// SPDX-License-Identifier: MIT
//
// product: a matrix product whose factors are looked up, tile by tile: how convolutions of all kinds multiply.

#pragma once

#include <thorax/backend/cuda/launch.cuh>  // blocks_over, for_each_block

namespace thorax {

/// store(row, column, Σ over d < depth of left(left.line(row), d) · right(right.line(column), d)) for row < rows and
/// column < columns. A factor has
///   line(number)        what can be known of its row or column before the depth is,
///   operator()(line, d) its number there,
///   along_depth         whether numbers of neighboring depths are neighbors in memory, rather than those of neighboring
///                       lines.
/// store.along_rows says the same of what is written.
///
/// Sums are of floats, 256 products in each of which these are summed: off by some 2^-24 · (16 + sqrt(depth / 256)).
template<class Left, class Right, class Store>
struct product_body {
  static constexpr int lanes = 256;
  static constexpr int side = 64;     // of the tile of a block
  static constexpr int deep = 16;     // products between two barriers
  static constexpr int own = 4;       // side of a lane's part
  static constexpr int stretch = 16;  // of `deep` products in one float

  struct shared {
    float left[deep][side];
    float right[deep][side];
  };
  struct part {
    float at[own][own];
  };

  Left left;
  Right right;
  Store store;
  int rows;
  int columns;
  int depth;

  template<class Block>
  THORAX_DEVICE void operator()(const Block& block, shared& tile) const
  {
    typename Block::template kept<part> sums;
    typename Block::template kept<part> recent;
    block.each_lane([&](int lane) {
      clear(sums[lane]);
      clear(recent[lane]);
    });
    const int first_row = block.x * side;
    const int first_column = block.y * side;
    int tiles = 0;
    for (int first = 0; first < depth; first += deep) {
      block.each_lane([&](int lane) {
        look_up(left, lane, first_row, rows, first, tile.left);
        look_up(right, lane, first_column, columns, first, tile.right);
      });
      const bool is_full = ++tiles % stretch == 0;
      block.each_lane([&](int lane) {
        multiply(lane, tile, recent[lane]);
        if (is_full) take_over(recent[lane], sums[lane]);
      });
    }
    block.each_lane([&](int lane) {
      take_over(recent[lane], sums[lane]);
      put(lane, first_row, first_column, sums[lane]);
    });
  }

private:
  // Which of the 16 places of its kind a lane has.
  THORAX_DEVICE static int row_place(int lane) { return Store::along_rows ? lane % 16 : lane / 16; }
  THORAX_DEVICE static int column_place(int lane) { return Store::along_rows ? lane / 16 : lane % 16; }

  THORAX_DEVICE static void clear(part& numbers)
  {
    for (int i = 0; i < own; ++i)
      for (int j = 0; j < own; ++j) numbers.at[i][j] = 0;
  }

  THORAX_DEVICE static void take_over(part& from, part& to)
  {
    for (int i = 0; i < own; ++i)
      for (int j = 0; j < own; ++j) to.at[i][j] += from.at[i][j];
    clear(from);
  }

  template<class Factor>
  THORAX_DEVICE void look_up(const Factor& factor, int lane, int first_line, int lines, int first,
                             float (&to)[deep][side]) const
  {
    for (int i = 0; i < side * deep / lanes; ++i) {
      const int l = Factor::along_depth ? lane / deep + i * (lanes / deep) : lane % side;
      const int d = Factor::along_depth ? lane % deep : lane / side + i * (lanes / side);
      const bool is_there = first_line + l < lines && first + d < depth;
      to[d][l] = is_there ? factor(factor.line(first_line + l), first + d) : 0.0F;
    }
  }

  THORAX_DEVICE static void multiply(int lane, const shared& tile, part& sums)
  {
    const int row = row_place(lane) * own;
    const int column = column_place(lane) * own;
    for (int d = 0; d < deep; ++d)
      for (int i = 0; i < own; ++i)
        for (int j = 0; j < own; ++j) sums.at[i][j] += tile.left[d][row + i] * tile.right[d][column + j];
  }

  THORAX_DEVICE void put(int lane, int first_row, int first_column, const part& sums) const
  {
    for (int i = 0; i < own; ++i)
      for (int j = 0; j < own; ++j) {
        const int row = first_row + row_place(lane) * own + i;
        const int column = first_column + column_place(lane) * own + j;
        if (row < rows && column < columns) store(row, column, sums.at[i][j]);
      }
  }
};

template<class Left, class Right, class Store>
void multiply(int rows, int columns, int depth, const Left& left, const Right& right, const Store& store)
{
  using body = product_body<Left, Right, Store>;
  for_each_block({blocks_over(rows, body::side), blocks_over(columns, body::side), 1},
                 body{left, right, store, rows, columns, depth});
}

}  // namespace thorax
