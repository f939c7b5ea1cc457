// SPDX-License-Identifier: MIT
//
// roofline: where the time of a prediction goes, and what share of this machine's peak each kind of op reaches.
//
//   benchmark_roofline [SIZE THREADS [REPEATS [bf16]]]
//
// Peak is a register tile with all its operands in the first cache, measured in the same process, times the threads.
// "as written" counts the multiplications of the network's formula, "share of peak" those that are really done: a
// Winograd convolution does a fourth to a half of them, a transition that pools first a fourth. The peak is that of
// floats, of which products of bfloat16 may reach up to 200 %.

#include "arguments.hpp"
#include "random_model.hpp"
#include "timing.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <stdexcept>  // invalid_argument
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace thorax;

/// GFLOP/s of one core.
double peak_of(const kernels::kernel_table& with)
{
  constexpr int depth = 256;
  constexpr int tiles = 200;
  const auto columns = static_cast<std::size_t>(2 * with.lanes);
  const auto rows = static_cast<std::size_t>(with.rows);
  const aligned_floats pixels{rows * depth};
  const aligned_floats weights{columns * depth};
  const aligned_floats out{rows * columns};
  for (const aligned_floats* each : {&pixels, &weights, &out}) std::fill(each->span().begin(), each->span().end(), 0.5F);
  const kernels::tile_operands tile{.pixels = pixels.data(), .weights = weights.data(), .depth = depth,
                                    .start = out.data(), .out = out.data(),
                                    .out_stride = static_cast<std::ptrdiff_t>(columns)};
  const double ms = benchmark::fastest_ms(100, [&] {
    for (int i = 0; i < tiles; ++i) with.multiply_tile(tile);
  });
  return 2e-6 * tiles * depth * static_cast<double>(rows * columns) / ms;
}

struct group {
  double ms{};
  double written{};  ///< flops of the formula
  double done{};     ///< flops that the kernels do
};

double done_by(const op& step, std::string_view way)
{
  const double macs = static_cast<double>(step.macs());
  if (way == "Strassen") return 2 * macs * 7 / 8;
  if (!way.starts_with("F(")) return 2 * macs;
  const int tile = way[2] - '0';
  const auto along = [&](int length) { return (length + tile - 1) / tile; };
  const double planes = (tile + 2) * (tile + 2);
  return 2 * planes * along(step.out.shape.height) * along(step.out.shape.width) * step.in.shape.channels *
         step.out.shape.channels;
}

std::string name_of(const op& step, std::string_view way)
{
  if (way.empty()) return "everything else";
  const std::string side = std::to_string(step.moving.kernel);
  std::string name = side + "x" + side + " to " + std::to_string(step.out.shape.height) + "x" +
                     std::to_string(step.out.shape.width) + ", " + std::string{way};
  if (step.max_after != each_pixel) name += ", then maxima";
  if (step.mean_before != each_pixel) name += " of means";
  return name;
}

void print_row(const std::string& name, const group& sum, double peak)
{
  std::printf("| %s | %.2f | %.0f | %.0f %% |\n", name.c_str(), sum.ms, 1e-6 * sum.written / sum.ms,
              1e-4 * sum.done / sum.ms / peak);
}

void print_table(int size, int threads, int repeats, const cpu_options& switches)
{
  const any_model<cpu_inference> net = benchmark::random_model(size, threads, switches);
  const std::vector<float> films = benchmark::random_films(1, size);
  const auto film = view<const float>::packed(films.data(), 1, net.input());
  workspace space;
  const double whole = benchmark::fastest_ms(repeats, [&] { net.run(space, film); });
  const workers crew = space.prepare(net.plan().arena_floats, net.packed().scratch_floats(), &net.pool());
  const std::vector<double> ms = benchmark::fastest_steps(repeats, net.plan().ops.size(), [&](std::size_t i) {
    net.packed().run_op(i, space.arena.data(), crew);
  });

  const cpu_predictor& chosen = net.packed().chosen();
  const double peak = peak_of(chosen_kernels()) * threads;
  std::map<std::pair<int, std::string>, group> groups;
  group all;
  for (std::size_t i = 0; i < ms.size(); ++i) {
    const op& step = net.plan().ops[i];
    const std::string_view way = chosen.way_of(step);
    const bool counts = step.kind == op_kind::convolution;
    group& sum = groups[{counts ? -step.out.shape.height : 0, name_of(step, counts ? way : "")}];
    for (group* each : {&sum, &all}) {
      each->ms += ms[i];
      each->written += 2 * static_cast<double>(step.macs());
      each->done += done_by(step, way);
    }
  }
  std::printf("%dx%d, %d threads, %s: %.2f ms a film; peak %.0f GFLOP/s\n\n", size, size, threads,
              std::string{chosen.architecture()}.c_str(), whole, peak);
  std::printf("| op | ms | GFLOP/s as written | share of peak |\n| --- | ---: | ---: | ---: |\n");
  for (const auto& [key, sum] : groups) print_row(key.second, sum, peak);
  print_row("all", all, peak);
}

}  // namespace

int main(int argc, char** argv)
{
  return benchmark::run(argc, argv, "benchmark_roofline [SIZE THREADS [REPEATS [bf16]]]", [](const auto& given) {
    benchmark::ensure_count(given, 0, 4);
    if (given.size() == 4 && given[3] != "bf16")
      throw std::invalid_argument{"expected bf16 or nothing, found '" + given[3] + "'"};
    using benchmark::positive_or;
    print_table(positive_or(300, given, 0, "SIZE"), positive_or(1, given, 1, "THREADS"),
                positive_or(20, given, 2, "REPEATS"), {.bf16 = given.size() == 4});
    return 0;
  });
}
