// SPDX-License-Identifier: MIT
#include <thorax/backend/predictor.hpp>

#include "support/catch.hpp"
#include "support/other_memory.hpp"

#include <thorax/backend/cpu/cpu_inference.hpp>
#include <thorax/backend/reference/reference.hpp>

#include <string>

using thorax::op;
using thorax::op_kind;
using thorax::workers;
using thorax::tests::other_memory;
using maps_read = thorax::pixel_view<const float>;
using maps_written = thorax::pixel_view<float>;

namespace {

/// Says which of its ops was called, with what.
struct talking_predictor {
  using memory_type = thorax::host_memory;
  static constexpr int films_at_once = 1;

  std::string* said;
  const float* expected{};

  static std::size_t packed_floats(const op&) { return 0; }
  static std::size_t scratch_floats(const op&) { return 0; }
  static void pack(const op&, const thorax::op_numbers&, float*) {}
  void say(const char* word, const float* packed) const { *said = packed == expected ? word : "other numbers"; }

  void convolution(const workers&, const op&, const float* packed, maps_read, maps_written) const
  {
    say("convolution", packed);
  }
  void max_pool(const workers&, const op&, const float* packed, maps_read, maps_written) const
  {
    say("max", packed);
  }
  void average_pool(const workers&, const op&, const float* packed, maps_read, maps_written) const
  {
    say("average", packed);
  }
  void global_average_pool(const workers&, const op&, const float* packed, maps_read, maps_written) const
  {
    say("global", packed);
  }
  void activation(const workers&, const op&, const float* packed, maps_read, maps_written) const
  {
    say("activation", packed);
  }
  void softmax(const workers&, const op&, const float* packed, maps_read, maps_written) const
  {
    say("softmax", packed);
  }
  void sigmoid(const workers&, const op&, const float* packed, maps_read, maps_written) const
  {
    say("sigmoid", packed);
  }
};

/// What is written here hides what is inherited.
struct poolless : talking_predictor {
  static void max_pool() {}
};
struct scratchless : talking_predictor {
  static void scratch_floats(const op&) {}
};
struct unpacked : talking_predictor {
  static void pack() {}
};
struct nowhere : talking_predictor {
  using memory_type = int;
};
/// It computes where the host's pointers do not lead, and carries nothing there.
struct apart : talking_predictor {
  using memory_type = other_memory;
};
struct carrying : apart {
  static void take_in(const workers&, const thorax::view<const float>&, maps_written) {}
  static void give_out(const workers&, maps_read, const thorax::view<float>&) {}
};
struct without_predictor : thorax::reference {
  static int predictor() { return 0; }
};
struct without_threads : thorax::cpu_inference {
  static void threads() {}
};

std::string called_for(op_kind kind)
{
  const float numbers = 0;
  std::string said;
  op step;
  step.kind = kind;
  predict_op(talking_predictor{&said, &numbers}, {}, step, &numbers, {}, {});
  return said;
}

}  // namespace

TEST_CASE("an object that lacks an op, or cannot be packed or sized, is no predictor", "[backend]")
{
  CHECK(thorax::predictor<talking_predictor>);
  CHECK_FALSE(thorax::predictor<poolless>);
  CHECK_FALSE(thorax::predictor<scratchless>);
  CHECK_FALSE(thorax::predictor<unpacked>);
  CHECK_FALSE(thorax::predictor<thorax::reference>);
  CHECK_FALSE(thorax::predictor<nowhere>);
  CHECK_FALSE(thorax::predictor<apart>);
  CHECK(thorax::predictor<carrying>);
}

TEST_CASE("backends predict if they have threads, a name and a predictor", "[backend]")
{
  CHECK(thorax::predicting_backend<thorax::reference>);
  CHECK(thorax::predicting_backend<thorax::cpu_inference>);
  CHECK_FALSE(thorax::predicting_backend<without_predictor>);
  CHECK_FALSE(thorax::predicting_backend<without_threads>);
  CHECK_FALSE(thorax::predicting_backend<talking_predictor>);
}

TEST_CASE("each kind of op calls the predictor's op of that kind with its packed numbers", "[backend]")
{
  CHECK(called_for(op_kind::convolution) == "convolution");
  CHECK(called_for(op_kind::linear) == "convolution");
  CHECK(called_for(op_kind::max_pool) == "max");
  CHECK(called_for(op_kind::average_pool) == "average");
  CHECK(called_for(op_kind::global_average_pool) == "global");
  CHECK(called_for(op_kind::dropout) == "activation");
  CHECK(called_for(op_kind::activation) == "activation");
  CHECK(called_for(op_kind::softmax) == "softmax");
  CHECK(called_for(op_kind::sigmoid) == "sigmoid");
}
