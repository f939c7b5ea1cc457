// SPDX-License-Identifier: MIT
//
// packed_plan: a plan for predicting with all its numbers as a backend wants them: one stream in the order of use.

#pragma once

#include <thorax/backend/placed_floats.hpp>            // placed_floats
#include <thorax/backend/predictor.hpp>                // op_numbers, predict_op, predictor
#include <thorax/backend/reference/normalization.hpp>  // reference_normalization
#include <thorax/model/gray_film.hpp>                  // added_up, begins_with_convolution, is_gray, of_one_channel
#include <thorax/plan/plan.hpp>                        // plan_view
#include <thorax/tensor/aligned_floats.hpp>            // aligned_floats, whole_lines
#include <thorax/tensor/pixel_view.hpp>                // interleave, pixel_view, separate
#include <thorax/tensor/view.hpp>                      // view

#include <algorithm>  // max
#include <cstddef>    // size_t
#include <optional>
#include <span>
#include <type_traits>  // is_convertible_v
#include <utility>      // move
#include <vector>

namespace thorax {

namespace detail {

/// Parameters that lie in memory already.
struct parameters_in_memory {
  const float* const* pointers;

  [[nodiscard]] const float* numbers(int parameter, std::vector<float>&) const { return pointers[parameter]; }
  static void set_aside(int) {}
};

}  // namespace detail

/// Immutable once made; any number of threads may run it, each in an arena of its own.
template<predictor Predictor>
class packed_plan {
public:
  using memory_type = typename Predictor::memory_type;
  static constexpr int films_at_once = Predictor::films_at_once;

  /// Folds the norms and packs every op, ops shared out among the threads of the crew. `parameters` gives the numbers of
  /// one parameter at a time, as network_weights does, and is not needed afterwards; the plan's arrays are.
  template<class Parameters>
    requires(!std::is_convertible_v<Parameters, const float* const*>)
  packed_plan(const plan_view& plan, std::span<const norm> norms, const Parameters& parameters, Predictor chosen,
              const workers& crew)
    : plan_{plan}, chosen_{std::move(chosen)}
  {
    if (joins_gray_channels(chosen_) && plan.input.shape.channels > 1 && begins_with_convolution(plan)) {
      gray_ = of_one_channel(plan.ops.front());
      make_room(*gray_);
    }
    for (const op& step : plan.ops) {
      places_.push_back(floats_);
      make_room(step);
    }
    make_room_for_carrying();
    scratch_floats_ = whole_lines(scratch_floats_);  // threads start on cache lines of their own
    float* const stream = stream_.grow_to<memory_type>(floats_ + read_ahead);
    aligned_floats on_host;
    if constexpr (!memory_type::is_host) on_host.grow_to(floats_);
    float* const to = memory_type::is_host ? stream : on_host.data();
    crew.run(static_cast<int>(plan.ops.size()), [&](int number, int) {
      pack(static_cast<std::size_t>(number), norms, parameters, to);
    });
    if constexpr (!memory_type::is_host) memory_type::copy_in(to, floats_, stream);
  }
  packed_plan(const plan_view& plan, std::span<const norm> norms, const float* const* parameters, Predictor chosen,
              const workers& crew)
    : packed_plan{plan, norms, detail::parameters_in_memory{parameters}, std::move(chosen), crew}
  {
  }

  [[nodiscard]] const Predictor& chosen() const { return chosen_; }

  /// Floats that the maps of one film need.
  [[nodiscard]] std::size_t arena_floats() const { return plan_.arena_floats; }

  /// Floats that one thread needs while it runs an op.
  [[nodiscard]] std::size_t scratch_floats() const { return scratch_floats_; }

  /// Floats of all packed numbers.
  [[nodiscard]] std::size_t floats() const { return floats_; }

  /// Predicts films and leaves their maps in the arena, for `read`; those that nobody keeps may be gone.
  ///
  /// accepts:  up to films_at_once films of the plan's input, on the host; for each of them an arena of arena_floats() and
  ///           a crew with scratch_floats(), where the predictor computes
  void run(const view<const float>& films, float* arena, const workers& crew) const
  {
    if (gray_ && is_gray(films)) {
      predict_op(chosen_, crew, *gray_, stream_.data(), {films.channel(0, 0), gray_->in.shape, 1},
                 maps(gray_->out, arena, 1));
      return run(arena, crew, 1, 1);
    }
    write(plan_.input, films, arena, crew);
    run(arena, crew, films.samples);
  }

  /// The same with maps of `films` films that `write` has put there, from op `first` on.
  void run(float* arena, const workers& crew, int films = 1, std::size_t first = 0) const
  {
    for (std::size_t i = first; i < plan_.ops.size(); ++i) run_op(i, arena, crew, films);
  }

