// SPDX-License-Identifier: MIT
#include <thorax/backend/cpu/kernels/compiled.hpp>

#include "support/catch.hpp"

using thorax::kernels::compiled_for;
using thorax::kernels::native;

namespace {

template<class Set>
constexpr bool has_pairs = requires { typename Set::pairs; };

}  // namespace

TEST_CASE("the compiled table says what its instruction set is", "[backend]")
{
  constexpr const thorax::kernels::kernel_table& table = compiled_for<native>;
  CHECK(table.name == native::name);
  CHECK(table.lanes == static_cast<int>(sizeof(thorax::kernels::vec<native>) / sizeof(float)));
  CHECK(table.rows == native::rows);
  CHECK(table.multiply == &thorax::kernels::multiply<native>);
  CHECK(table.multiply_tile == thorax::kernels::register_tiles<native>[native::rows - 1]);
}

TEST_CASE("a compiled table has products of pairs for all convolutions or for none", "[backend]")
{
  constexpr const thorax::kernels::kernel_table& table = compiled_for<native>;
  CHECK((table.multiply_pairs != nullptr) == (table.convolve_tiles_in_pairs != nullptr));
  CHECK((table.multiply_pairs != nullptr) == has_pairs<native>);
}
