// SPDX-License-Identifier: MIT
//
// lower: a network type becomes a draft, layer by layer, in the order in which they run.

#pragma once

#include <thorax/base/type_name.hpp>   // type_name
#include <thorax/graph/diagnosis.hpp>  // is_chain, is_append, is_repeat
#include <thorax/graph/network.hpp>    // network
#include <thorax/plan/draft.hpp>       // draft

#include <array>
#include <concepts>  // convertible_to, same_as
#include <cstddef>   // size_t
#include <string_view>
#include <tuple>
#include <utility>  // pair

namespace thorax {

/// A layer that knows its op. To add one, see CONTRIBUTING.md.
template<class Layer>
concept lowerable_layer = layer<Layer> && requires(draft& plan, slice in) {
  { Layer::lower(plan, in) } -> std::same_as<slice>;
};

namespace detail {

template<class Layer>
inline constexpr bool is_unnamed = false;
template<class... Layers>
inline constexpr bool is_unnamed<chain<Layers...>> = true;
template<class... Body>
inline constexpr bool is_unnamed<append<Body...>> = true;
template<int Times, class Layer>
inline constexpr bool is_unnamed<repeat<Times, Layer>> = true;
template<int C, int H, int W>
inline constexpr bool is_unnamed<yields<C, H, W>> = true;

template<class Layer>
inline constexpr bool is_named = false;
template<fixed_string Name, class Layer>
inline constexpr bool is_named<named<Name, Layer>> = true;

template<class Layer>
concept has_word = requires {
  { Layer::word } -> std::convertible_to<std::string_view>;
};

template<class Layer>
constexpr slice lower_layer(draft& plan, slice in, bool in_repeat);

template<class Layers>
struct lower_each;
template<class... Layers>
struct lower_each<std::tuple<Layers...>> {
  static constexpr slice run(draft& plan, slice in)
  {
    ((in = lower_layer<Layers>(plan, in, false)), ...);
    return in;
  }
};

template<class Layer>
constexpr slice lower_append(draft& plan, slice in)
{
  const slice made = lower_layer<typename Layer::body>(plan, in, false);
  const slice whole = plan.new_buffer({in.shape.channels + made.shape.channels, in.shape.height, in.shape.width});
  plan.emit_copy(in, {whole.buffer, 0, in.shape});
  plan.emit_copy(made, {whole.buffer, in.shape.channels, made.shape});
  return whole;
}

template<class Layer>
constexpr slice lower_body(draft& plan, slice in)
{
  if constexpr (requires { Layer::promised; }) {
    return in;
  }
  else if constexpr (diagnosis::is_append<Layer>) {
    return lower_append<Layer>(plan, in);
  }
  else if constexpr (diagnosis::is_repeat<Layer>) {
    for (int i = 0; i < Layer::times; ++i) in = lower_layer<typename Layer::repeated>(plan, in, true);
    return in;
  }
  else if constexpr (diagnosis::is_chain<Layer>) {
    return lower_each<typename Layer::layers>::run(plan, in);
  }
  else if constexpr (lowerable_layer<Layer>) {
    return Layer::lower(plan, in);
  }
  else {
    static_assert(lowerable_layer<Layer>, "thorax: this layer has no lower(draft&, slice); see CONTRIBUTING.md");
    return in;
  }
}

/// The name of a struct without underscores, as weights files write them: dense_block → denseblock.
template<class Layer>
struct name_without_underscores {
  static constexpr std::string_view full = type_name<Layer>();
  static constexpr auto letters = [] {
    std::array<char, full.size()> kept{};
    std::size_t count = 0;
    for (const char letter : full)
      if (letter != '_') kept[count++] = letter;
    return std::pair{kept, count};
  }();
  static constexpr std::string_view text{letters.first.data(), letters.second};
};

/// returns:  the layer's own word, or the name of its struct
template<class Layer>
constexpr std::string_view word_of()
{
  if constexpr (has_word<Layer>) return Layer::word;
  else return name_without_underscores<Layer>::text;
}

template<class Layer>
constexpr slice lower_layer(draft& plan, slice in, bool in_repeat)
{
  if constexpr (is_unnamed<Layer>) {
    return lower_body<Layer>(plan, in);
  }
  else if constexpr (is_named<Layer>) {
    const int opened = plan.enter(Layer::name.text(), false);
    const slice out = lower_body<typename Layer::bearer>(plan, in);
    plan.leave(opened, out);
    return out;
  }
  else {
    const int opened = plan.enter(word_of<Layer>(), in_repeat);
    const slice out = lower_body<Layer>(plan, in);
    plan.leave(opened, out);
    return out;
  }
}

}  // namespace detail

namespace detail {

/// How many ops and parts lowering makes at most, counted on the type alone.
struct counts {
  std::size_t ops{};
  std::size_t parts{};

  constexpr counts& operator+=(counts more)
  {
    ops += more.ops;
    parts += more.parts;
    return *this;
  }
};

template<class Layer>
consteval counts count_layer();

template<class Layers>
struct count_each;
template<class... Layers>
struct count_each<std::tuple<Layers...>> {
  static consteval counts run()
  {
    counts sum;
    ((sum += count_layer<Layers>()), ...);
    return sum;
  }
};

template<class Layer>
consteval counts count_layer()
{
  counts sum{0, is_unnamed<Layer> ? 0U : 1U};
  if constexpr (is_named<Layer>) {
    using bearer = typename Layer::bearer;  // its own part goes by the given name
    const counts inside = count_layer<bearer>();
    sum += {inside.ops, inside.parts - (is_unnamed<bearer> ? 0U : 1U)};
  }
  else if constexpr (diagnosis::is_append<Layer>) {
    sum += count_layer<typename Layer::body>();
    sum.ops += 2;
  }
  else if constexpr (diagnosis::is_repeat<Layer>) {
    const counts once = count_layer<typename Layer::repeated>();
    sum += {once.ops * Layer::times, once.parts * Layer::times};
  }
  else if constexpr (diagnosis::is_chain<Layer>) sum += count_each<typename Layer::layers>::run();
  else if constexpr (requires { Layer::operations; }) sum.ops = Layer::operations;
  else if constexpr (!is_unnamed<Layer>) sum.ops = 1;
  return sum;
}

}  // namespace detail

/// returns:  the network's ops as written, before any pass
/// requires: the network accepts `in`; its own input always is accepted
/// throws:   error{does_not_fit}
template<class Network>
constexpr draft lowered(extents in = Network::input_shape)
{
  ensure(Network::whole::accepts(in), "this network cannot take an input of that size");
  draft plan;
  plan.reserve(1024);
  plan.input = plan.new_buffer(in);
  plan.output = detail::lower_each<typename Network::layers>::run(plan, plan.input);
  const op& last = plan.ops.back();
  plan.logits = gives_probabilities(last.kind) ? last.in : plan.output;
  plan.buffer_of(plan.logits).kept = true;
  plan.buffer_of(plan.output).kept = true;
  return plan;
}

}  // namespace thorax
