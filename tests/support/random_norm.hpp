// SPDX-License-Identifier: MIT
//
// random_norm: norms with drawn numbers, what is made of a gradient that arrives behind them, and how sums of it are
// compared.

#pragma once

#include <thorax/backend/norm_gradient.hpp>  // norm_sums, read_norm

#include "support/random_maps.hpp"  // drawing, sliced_maps

#include <algorithm>  // count_if, min
#include <cmath>  // abs, isnan
#include <cstring>  // memcmp
#include <limits>  // quiet_NaN
#include <string>
#include <vector>

namespace thorax::tests {

/// A norm with or without a ReLU behind it; scales lie in ±[0.5, 2]. There are no variances: none are needed before
/// add_norm_gradients.
class random_norm {
public:
  random_norm(drawing& draw, int channels)
    : means_{draw.numbers(static_cast<std::size_t>(channels))}, scales_(means_.size()),
      shifts_{draw.numbers(means_.size())}, relu_{draw.yes()}
  {
    for (float& each : scales_) each = static_cast<float>(draw.uniform(0.5, 2) * (draw.yes() ? 1 : -1));
  }

  [[nodiscard]] bool relu() const { return relu_; }
  [[nodiscard]] read_norm<float> of(const view<const float>& maps) const
  {
    return {maps, {scales_.data(), shifts_.data(), relu_}, means_.data()};
  }

  /// Where y is a rounding away from 0, a ReLU may let a gradient through or not. There is no such number afterwards.
  void keep_away_from_the_edge(const view<float>& maps) const
  {
    const activation_rule<float> rule{scales_.data(), shifts_.data()};
    for (int n = 0; n < maps.samples; ++n)
      for (int c = 0; c < maps.shape.channels; ++c)
        for (std::size_t i = 0; i < maps.shape.pixels(); ++i)
          if (float& x = maps.channel(n, c)[i]; std::abs(rule(x, c)) < 1e-4F) x += 0.01F;
  }

private:
  std::vector<float> means_;
  std::vector<float> scales_;
  std::vector<float> shifts_;
  bool relu_;
};

/// What a gradient through a norm is written to. The sums are not numbers before, for they are set; d_in is added to.
struct norm_result {
  sliced_maps<float> d_in;
  std::vector<norm_sums> sums;

  explicit norm_result(const sliced_maps<float>& start) : d_in{start}
  {
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    sums.assign(static_cast<std::size_t>((*d_in).samples * (*d_in).shape.channels), {nothing, nothing});
  }

  /// All of it, to be compared bit for bit.
  [[nodiscard]] std::vector<double> numbers() const
  {
    const std::vector<float> maps = d_in.numbers();
    std::vector<double> all(maps.begin(), maps.end());
    for (const norm_sums& each : sums) all.insert(all.end(), {each.arriving, each.leaning});
    return all;
  }
};

/// A lane of at least four sums this many terms in float at most, and each term has three roundings more.
inline double roundings_of_sums(std::size_t pixels)
{
  return static_cast<double>(std::min<std::size_t>(pixels, 512)) / 4 + 4;
}

/// returns:  by how much the sums may be wrong where what arrives at (n, c, y, x) is wrong by `error(n, c, y, x)`
template<class Error>
std::vector<norm_sums> allowed_of_sums(const read_norm<float>& read, Error&& error)
{
  const view<const float>& maps = read.maps;
  std::vector<norm_sums> allowed(static_cast<std::size_t>(maps.samples * maps.shape.channels));
  for (int n = 0; n < maps.samples; ++n)
    for (int c = 0; c < maps.shape.channels; ++c)
      for (int y = 0; y < maps.shape.height; ++y)
        for (int x = 0; x < maps.shape.width; ++x) {
          norm_sums& sums = allowed[static_cast<std::size_t>(n * maps.shape.channels + c)];
          const double wrong = error(n, c, y, x);
          sums.arriving += wrong;
          // x − mean may lose digits: its rounding is that of the larger of both.
          sums.leaning += wrong * (std::abs(double{maps(n, c, y, x)}) + std::abs(double{read.mean[c]}));
        }
  return allowed;
}

/// The same where all that is wrong is that numbers which are `arriving` are summed in float.
inline std::vector<norm_sums> allowed_of_float_sums(const read_norm<float>& read,
                                                    const view<const float>& arriving)
{
  const double relative = roundings_of_sums(read.maps.shape.pixels()) * float_rounding;
  return allowed_of_sums(
    read, [&](int n, int c, int y, int x) { return relative * std::abs(double{arriving(n, c, y, x)}); });
}

/// Checks each sum against a bound of its own.
inline void check_sums(const std::string& what, const std::vector<norm_sums>& found,
                       const std::vector<norm_sums>& expected, const std::vector<norm_sums>& allowed)
{
  REQUIRE(found.size() == expected.size());
  REQUIRE(found.size() == allowed.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO(what << ": at " << i << " of " << found.size() << " there are " << found[i].arriving << " and "
              << found[i].leaning << ", expected " << expected[i].arriving << " and " << expected[i].leaning);
    const double arriving = std::abs(found[i].arriving - expected[i].arriving);
    const double leaning = std::abs(found[i].leaning - expected[i].leaning);
    note_difference(what + ", arriving", arriving, allowed[i].arriving);
    note_difference(what + ", leaning", leaning, allowed[i].leaning);
    CHECK(arriving <= allowed[i].arriving);
    CHECK(leaning <= allowed[i].leaning);
  }
}

/// Checks the sums of one film, and that those of the others are still what they were: not numbers.
inline void check_sums_of_film(const std::string& what, int film, const norm_result& found,
                               const norm_result& expected, const std::vector<norm_sums>& allowed)
{
  const auto of_film = [&](const norm_result& all) {
    const auto first = all.sums.begin() + film * (*all.d_in).shape.channels;
    return std::vector<norm_sums>(first, first + (*all.d_in).shape.channels);
  };
  check_sums(what, of_film(found), of_film(expected), allowed);
  const auto numbers = std::count_if(found.sums.begin(), found.sums.end(), [](const norm_sums& each) {
    return !std::isnan(each.arriving) || !std::isnan(each.leaning);
  });
  CHECK(numbers == (*found.d_in).shape.channels);
}

/// Checks equality bit for bit.
inline void check_same_sums(const std::string& what, const std::vector<norm_sums>& one,
                            const std::vector<norm_sums>& other)
{
  INFO(what);
  REQUIRE(one.size() == other.size());
  CHECK(std::memcmp(one.data(), other.data(), one.size() * sizeof(norm_sums)) == 0);
}

}  // namespace thorax::tests