  /// Copies maps out of the arena to the host, channel by channel, or into it.
  void read(const slice& of, float* arena, const view<float>& to, const workers& crew) const
  {
    if constexpr (memory_type::is_host) separate(maps(of, arena, 1), to);
    else chosen_.give_out(crew, maps(of, arena, to.samples), to);
  }
  void write(const slice& of, const view<const float>& from, float* arena, const workers& crew) const
  {
    if constexpr (memory_type::is_host) interleave(from, maps(of, arena, 1));
    else chosen_.take_in(crew, from, maps(of, arena, from.samples));
  }

  /// Predicts films.
  ///
  /// returns:  nothing; `logits` and `output` are filled with the plan's, channel by channel, film after film
  void run(const view<const float>& films, float* arena, const workers& crew, float* logits, float* output) const
  {
    run(films, arena, crew);
    read(plan_.logits, arena, view<float>::packed(logits, films.samples, plan_.logits.shape), crew);
    read(plan_.output, arena, view<float>::packed(output, films.samples, plan_.output.shape), crew);
  }

  /// Runs one op of the plan on what the ops before it have left in the arena.
  void run_op(std::size_t number, float* arena, const workers& crew, int films = 1) const
  {
    const op& step = plan_.ops[number];
    predict_op(chosen_, crew, step, stream_.data() + places_[number], maps(step.in, arena, films),
               maps(step.out, arena, films));
  }

private:
  static constexpr std::size_t read_ahead = 4096;  // kernels prefetch behind the last weights; that it is ours is tidier

  [[nodiscard]] pixel_view<float> maps(const slice& of, float* arena, int films) const
  {
    const buffer& home = plan_.buffers[static_cast<std::size_t>(of.buffer)];
    float* const start = arena + static_cast<std::size_t>(films) * home.offset;
    return {start + of.first_channel, of.shape, home.shape.channels, films};
  }

  static bool joins_gray_channels(const Predictor& chosen)
  {
    if constexpr (requires { chosen.joins_gray_channels(); }) return chosen.joins_gray_channels();
    else return false;
  }

  void make_room(const op& step)
  {
    floats_ += chosen_.packed_floats(step);
    scratch_floats_ = std::max(scratch_floats_, chosen_.scratch_floats(step));
  }

  /// Maps on their way between host and device lie in scratch, channel after channel.
  void make_room_for_carrying()
  {
    if constexpr (!memory_type::is_host)
      for (const buffer& each : plan_.buffers) scratch_floats_ = std::max(scratch_floats_, each.shape.size());
  }

  template<class Parameters>
  void pack(std::size_t which, std::span<const norm> norms, const Parameters& parameters, float* stream) const
  {
    const op& step = plan_.ops[which];
    std::vector<float> folded[2];
    std::vector<float> weights;
    std::vector<float> bias;
    const auto rule = [&](int number, int bias_number, bool relu, std::vector<float>& to) -> activation_rule<float> {
      if (number == none) return {nullptr, bias_number == none ? nullptr : parameters.numbers(bias_number, bias), relu};
      const norm& found = norms[static_cast<std::size_t>(number)];
      to.resize(2 * static_cast<std::size_t>(found.channels));
      fold(found, parameters, to.data());
      return {to.data(), to.data() + found.channels, relu};
    };
    op_numbers numbers{step.weight == none ? nullptr : parameters.numbers(step.weight, weights),
                       rule(step.norm_before, none, step.relu_before, folded[0]),
                       rule(step.norm_after, step.bias, step.relu_after, folded[1])};
    chosen_.pack(step, numbers, stream + places_[which]);
    if (which == 0 && gray_) {
      const std::vector<float> sums = added_up(step, numbers.weights);
      numbers.weights = sums.data();
      chosen_.pack(*gray_, numbers, stream);
    }
    if (step.weight != none) parameters.set_aside(step.weight);
  }

  template<class Parameters>
  static void fold(const norm& rule, const Parameters& parameters, float* folded)
  {
    std::vector<float> rooms[4];
    const float* four[4]{};
    for (int i = 0; i < 4; ++i) four[i] = parameters.numbers(rule.first_parameter + i, rooms[i]);
    reference_normalization::fold_norm<float>({}, rule.channels, four[0], four[1], four[2], four[3], rule.epsilon,
                                              folded, folded + rule.channels);
  }

  plan_view plan_;
  Predictor chosen_;
  std::optional<op> gray_;  ///< the first op for a gray film, if there is one; its numbers come first
  std::vector<std::size_t> places_;
  placed_floats stream_;
  std::size_t floats_{};
  std::size_t scratch_floats_{};
};

}  // namespace thorax
