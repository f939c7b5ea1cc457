// SPDX-License-Identifier: MIT
#include <thorax/backend/norm_gradient.hpp>

#include "support/random_maps.hpp"

#include <thorax/backend/reference/activation.hpp>
#include <thorax/backend/reference/normalization.hpp>

#include <vector>

using namespace thorax::tests;
using thorax::extents;
using thorax::norm_gradients;
using thorax::norm_sums;
using thorax::read_norm;
using thorax::reference_activation;
using thorax::reference_normalization;
using thorax::view;

namespace {

constexpr double epsilon = 1e-3;

/// Two films of two channels with two pixels each, whose sums and statistics are given.
struct by_hand {
  std::vector<double> maps = std::vector<double>(8);
  std::vector<double> scale{4, 3};
  std::vector<double> shift{0, 0};
  std::vector<double> mean{1, 2};
  std::vector<double> variance{3.75, 0.75};
  std::vector<norm_sums> sums{{1, 10}, {2, 20}, {3, 30}, {4, -12}};  // film after film
  read_norm<double> read{view<const double>::packed(maps.data(), 2, {2, 1, 2}),
                         {scale.data(), shift.data(), false},
                         mean.data(),
                         variance.data(),
                         0.25};

  by_hand() = default;
  by_hand(const by_hand&) = delete;
};

/// A norm, and what arrives behind it.
struct reader {
  std::vector<double> gamma;
  std::vector<double> beta;
  std::vector<double> d_out;
  std::vector<double> scale;
  std::vector<double> shift;
  bool relu;

  reader(drawing& draw, std::size_t channels, std::size_t floats)
    : gamma{draw.numbers<double>(channels)}, beta{draw.numbers<double>(channels)},
      d_out{draw.numbers<double>(floats)}, scale(channels), shift(channels), relu{draw.yes()}
  {
  }
};

/// Maps that one or more norms read.
struct problem {
  int samples;
  extents shape;
  std::vector<double> maps;
  std::vector<double> mean;
  std::vector<double> variance;
  std::vector<reader> readers;

  problem(drawing draw, int norms)
    : samples{draw.between(2, 4)}, shape{draw.between(1, 3), draw.between(1, 4), draw.between(2, 4)},
      maps{draw.numbers<double>(static_cast<std::size_t>(samples) * shape.size())},
      mean(static_cast<std::size_t>(shape.channels)), variance(mean.size())
  {
    for (int i = 0; i < norms; ++i) readers.emplace_back(draw, mean.size(), maps.size());
    measure();
  }

  void measure() { reference_normalization::channel_statistics({}, packed(maps), mean.data(), variance.data()); }

  view<double> packed(std::vector<double>& numbers) const
  {
    return view<double>::packed(numbers.data(), samples, shape);
  }

  /// The norm as it is read, its scale and shift folded from the statistics there are.
  read_norm<double> folded(reader& by)
  {
    reference_normalization::fold_norm({}, shape.channels, by.gamma.data(), by.beta.data(), mean.data(),
                                       variance.data(), epsilon, by.scale.data(), by.shift.data());
    return {packed(maps), {by.scale.data(), by.shift.data(), by.relu}, mean.data(), variance.data(), epsilon};
  }

  double loss(bool batch_statistics)
  {
    problem changed{*this};
    if (batch_statistics) changed.measure();
    double sum = 0;
    for (reader& by : changed.readers) {
      const read_norm<double> read = changed.folded(by);
      std::vector<double> result(maps.size());
      reference_activation::activation({}, read.maps, read.rule, packed(result));
      sum += product_of(result, by.d_out);
    }
    return sum;
  }
};

/// All three parts: what each norm adds at once, its sums, and in the end the lines of all of them.
struct gradients {
  std::vector<double> d_in;
  std::vector<std::vector<double>> gamma;
  std::vector<std::vector<double>> beta;

