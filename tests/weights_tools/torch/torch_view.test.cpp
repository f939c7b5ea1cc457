// SPDX-License-Identifier: MIT

#include "torch/torch_view.hpp"

#include "support/catch.hpp"
#include "support/pickle_by_hand.hpp"
#include "support/refuses.hpp"
#include "weights_tools/torch/torch_cases.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace thorax::tests;
using namespace thorax::tests::pickled;
using thorax::error_code;
using thorax::storage;
using thorax::tools::foreign_tensor;

TEST_CASE("strides and offsets are followed into row-major order", "[weights_tools]")
{
  const auto numbers = [](std::int64_t offset, const std::vector<std::int64_t>& shape,
                          const std::vector<std::int64_t>& strides) {
    const auto read =
      tensors_of(dictionary({{"t", tensor(stored("0", 24), offset, shape, strides)}}), {numbered_floats(24)});
    return read.at(0).numbers;
  };
  CHECK(numbers(5, {3}, {1}) == floats{5, 6, 7});
  CHECK(numbers(2, {2, 3}, {1, 2}) == floats{2, 4, 6, 3, 5, 7});                           // transposed
  CHECK(numbers(0, {1, 2, 2, 2}, {8, 1, 4, 2}) == floats{0, 2, 4, 6, 1, 3, 5, 7});         // channels_last
  CHECK(numbers(7, {2, 3}, {0, 1}) == floats{7, 8, 9, 7, 8, 9});                           // expanded
  CHECK(numbers(0, {3}, {11}) == floats{0, 11, 22});
  CHECK(numbers(23, {}, {}) == floats{23});
  CHECK(numbers(23, {1, 1}, {1'000'000, 7}) == floats{23});  // strides of one are free
  CHECK(numbers(0, {0, 3}, {3, 1}).empty());
  CHECK(numbers(24, {0}, {1}).empty());
}

TEST_CASE("numbers of 64 bits are the nearest floats, transposed or not", "[weights_tools]")
{
  const std::string doubles = packed(std::vector<double>{0.1, -1e39, 3, 0x1.ffffffp127});
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const auto numbers = [&](const std::vector<std::int64_t>& strides) {
    const std::string wide = tensor(stored("0", 4, "DoubleStorage"), 0, {2, 2}, strides);
    return tensors_of(dictionary({{"t", wide}}), {doubles}).at(0).numbers;
  };
  CHECK(numbers({2, 1}) == floats{0.1F, -infinity, 3, infinity});
  CHECK(numbers({1, 2}) == floats{0.1F, 3, -infinity, infinity});
}

TEST_CASE("tensors of PyTorch before 0.4 and parameters are tensors", "[weights_tools]")
{
  const std::string old = global("torch._utils", "_rebuild_tensor") +
                          tuple({stored("0", 4), integer(0), integers({2, 2}), integers({2, 1})}) + "R";
  const std::string trained = global("torch._utils", "_rebuild_parameter") +
                              tuple({row(stored("0", 4), 4), "\x88", ordered_dictionary()}) + "R";
  const auto read = tensors_of(dictionary({{"old", old}, {"trained", trained}}), {numbered_floats(4)});
  REQUIRE(read.size() == 2);
  CHECK(read[0].shape == sizes{2, 2});
  CHECK(read[1].numbers == floats{0, 1, 2, 3});
}

TEST_CASE("a tensor that would leave its storage is refused with all that is needed to see why", "[weights_tools]")
{
  CHECK(
    is_tensor_refused("'x': tensor 't': its sizes 5x5, strides 5x1 and offset 0 leave its storage of 24 numbers",
                      0, {5, 5}, {5, 1}));
  CHECK(is_tensor_refused("leave its storage", 24, {}, {}));
  CHECK(is_tensor_refused("leave its storage", 1, {24}, {1}));
  CHECK(is_tensor_refused("leave its storage", 0, {2}, {24}));
  CHECK(is_tensor_refused("leave its storage", INT64_MAX, {1}, {1}));
  CHECK(is_tensor_refused("leave its storage", INT64_MAX, {3, 3}, {INT64_MAX, INT64_MAX}));
  CHECK(is_tensor_refused("leave its storage", 0, {3}, {INT64_MAX}));  // 2 strides are 2^64 - 2
  CHECK(is_tensor_refused("leave its storage", 2, {3}, {INT64_MAX}));  // and come back to 0
  CHECK(is_tensor_refused("leave its storage", 0, {1LL << 32, 1LL << 31}, {1LL << 32, 1}));
  CHECK(is_tensor_refused("more numbers than 64 bits", 0, {1LL << 32, 1LL << 32}, {0, 0}));
  CHECK(is_tensor_refused("more numbers than 64 bits", 0, {1LL << 32, 0, 1LL << 32}, {0, 0, 0}));
  for (const std::int64_t negative : {std::int64_t{-1}, INT64_MIN}) {
    CHECK(is_tensor_refused("integers of at least 0", negative, {1}, {1}));
    CHECK(is_tensor_refused("integers of at least 0", 0, {negative}, {1}));
    CHECK(is_tensor_refused("integers of at least 0", 23, {2}, {negative}));
  }
  CHECK(is_tensor_refused("has 2 sizes and 1 strides", 0, {2, 2}, {1}));
  CHECK(is_tensor_refused("at most 32 integers", 0, std::vector<std::int64_t>(33, 1),
                          std::vector<std::int64_t>(33, 1)));
}

TEST_CASE("arguments of a tensor that are something else are refused", "[weights_tools]")
{
  const std::vector<std::string> honest{stored("0", 4), integer(0), integers({4}),
                                        integers({1}),  "\x89",     ordered_dictionary()};
  const auto refused = [&](const std::vector<std::string>& arguments,
                           const std::string& name = "_rebuild_tensor_v2") {
    const std::string call = global("torch._utils", name) + tuple(arguments) + "R";
    return is_torch_refused("'x': tensor 't': ", dictionary({{"t", call}}), {numbered_floats(4)});
  };
  CHECK_FALSE(refused(honest));
  for (std::size_t i = 0; i < honest.size(); ++i)
    for (const std::string& other :
         {std::string{"N"}, text("0"), std::string{"]"}, stored("0", 4) + "\x85", row(stored("0", 4), 4)}) {
      std::vector<std::string> arguments = honest;
      arguments[i] = other;
      CHECK(refused(arguments));
    }
  for (std::size_t count = 0; count < honest.size(); ++count)
    CHECK(refused({honest.begin(), honest.begin() + static_cast<std::ptrdiff_t>(count)}));
  std::vector<std::string> more = honest;
  more.push_back("}");
  CHECK_FALSE(refused(more));
  more.back() = dictionary({{"neg", "\x88"}});
  CHECK(refused(more));
  more.push_back("N");
  CHECK(refused(more));
  CHECK(refused(honest, "_rebuild_tensor"));
  CHECK(refused(honest, "_rebuild_parameter"));
  const std::string twice = global("torch._utils", "_rebuild_parameter") +
                            tuple({row(stored("0", 4), 4), "\x88", ordered_dictionary()}) + "R";
  CHECK(refused({twice, "\x88", ordered_dictionary()}, "_rebuild_parameter"));
  CHECK(refused({row(stored("0", 4), 4), "\x88"}, "_rebuild_parameter"));
  CHECK(refused({row(stored("0", 4), 4), "N", ordered_dictionary()}, "_rebuild_parameter"));
}
