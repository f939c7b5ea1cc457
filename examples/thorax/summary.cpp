// SPDX-License-Identifier: MIT
//
// thorax summary: what a network consists of, and the plan that predicts with it.

#include "commands.hpp"
#include "networks.hpp"
#include "not_empty.hpp"
#include "numbers.hpp"
#include "results.hpp"
#include "words.hpp"

#include <thorax/backend/cpu/predictor.hpp>  // cpu_predictor, kernel_choices
#include <thorax/evaluate/json_text.hpp>     // json_text
#include <thorax/evaluate/text_columns.hpp>  // right_aligned
#include <thorax/plan/names.hpp>             // path_of

#include <CLI/CLI.hpp>

#include <algorithm>  // max
#include <cstdint>    // int64_t
#include <iostream>
#include <memory>  // make_shared

namespace thorax::program {

namespace {

struct summary_options {
  std::string network{"chest_network"};
  int size{300};
  int findings{3};
  bool parts{};
  bool plan{};
  std::string json;
};

/// A part of the network, or all of it: what it makes, what it has learned, what it costs for one film.
struct part_row {
  std::string name;
  int depth{};
  extents out{};
  std::size_t parameters{};
  std::size_t macs{};
};

std::string text_of(const extents& shape)
{
  return std::to_string(shape.channels) + "x" + std::to_string(shape.height) + "x" + std::to_string(shape.width);
}

part_row row_of(const plan_view& written, std::string name, int depth, const slice& out, int first_op, int last_op)
{
  part_row row{std::move(name), depth, out.shape, 0, 0};
  for (const parameter& each : written.parameters)
    if (each.position >= first_op && each.position < last_op) row.parameters += each.size();
  for (int i = first_op; i < last_op; ++i) row.macs += written.ops[static_cast<std::size_t>(i)].macs();
  return row;
}

std::vector<part_row> parts_of(const plan_view& written)
{
  std::vector<part_row> rows;
  for (std::size_t i = 0; i < written.parts.size(); ++i) {
    int depth = 0;
    for (int up = written.parts[i].parent; up != none; up = written.parts[static_cast<std::size_t>(up)].parent)
      ++depth;
    const part& each = written.parts[i];
    rows.push_back(
      row_of(written, path_of(written, static_cast<int>(i)), depth, each.out, each.first_op, each.last_op));
  }
  rows.push_back(row_of(written, "all", 0, written.output, 0, static_cast<int>(written.ops.size())));
  return rows;
}

std::string parts_table(const std::vector<part_row>& rows, int deepest)
{
  std::size_t width = 0;
  for (const part_row& row : rows)
    if (row.depth <= deepest) width = std::max(width, row.name.size());
  const auto line = [&](const std::string& name, const std::string& out, const std::string& learned,
                        const std::string& macs) {
    return left_aligned(name, width) + right_aligned(out, 13) + right_aligned(learned, 12) +
           right_aligned(macs, 15) + '\n';
  };
  std::string table = line("part", "output", "parameters", "MACs");
  for (const part_row& row : rows)
    if (row.depth <= deepest)
      table += line(row.name, text_of(row.out), row.parameters == 0 ? "" : grouped(row.parameters),
                    row.macs == 0 ? "" : grouped(row.macs));
  return table;
}

/// returns:  conv 3x3/2 for a window of 3x3 pixels that moves by 2
std::string with_window(const std::string& name, const window& moving)
{
  const std::string side = std::to_string(moving.kernel);
  return name + " " + side + "x" + side + (moving.stride == 1 ? "" : "/" + std::to_string(moving.stride));
}

std::string kind_of(const op& step)
{
  switch (step.kind) {
    case op_kind::convolution: return with_window("conv", step.moving);
    case op_kind::linear: return "linear";
    case op_kind::max_pool: return with_window("max", step.moving);
    case op_kind::average_pool: return with_window("mean", step.moving);
    case op_kind::global_average_pool: return "mean";
    case op_kind::activation: return "copy";
    case op_kind::dropout: return "dropout";
    case op_kind::softmax: return "softmax";
    case op_kind::sigmoid: return "sigmoid";
  }
  return "";
}

/// conv 3x3/2, with `nr>` for norm and ReLU on what is read and `>nr` on what is written.
std::string name_of(const op& step)
{
  const auto rule = [](int norm, bool relu) { return std::string{norm == none ? "" : "n"} + (relu ? "r" : ""); };
  const std::string before = rule(step.norm_before, step.relu_before) + (step.mean_before == each_pixel ? "" : "m");
  const std::string after = rule(step.norm_after, step.relu_after) + (step.max_after == each_pixel ? "" : "x");
  return (before.empty() ? "" : before + ">") + kind_of(step) + (after.empty() ? "" : ">" + after);
}

std::size_t bytes_of(const extents& shape) { return shape.size() * sizeof(float); }

/// Where a slice begins in the arena of one film.
std::size_t place_of(const plan_view& plan, const slice& maps)
{
  const buffer& home = plan.buffers[static_cast<std::size_t>(maps.buffer)];
  return (home.offset + static_cast<std::size_t>(maps.first_channel)) * sizeof(float);
}

/// Which instructions compute here, and which others are in this program.
std::string kernels_line(const cpu_predictor& chosen)
{
  std::string others;
  for (const kernel_choice& each : kernel_choices())
    if (each.kernels->name != chosen.architecture())
      others += (others.empty() ? "" : ", ") + std::string{each.kernels->name} + (each.runs_here ? "" : " (not here)");
  return "kernels of the cpu backend: " + std::string{chosen.architecture()} +
         (others.empty() ? "" : "; THORAX_ARCH can choose: " + others);
}

std::string plan_table(const plan_view& plan, const cpu_predictor& chosen)
{
  const auto line = [](const std::string& number, const std::string& name, const std::string& way,
                       const std::string& in, const std::string& from, const std::string& out, const std::string& to,
                       const std::string& at, const std::string& macs) {
    return right_aligned(number, 3) + " " + left_aligned(name, 15) + left_aligned(way, 7) + right_aligned(in, 12) +
           right_aligned(from, 4) + right_aligned(out, 12) + right_aligned(to, 4) + right_aligned(at, 10) +
           right_aligned(macs, 11) + '\n';
  };
  std::string table = wrapped("nr> is norm and ReLU on what is read, m> the mean of pixels, >nr and >x norm, ReLU and "
                              "maximum on what is written; `by` is how the kernels do it: a matrix product, Strassen's by "
                              "halves, or Winograd tiles F(n x n); `of` and `to` are buffers; `at` is the byte of the arena "
                              "where one film's output begins") +
                      wrapped(kernels_line(chosen)) + '\n';
  table += line("", "op", "by", "reads", "of", "writes", "to", "at", "MACs");
  for (std::size_t i = 0; i < plan.ops.size(); ++i) {
    const op& step = plan.ops[i];
    table +=
      line(std::to_string(i), name_of(step), std::string{chosen.way_of(step)}, text_of(step.in.shape),
           std::to_string(step.in.buffer), text_of(step.out.shape), std::to_string(step.out.buffer),
           std::to_string(place_of(plan, step.out)), step.macs() == 0 ? "" : std::to_string(step.macs()));
  }
  return table;
}

std::size_t macs_of(const plan_view& plan)
{
  std::size_t sum = 0;
  for (const op& step : plan.ops) sum += step.macs();
  return sum;
}

std::size_t packed_bytes(const plan_view& plan, const cpu_predictor& chosen)
{
  std::size_t floats = 0;
  for (const op& step : plan.ops) floats += chosen.packed_floats(step);
  return floats * sizeof(float);
}

std::string totals_of(const plan_view& plan, const cpu_predictor& chosen)
{
  return "as it predicts: " + std::to_string(plan.ops.size()) + " ops, " + grouped(macs_of(plan)) +
         " MACs a film\nmemory:         " + grouped(plan.parameter_floats * sizeof(float)) +
         " bytes of weights, " + grouped(packed_bytes(plan, chosen)) + " when packed,\n                " +
         grouped(plan.arena_floats * sizeof(float)) + " bytes of arena a film\n";
}

void write_number(json_text& json, std::string_view name, std::size_t number)
{
  json.name(name).value(static_cast<std::int64_t>(number));
}

void write_shape(json_text& json, std::string_view name, const extents& shape)
{
  json.name(name).begin_array();
  for (const int length : {shape.channels, shape.height, shape.width})
    json.value(static_cast<std::int64_t>(length));
  json.end_array();
}

std::string json_of_summary(const blueprint& network, const std::vector<part_row>& rows, const cpu_predictor& chosen)
{
  const plan_view& plan = network.predicting;
  json_text json;
  json.begin_object().name("format").value("thorax summary 1").name("network").value(network.name);
  write_shape(json, "input", plan.input.shape);
  write_number(json, "parameters", plan.parameter_floats);
  write_number(json, "macs", macs_of(plan));
  write_number(json, "arena_bytes", plan.arena_floats * sizeof(float));
  write_number(json, "packed_bytes", packed_bytes(plan, chosen));
  json.name("kernels").value(chosen.architecture());
  json.name("parts").begin_array();
  for (const part_row& row : rows) {
    json.begin_object().name("part").value(row.name);
    write_shape(json, "output", row.out);
    write_number(json, "parameters", row.parameters);
    write_number(json, "macs", row.macs);
    json.end_object();
  }
  json.end_array().name("plan").begin_array();
  for (const op& step : plan.ops) {
    json.begin_object().name("op").value(name_of(step)).name("part").value(path_of(plan, step.part));
    json.name("by").value(chosen.way_of(step));
    write_shape(json, "reads", step.in.shape);
    write_shape(json, "writes", step.out.shape);
    write_number(json, "reads_at", place_of(plan, step.in));
    write_number(json, "writes_at", place_of(plan, step.out));
    write_number(json, "bytes", bytes_of(step.out.shape));
    write_number(json, "macs", step.macs());
    json.end_object();
  }
  return json.end_array().end_object().text();
}

void summarize(const summary_options& options)
{
  const extents film{usual_film(options.network).channels, options.size, options.size};
  const auto network = network_named(options.network, film, options.findings);
  const std::vector<part_row> rows = parts_of(view_of(network->written));
  const cpu_predictor chosen;
  if (options.json != "-") {
    std::cout << network->name << " for films of " << options.size << "x" << options.size << " pixels and "
              << options.findings << " findings\n\n";
    if (options.parts || !options.plan) std::cout << parts_table(rows, options.parts ? 99 : 1) << '\n';
    if (options.plan) std::cout << plan_table(network->predicting, chosen) << '\n';
    std::cout << totals_of(network->predicting, chosen);
  }
  if (!options.json.empty()) write_result(options.json, json_of_summary(*network, rows, chosen));
}

}  // namespace

void add_summary(CLI::App& commands)
{
  const auto options = std::make_shared<summary_options>();
  CLI::App* command = commands.add_subcommand("summary", "print a network's parts, or the plan that predicts");
  command->footer("example: thorax summary --network densenet121 --size 224 --parts\n\n"
                  "MACs are multiplications, each with its addition, for one film: a part's as the network is\n"
                  "written, the plan's as it runs. A part's name is what --at of `thorax explain` takes.");
  command->add_option("--network", options->network, "architecture")
    ->capture_default_str()
    ->check(CLI::IsMember(network_names));
  command->add_option("--size", options->size, "pixels a side")
    ->capture_default_str()
    ->check(from_to(smallest_film, largest_film));
  command->add_option("--findings", options->findings, "how many it tells apart")
    ->capture_default_str()
    ->check(from_to(fewest_findings, most_findings));
  command->add_flag("--parts", options->parts, "all parts, not only the upper ones");
  command->add_flag("--plan", options->plan, "the ops that run, where their maps lie, and what they cost");
  command->add_option("--json", options->json, "write all of it as JSON; - prints it")->check(not_empty);
  command->callback([options] { summarize(*options); });
}

}  // namespace thorax::program
