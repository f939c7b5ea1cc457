// SPDX-License-Identifier: MIT
//
// split_at_boundary: a network in two while a part of it is frozen. What the frozen part makes of a film is the same in
// every epoch, so it can be predicted in a hurry, once, and kept; the rest begins with that.

#pragma once

#include <thorax/plan/draft.hpp>          // draft
#include <thorax/plan/training_plan.hpp>  // training_options
#include <thorax/plan/uses.hpp>           // overlap, take_out, close_gaps

#include <cstddef>  // size_t
#include <utility>  // move
#include <vector>

namespace thorax {

/// Both have the same `features`: the frozen part makes them of the film, the rest begins with them.
struct split_network {
  draft frozen;  ///< without ops if nothing is frozen: the film itself is the features then
  draft rest;    ///< without an input, unless the film is among the features
};

namespace detail {

/// Does the op itself do something else in another step of training?
constexpr bool changes(const op& step, const training_options& options)
{
  const bool drops = options.dropout && step.kind == op_kind::dropout;
  return step.position >= options.boundary && (step.weight != none || step.norm_before != none || drops);
}

/// returns:  for each op, 1 if neither it nor anything above it changes
constexpr std::vector<char> frozen_ops(const draft& written, const training_options& options)
{
  std::vector<char> frozen;
  for (const op& step : written.ops) {
    bool same = !changes(step, options);
    for (std::size_t above = 0; same && above < frozen.size(); ++above)
      same = frozen[above] != 0 || !overlap(written.ops[above].out, step.in);
    frozen.push_back(same ? 1 : 0);
  }
  return frozen;
}

/// Takes out the ops that are frozen, or those that are not.
constexpr draft without(draft plan, const std::vector<char>& frozen, bool which)
{
  for (std::size_t i = 0; i < plan.ops.size(); ++i)
    if ((frozen[i] != 0) == which) take_out(plan.ops[i]);
  close_gaps(plan);
  return plan;
}

}  // namespace detail

/// Splits a network as written, before any pass, at options.boundary. Ops without weights behind the boundary are
/// frozen too until the first that trains: of a head whose first layer is a mean over pixels, the means are the features.
constexpr split_network split_at_boundary(draft written, const training_options& options)
{
  const std::vector<char> frozen = detail::frozen_ops(written, options);
  const auto is_read = [&](const slice& maps) {
    for (std::size_t i = 0; i < frozen.size(); ++i)
      if (frozen[i] == 0 && overlap(written.ops[i].in, maps)) return true;
    return false;
  };
  if (is_read(written.input)) written.features.push_back(written.input);
  for (std::size_t i = 0; i < frozen.size(); ++i)
    if (frozen[i] != 0 && is_read(written.ops[i].out)) written.features.push_back(written.ops[i].out);
  ensure(!written.features.empty(), "nothing behind the freeze boundary has weights; freeze less");

  split_network made{detail::without(written, frozen, false), detail::without(written, frozen, true)};
  for (const slice& maps : made.frozen.features) made.frozen.buffer_of(maps).kept = true;
  made.frozen.logits = made.frozen.output = made.frozen.features.front();
  if (!is_read(written.input)) made.rest.input = {};
  return made;
}

}  // namespace thorax
