// SPDX-License-Identifier: MIT
//
// 03_own_network: a network of one's own is a type. What its shapes are and how much memory it takes is known,
// and checked, before the program runs.

#include <thorax/thorax.hpp>

#include <iostream>

// [network]
namespace my {

using thorax::batch_norm, thorax::chain, thorax::conv2d, thorax::dense_block, thorax::growth, thorax::kernel,
  thorax::relu, thorax::stride, thorax::yields;

struct reduction : chain<conv2d<24, kernel<3>, stride<2>>, batch_norm, relu> {};

struct features : chain<conv2d<16, kernel<5>, stride<2>>, batch_norm, relu, yields<16, 48, 48>,
                        dense_block<3, growth<8>>,                          yields<40, 48, 48>,
                        reduction,                                          yields<24, 24, 24>,
                        dense_block<3, growth<8>>, batch_norm, relu> {};

struct classifier : chain<thorax::global_average_pool, thorax::linear<2>, thorax::softmax> {};

struct net : thorax::network<thorax::input<1, 96, 96>, features, classifier> {};

static_assert(net::output_shape == thorax::extents{2, 1, 1});
static_assert(thorax::arena_bytes<net> <= 700'000, "must run beside other things in a small device");

}  // namespace my
// [/network]

int main()
{
  // The plan that the compiler made, and untrained numbers for it.
  constexpr thorax::plan_view plan = thorax::inference_plan<my::net>;
  std::vector<float> numbers(plan.parameter_floats);
  thorax::fill_initial(plan, 1, numbers);
  const auto weights = std::make_shared<const thorax::network_weights>(plan, numbers, thorax::weights_metadata{});
  const thorax::model<my::net, thorax::cpu> net{weights, thorax::cpu{}};

  thorax::tensor film = thorax::tensor::from_shape({1, 96, 96});
  film.fill(0.5F);
  const thorax::scores said = net(film);
  const float sum = said.probabilities(0, 0) + said.probabilities(0, 1);

  std::cout << "ops         " << plan.ops.size() << '\n'
            << "parameters  " << plan.parameter_floats << '\n'
            << "arena       " << thorax::arena_bytes<my::net> << " bytes\n"
            << "last weight " << thorax::name_of(plan, plan.parameters.back()) << '\n'
            << "certainty   " << (sum > 0.9999F && sum < 1.0001F ? "1 in all" : "lost") << '\n';
}

// expected output:
//   ops         17
//   parameters  *
//   arena       * bytes
//   last weight classifier.linear.bias
//   certainty   1 in all
