// SPDX-License-Identifier: MIT
//
// training_plan: what happens in one training step for a given freeze boundary: forward, with what must be
// kept; batch statistics, each channel's once; loss; backward, recomputing norms and ReLUs instead of storing
// them. The same plan without parameter gradients serves Grad-CAM.

#pragma once

#include <thorax/plan/draft.hpp>             // draft
#include <thorax/plan/drop_dropout.hpp>      // drop_dropout
#include <thorax/plan/elide_copies.hpp>      // elide_copies
#include <thorax/plan/fuse_activations.hpp>  // join_norm_and_relu, fold_into_producers, move_into_readers
#include <thorax/plan/place_in_arena.hpp>    // lifetime, place_in_arena
#include <thorax/plan/pool_first.hpp>        // pool_first

#include <cstddef>  // size_t
#include <limits>
#include <utility>  // move
#include <vector>

namespace thorax {

/// What a training plan is made for.
struct training_options {
  int boundary{};                  ///< position of the first op that trains; everything before it is frozen
  bool batch_statistics{true};     ///< norms that train use their batch's statistics, else the running ones
  bool dropout{true};              ///< dropout behind the boundary drops
  bool parameter_gradients{true};  ///< false: only the gradient at `part` is wanted
  int part{none};                  ///< keep this part's output, and the gradient that arrives at it
};

enum class step_kind { statistics, fold, forward, clear, loss, lines, backward };

/// One thing to do. Which fields count depends on the kind.
struct training_step {
  step_kind kind{step_kind::forward};
  int number{none};     ///< of an op (forward, backward) or of a norm (fold)
  slice maps{};         ///< statistics: of these; fold: with these maps' statistics; clear: set these to 0; lines: of these
  slice d_out{};        ///< backward: the gradient that arrives; loss: where it puts its own
  slice d_activated{};  ///< backward: gradient of what the op read, after its rule; no buffer: not wanted, or not kept
  slice d_in{};         ///< backward: gradient of what the op read, before its rule; no buffer: not wanted. lines: theirs
  bool weights{};       ///< backward: the gradients of weight and bias are wanted
  bool norm{};          ///< backward: the gradients of the norm's weight and bias are wanted
};

/// A draft with the steps of training. `statistics[b]` is where buffer b's means begin, its variances behind them.
struct training_plan {
  draft plan;
  std::vector<training_step> steps;
  std::vector<std::size_t> statistics;
  std::size_t statistics_floats{};
  training_options options{};
  slice part_out{};       ///< output of options.part, if one was asked for
  slice part_gradient{};  ///< the gradient there after the last step

  [[nodiscard]] constexpr bool trains(const parameter& tensor_of_op) const
  {
    return options.parameter_gradients && tensor_of_op.position >= options.boundary && is_trainable(tensor_of_op.kind);
  }
  [[nodiscard]] constexpr bool norm_trains(int number) const
  {
    return number != none && trains(first_parameter_of(number));
  }
  /// returns:  does this norm use the statistics of the batch at hand?
  [[nodiscard]] constexpr bool uses_batch(int number) const
  {
    return options.batch_statistics && first_parameter_of(number).position >= options.boundary;
  }
  /// returns:  is this op's gradient carried through its norm in one go, so that d_activated is kept nowhere?
  [[nodiscard]] constexpr bool carries_through_norm(const op& step) const
  {
    return step.kind == op_kind::convolution && (norm_trains(step.norm_before) || reads_batch(step));
  }
  [[nodiscard]] constexpr bool reads_batch(const op& step) const
  {
    return step.norm_before != none && uses_batch(step.norm_before);
  }
  /// returns:  how many channels the largest norm has
  [[nodiscard]] constexpr std::size_t most_norm_channels() const
  {
    int most = 0;
    for (const norm& each : plan.norms) most = each.channels > most ? each.channels : most;
    return static_cast<std::size_t>(most);
  }

private:
  [[nodiscard]] constexpr const parameter& first_parameter_of(int number) const
  {
    return plan.parameters[static_cast<std::size_t>(plan.norms[static_cast<std::size_t>(number)].first_parameter)];
  }
};

namespace detail {

/// Writes the steps of a training plan whose passes have run.
class step_writer {
public:
  constexpr explicit step_writer(training_plan& made)
    : made_{made}, known_(made.plan.buffers.size(), 0), folded_(made.plan.norms.size(), 0),
      gradients_(made.plan.buffers.size(), none)
  {
    const int count = static_cast<int>(made.plan.ops.size());
    for (int i = 0; i < count; ++i) needs_.push_back(wants_weights(op_at(i)) || wants_norm(op_at(i)) || needs_input(i));
  }

