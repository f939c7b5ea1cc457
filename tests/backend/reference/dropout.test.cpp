// SPDX-License-Identifier: MIT
#include <thorax/backend/reference/dropout.hpp>

#include "support/random_maps.hpp"

#include <vector>

using namespace thorax::tests;
using thorax::extents;
using thorax::random_stream;
using thorax::reference_dropout;
using thorax::view;

TEST_CASE("dropout keeps exactly the numbers whose draw reaches the rate, and lets them grow", "[backend]")
{
  const extents shape{3, 2, 2};
  const random_stream stream{9};
  drawing draw{1};
  const sliced_maps<double> in{draw, 2, shape};
  const sliced_maps<double> out{draw, 2, shape, false};
  reference_dropout::dropout({}, *in, {nullptr, nullptr, true}, 0.25F, stream, *out);
  const std::vector<double> before = in.numbers();
  const std::vector<double> after = out.numbers();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool keeps = stream.uniform(i) >= 0.25;
    kept += keeps ? 1 : 0;
    CHECK(after[i] == (keeps && before[i] > 0 ? before[i] / 0.75 : 0));
  }
  CHECK(kept > 12);
  CHECK(kept < 24);
}

TEST_CASE("a rate of 0 drops nothing, a rate of 1 is refused", "[backend]")
{
  std::vector<double> in{1, 2};
  std::vector<double> out(2);
  const auto read = view<double>::packed(in.data(), 1, {2, 1, 1});
  const auto write = view<double>::packed(out.data(), 1, {2, 1, 1});
  reference_dropout::dropout({}, read, {}, 0, random_stream{1}, write);
  CHECK(out == in);
  CHECK_THROWS_AS(reference_dropout::dropout({}, read, {}, 1, random_stream{1}, write), thorax::error);
}

TEST_CASE("the gradient of dropout is what central differences say, with the same numbers kept", "[backend]")
{
  drawing draw{3};
  const extents shape{4, 3, 2};
  std::vector<double> maps = draw.numbers<double>(2 * shape.size());
  std::vector<double> d_out = draw.numbers<double>(maps.size());
  const auto packed = [&](std::vector<double>& numbers) { return view<double>::packed(numbers.data(), 2, shape); };
  std::vector<double> gradient(maps.size());
  reference_dropout::dropout_gradient({}, 0.5F, random_stream{4}, packed(d_out), packed(gradient));
  check_gradient("d_activated", maps, gradient, [&] {
    std::vector<double> result(maps.size());
    reference_dropout::dropout({}, packed(maps), {}, 0.5F, random_stream{4}, packed(result));
    return product_of(result, d_out);
  });
}