  gradients(problem& some, bool batch_statistics) : d_in(some.maps.size())
  {
    const std::size_t channels = some.mean.size();
    std::vector<norm_sums> sums(channels * static_cast<std::size_t>(some.samples));
    std::vector<double> offset(channels);
    std::vector<double> lean(channels);
    for (reader& by : some.readers) {
      const read_norm<double> read = some.folded(by);
      reference_normalization::norm_gradient({}, read, some.packed(by.d_out), sums.data(), some.packed(d_in));
      norm_gradients<double> to{gamma.emplace_back(channels).data(), beta.emplace_back(channels).data()};
      if (batch_statistics) {
        to.offset = offset.data();
        to.lean = lean.data();
      }
      add_norm_gradients(read, sums.data(), to);
    }
    reference_normalization::add_lines({}, some.packed(some.maps), some.mean.data(), offset.data(), lean.data(),
                                       some.packed(d_in));
  }
};

}  // namespace

TEST_CASE("sums of all films become the gradients of a norm, which are added to what is there", "[backend]")
{
  const by_hand some;
  CHECK(some.read.slope(0) == 0.5);
  CHECK(some.read.slope(1) == 1);
  std::vector<double> gamma{100, 200};
  std::vector<double> beta{100, 200};
  std::vector<double> offset{100, 200};
  std::vector<double> lean{100, 200};
  add_norm_gradients(some.read, some.sums.data(),
                     norm_gradients<double>{gamma.data(), beta.data(), offset.data(), lean.data()});
  // Four pixels a channel; Σ dy is 4 and 6, Σ dy · (x − mean) is 40 and 8, and so Σ dy · h is 20 and 8.
  CHECK(gamma == std::vector<double>{120, 208});
  CHECK(beta == std::vector<double>{104, 206});
  CHECK(offset == std::vector<double>{100 - 4 * 1, 200 - 3 * 1.5});
  CHECK(lean == std::vector<double>{100 - 4 * 0.5 * 5, 200 - 3 * 2});
}

TEST_CASE("gradients of a norm that are not wanted are left out, the others stay the same", "[backend]")
{
  const by_hand some;
  const auto added = [&](bool gamma, bool beta, bool lines) {
    std::vector<double> all(8);
    norm_gradients<double> to;
    if (gamma) to.gamma = all.data();
    if (beta) to.beta = all.data() + 2;
    if (lines) to.offset = all.data() + 4;
    if (lines) to.lean = all.data() + 6;
    add_norm_gradients(some.read, some.sums.data(), to);
    return all;
  };
  CHECK(added(false, false, false) == std::vector<double>{0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(added(true, false, false) == std::vector<double>{20, 8, 0, 0, 0, 0, 0, 0});
  CHECK(added(false, true, false) == std::vector<double>{0, 0, 4, 6, 0, 0, 0, 0});
  CHECK(added(false, false, true) == std::vector<double>{0, 0, 0, 0, -4, -4.5, -10, -6});
  CHECK(added(true, true, true) == std::vector<double>{20, 8, 4, 6, -4, -4.5, -10, -6});
}

TEST_CASE("the gradients of batch norms that read the same maps are what central differences say", "[backend]")
{
  for (std::uint64_t seed = 0; seed < 45; ++seed) {
    problem some{drawing{seed}, 1 + static_cast<int>(seed % 3)};
    for (const bool batch_statistics : {true, false}) {
      INFO("seed " << seed << ", norms: " << some.readers.size() << ", batch statistics: " << batch_statistics);
      const gradients found{some, batch_statistics};
      const auto loss = [&] { return some.loss(batch_statistics); };
      check_gradient("d_in", some.maps, found.d_in, loss);
      for (std::size_t i = 0; i < some.readers.size(); ++i) {
        check_gradient("d_gamma", some.readers[i].gamma, found.gamma[i], loss);
        check_gradient("d_beta", some.readers[i].beta, found.beta[i], loss);
      }
    }
  }
}
