// SPDX-License-Identifier: MIT
//
// 05_own_layer: a layer of one's own. It says which extents it accepts, what it makes of them, and which op of the
// plan does it; then it runs, trains and is explained on every backend like those of the library.

#include <thorax/thorax.hpp>

#include <iostream>
#include <numeric>  // iota

// [layer]
/// The largest number of each channel: a max pooling whose window is the whole map.
///
/// accepts:  square maps
/// output:   1x1 maps
struct global_max_pool {
  static constexpr std::string_view word = "pool";

  static constexpr bool accepts(thorax::extents in) { return in.height == in.width && in.height > 0; }
  static constexpr thorax::extents output(thorax::extents in) { return {in.channels, 1, 1}; }

  static constexpr thorax::slice lower(thorax::draft& plan, thorax::slice in)
  {
    return plan.emit({.kind = thorax::op_kind::max_pool,
                      .in = in,
                      .out = plan.new_buffer(output(in.shape)),
                      .moving = {.kernel = in.shape.height}});
  }
};

struct peaks : thorax::network<thorax::input<2, 4, 4>, global_max_pool, thorax::yields<2, 1, 1>> {};

// Maps that are not square would be refused by the compiler, with one error that says so:
static_assert(!global_max_pool::accepts({2, 4, 5}));
// [/layer]

template<class Backend>
void show(const thorax::tensor& maps)
{
  const auto no_weights = std::make_shared<const thorax::network_weights>(
    thorax::inference_plan<peaks>, std::vector<float>{}, thorax::weights_metadata{});
  const thorax::model<peaks, Backend> net{no_weights, Backend{}};
  const thorax::scores said = net(maps);
  std::cout << Backend::name << ": " << said.logits(0, 0) << ' ' << said.logits(0, 1) << '\n';
}

int main()
{
  thorax::tensor maps = thorax::tensor::from_shape({2, 4, 4});
  std::iota(maps.begin(), maps.end(), 1.0F);
  show<thorax::reference>(maps);
  show<thorax::cpu>(maps);
}

// expected output:
//   reference: 16 32
//   cpu: 16 32