  constexpr void write()
  {
    const int count = static_cast<int>(made_.plan.ops.size());
    for (int i = 0; i < count; ++i) write_forward(i);
    made_.steps.push_back({.kind = step_kind::loss, .d_out = gradient_of(made_.plan.logits)});
    for (int i = count - 1; i >= 0; --i)
      if (needs_[static_cast<std::size_t>(i)] != 0) write_backward(i);
    if (made_.options.part != none) write_part_gradient();
  }

private:
  [[nodiscard]] constexpr const op& op_at(int number) const { return made_.plan.ops.data()[number]; }

  [[nodiscard]] constexpr bool wants_weights(const op& step) const
  {
    return step.weight != none && made_.trains(made_.plan.parameters[static_cast<std::size_t>(step.weight)]);
  }
  [[nodiscard]] constexpr bool wants_norm(const op& step) const { return made_.norm_trains(step.norm_before); }

  /// Does anything that wants a gradient stand above what this op reads?
  [[nodiscard]] constexpr bool needs_input(int number) const
  {
    const op& reader = op_at(number);
    const bool reads_part = made_.options.part != none && overlap(reader.in, made_.part_out) &&
                            reader.position >= made_.options.boundary;
    if (reads_part) return true;
    for (int i = 0; i < number; ++i)
      if (needs_[static_cast<std::size_t>(i)] != 0 && overlap(op_at(i).out, reader.in)) return true;
    return false;
  }

  constexpr void write_forward(int number)
  {
    if (op_at(number).norm_before != none) write_fold(op_at(number));
    made_.steps.push_back({.kind = step_kind::forward, .number = number});
  }

  /// A norm that several ops read with is folded, and its statistics are averaged, once.
  constexpr void write_fold(const op& step)
  {
    const bool uses_batch = made_.uses_batch(step.norm_before);
    char& folded = folded_[static_cast<std::size_t>(step.norm_before)];
    if (folded != 0 || !(uses_batch || made_.norm_trains(step.norm_before))) return;
    folded = 1;
    if (uses_batch) write_statistics(step.in);
    made_.steps.push_back({.kind = step_kind::fold, .number = step.norm_before, .maps = uses_batch ? step.in : slice{}});
  }

  /// Channels do not change once they are written, so each one's statistics are computed once, by whichever
  /// norm comes first.
  constexpr void write_statistics(const slice& maps)
  {
    int& known = known_[static_cast<std::size_t>(maps.buffer)];
    const int end = maps.first_channel + maps.shape.channels;
    const int begin = maps.first_channel <= known && known < end ? known : maps.first_channel;
    if (end <= known) return;
    const extents fresh{end - begin, maps.shape.height, maps.shape.width};
    made_.steps.push_back({.kind = step_kind::statistics, .maps = {maps.buffer, begin, fresh}});
    if (maps.first_channel <= known) known = end;
  }

  constexpr void write_backward(int number)
  {
    const op step = op_at(number);
    training_step made{.kind = step_kind::backward, .number = number};
    made.d_out = gradient_of(step.out);
    write_lines(step.out, made.d_out);
    made.weights = wants_weights(step);
    made.norm = wants_norm(step);
    const bool into_input = needs_input(number);
    if (into_input) made.d_in = gradient_of(step.in);
    const bool has_rule = step.has_rule_before();
    const bool is_rule = step.kind == op_kind::activation;
    if (is_rule) made.d_activated = made.d_out;
    else if (!has_rule) made.d_activated = made.d_in;
    else if ((into_input || made.norm) && !made_.carries_through_norm(step))
      made.d_activated = cleared(made_.plan.new_buffer(step.in.shape));
    if (into_input && made_.reads_batch(step)) leaning_.push_back(step.in);
    made_.steps.push_back(made);
  }

  /// Nothing goes backward through what writes the part where that is frozen, so its lines are still to be added.
  constexpr void write_part_gradient()
  {
    for (std::size_t i = 0; i < needs_.size(); ++i) {
      const slice& written = made_.plan.ops[i].out;
      if (needs_[i] == 0 && overlap(written, made_.part_out)) write_lines(written, gradient_of(written));
    }
    made_.part_gradient = gradient_of(made_.part_out);
  }

