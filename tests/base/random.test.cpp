// SPDX-License-Identifier: MIT

#include <thorax/base/random.hpp>

#include "support/catch.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <set>

using thorax::random_stream;

TEST_CASE("the finalizer gives SplitMix64's published sequence", "[base]")
{
  // Seed 1234567, as listed for SplitMix64 by the authors' reference implementation.
  constexpr std::array<std::uint64_t, 5> published{
    6457827717110365317U, 3203168211198807973U, 9817491932198370423U, 4593380528125082431U, 16408922859458223821U};
  for (std::uint64_t i = 0; i < published.size(); ++i)
    CHECK(thorax::mixed(1234567U + (i + 1) * 0x9e3779b97f4a7c15U) == published[i]);
}

TEST_CASE("a stream's numbers are those written down, on every machine", "[base]")
{
  // Computed from the written definition by a separate program with integers of any size.
  constexpr random_stream numbers{42};
  STATIC_REQUIRE(numbers.bits(0) == 0x57e1faba65107204U);
  CHECK(numbers.bits(1) == 0xf4abd143feb24055U);
  CHECK(numbers.bits(1'000'000'000'000U) == 0xcc97906641761283U);
  CHECK((numbers / 3).bits(0) == 0xb973975fbc11903dU);
  CHECK((numbers / 3 / 5).bits(7) == 0x854071d714694ffeU);
  CHECK(numbers.uniform(0) == 0.34329192209867343);
  CHECK(numbers.uniform(1) == 0.9557467261317436);
  CHECK(std::abs(numbers.normal(0) - 0.8818545873573221) < 1e-14);
  CHECK(std::abs(numbers.normal(1) - 1.052462856238756) < 1e-14);
  CHECK(std::abs(numbers.normal(2) - 1.3700036369000232) < 1e-14);
}

TEST_CASE("streams of different names below one seed do not meet", "[base]")
{
  std::set<std::uint64_t> seen;
  for (std::uint64_t name = 0; name < 20; ++name)
    for (std::uint64_t part = 0; part < 20; ++part)
      for (std::uint64_t index = 0; index < 20; ++index)
        seen.insert((random_stream{12345} / name / part).bits(index));
  CHECK(seen.size() == 8000);
}

TEST_CASE("seed and name cannot change places", "[base]")
{
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    for (std::uint64_t name = 0; name < 50; ++name) seen.insert((random_stream{seed} / name).bits(0));
  CHECK(seen.size() == 2500);
}

TEST_CASE("streams of different seeds do not meet", "[base]")
{
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    for (std::uint64_t index = 0; index < 20; ++index) seen.insert(random_stream{seed}.bits(index));
  CHECK(seen.size() == 2000);
}

TEST_CASE("uniform numbers fill their interval evenly", "[base]")
{
  const random_stream numbers{7};
  constexpr int count = 100'000;
  std::array<int, 10> tenths{};
  double sum = 0;
  for (int i = 0; i < count; ++i) {
    const double number = numbers.uniform(static_cast<std::uint64_t>(i));
    REQUIRE(number >= 0.0);
    REQUIRE(number < 1.0);
    ++tenths[static_cast<std::size_t>(number * 10)];
    sum += number;
  }
  CHECK(std::abs(sum / count - 0.5) < 0.005);  // five standard errors
  for (const int hits : tenths) CHECK(std::abs(hits - count / 10) < 500);
}

TEST_CASE("bounded numbers keep their bounds and reach every value", "[base]")
{
  const random_stream numbers{9};
  std::set<std::uint64_t> seen;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    seen.insert(numbers.below(i, 6));
    const double number = numbers.uniform(i, -3.0, 5.0);
    CHECK(number >= -3.0);
    CHECK(number < 5.0);
  }
  CHECK(seen == std::set<std::uint64_t>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("normal numbers have mean 0, variance 1 and no skew", "[base]")
{
  const random_stream numbers{11};
  constexpr int count = 100'000;
  double sum = 0, squares = 0, cubes = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const double number = numbers.normal(i);
    REQUIRE(std::isfinite(number));
    sum += number;
    squares += number * number;
    cubes += number * number * number;
  }
  CHECK(std::abs(sum / count) < 0.016);
  CHECK(std::abs(squares / count - 1) < 0.023);
  CHECK(std::abs(cubes / count) < 0.062);
}