  /// All norms that read these maps have been passed by now: what they left is added before the gradient is read.
  constexpr void write_lines(const slice& maps, const slice& gradient)
  {
    for (const slice& each : leaning_)
      if (overlap(each, maps)) return made_.steps.push_back({.kind = step_kind::lines, .maps = maps, .d_in = gradient});
  }

  constexpr slice cleared(const slice& maps)
  {
    made_.steps.push_back({.kind = step_kind::clear, .maps = maps});
    return maps;
  }

  /// returns:  the gradient's maps for these maps; their buffer is made and cleared when first asked for
  constexpr slice gradient_of(const slice& maps)
  {
    int& buffer = gradients_[static_cast<std::size_t>(maps.buffer)];
    if (buffer == none) {
      const extents whole = made_.plan.buffers[static_cast<std::size_t>(maps.buffer)].shape;
      buffer = cleared(made_.plan.new_buffer(whole)).buffer;
    }
    return {buffer, maps.first_channel, maps.shape};
  }

  training_plan& made_;
  std::vector<int> known_;
  std::vector<char> folded_;
  std::vector<int> gradients_;
  std::vector<slice> leaning_;  ///< what norms with batch statistics have read, who leave lines
  std::vector<char> needs_;
};

constexpr std::vector<lifetime> lifetimes_of(const training_plan& made)
{
  const draft& plan = made.plan;
  std::vector<lifetime> lives(plan.buffers.size());
  const auto touch = [&](const slice& maps, int step) {
    if (maps.buffer != none) lives[static_cast<std::size_t>(maps.buffer)].touch(step);
  };
  touch(plan.input, 0);
  for (const slice& maps : plan.features) touch(maps, 0);
  const int count = static_cast<int>(made.steps.size());
  for (int i = 0; i < count; ++i) {
    const training_step& step = made.steps[static_cast<std::size_t>(i)];
    for (const slice& maps : {step.maps, step.d_out, step.d_activated, step.d_in}) touch(maps, i);
    if (step.kind == step_kind::loss) touch(plan.logits, i);
    if (step.kind != step_kind::forward && step.kind != step_kind::backward) continue;
    const op& run = plan.ops[static_cast<std::size_t>(step.number)];
    const bool reads = step.kind == step_kind::forward || step.weights || run.norm_before != none ||
                       run.relu_before || run.kind == op_kind::max_pool;
    if (reads) touch(run.in, i);
    if (step.kind == step_kind::forward || gives_probabilities(run.kind)) touch(run.out, i);
  }
  for (std::size_t b = 0; b < plan.buffers.size(); ++b)
    if (plan.buffers[b].kept && lives[b].used()) lives[b].touch(count);
  touch(made.part_gradient, count);
  return lives;
}

/// Takes the softmax or sigmoid at the end away; parts that end with it end with the logits then.
constexpr void leave_out_probabilities(draft& written)
{
  if (!gives_probabilities(written.ops.back().kind)) return;
  for (part& each : written.parts)
    if (each.out == written.output) each.out = written.logits;
  written.ops.pop_back();
  written.output = written.logits;
}

}  // namespace detail

/// Plans a training step, or a gradient for explanation, from a network's ops as written. A softmax or sigmoid
/// at the end is left out: loss and explanation work on the logits.
constexpr training_plan for_training(draft written, const training_options& options)
{
  constexpr int everything = std::numeric_limits<int>::max();
  detail::leave_out_probabilities(written);
  if (options.part != none) written.buffer_of(written.parts[static_cast<std::size_t>(options.part)].out).kept = true;
  draft plan = drop_dropout(std::move(written), options.dropout ? options.boundary : everything);
  plan = pool_first(join_norm_and_relu(elide_copies(std::move(plan))));
  plan = move_into_readers(fold_into_producers(std::move(plan), options.boundary));
  training_plan made;
  made.plan = std::move(plan);
  made.options = options;
  if (options.part != none) made.part_out = made.plan.parts[static_cast<std::size_t>(options.part)].out;
  detail::step_writer{made}.write();
  for (const buffer& each : made.plan.buffers) {
    made.statistics.push_back(made.statistics_floats);
    made.statistics_floats += 2 * static_cast<std::size_t>(each.shape.channels);
  }
  const std::vector<lifetime> lives = detail::lifetimes_of(made);
  made.plan = place_in_arena(std::move(made.plan), lives);
  return made;
}

}  // namespace thorax
