// SPDX-License-Identifier: MIT

#include "loaded_model.hpp"

#include "networks.hpp"
#include "not_empty.hpp"
#include "numbers.hpp"
#include "words.hpp"

#include <thorax/explain/grad_cam.hpp>    // grad_cam, usual_part
#include <thorax/model/weights_file.hpp>  // weights_file

#include <CLI/CLI.hpp>

#include <algorithm>  // reverse
#include <array>
#include <cstdio>   // fprintf
#include <string>
#include <string_view>
#include <utility>  // move, pair

namespace thorax::program {

namespace {

std::shared_ptr<const blueprint> network_of(const weights_file& file, const model_options& options)
{
  const weights_metadata& said = file.metadata();
  const std::string& name = options.network.empty() ? said.network : options.network;
  extents film = said.input;
  if (film == extents{}) film.channels = channels_in(file);
  if (options.size != 0) film.height = film.width = options.size;
  if (name.empty() || film.height == 0)
    throw error{error_code::wrong_usage, file.tensors().name() +
                                           " does not say which network it is for; say it with "
                                           "--network NAME --size PIXELS, as in --network chest_network --size 300"};
  return network_named(name, film, findings_in(file), options.passes);
}

void ensure_switches_fit(const model_options& options)
{
  if (options.backend == "cpu") return;
  const cpu_options& asked = options.switches;
  const std::array<std::pair<bool, const char*>, 4> switches{{{asked.bf16, "--bf16"},
                                                              {!asked.winograd, "--no-winograd"},
                                                              {!asked.strassen, "--no-strassen"},
                                                              {!asked.gray, "--no-gray"}}};
  for (const auto& [is_asked, name] : switches)
    if (is_asked)
      throw error{error_code::wrong_usage, std::string{name} + " is for --backend cpu; the reference computes everything "
                                             "as it is written, in single precision with sums in double"};
}

std::variant<any_model<cpu>, any_model<reference>> read(const model_options& options)
{
  ensure_switches_fit(options);
  weights_file file{options.weights};
  const std::shared_ptr<const blueprint> network = network_of(file, options);
  if (!file.has_checksum())
    std::fprintf(stderr, "thorax: note: %s carries no checksum: damage to it would go unnoticed\n",
                 file.tensors().name().c_str());
  if (options.backend == "reference") return read_model(network, std::move(file), reference{options.threads});
  say_blas_advice();
  return read_model(network, std::move(file), cpu{options.threads, options.switches});
}

/// Exchanges left and right of a sample as the network sees it.
void mirror(const view<float>& sample)
{
  for (int c = 0; c < sample.shape.channels; ++c)
    for (int y = 0; y < sample.shape.height; ++y) {
      float* const row = &sample(0, c, y, 0);
      std::reverse(row, row + sample.shape.width);
    }
}

/// Names the file, as every other sentence about weights does.
void verify(const auto& net, const std::filesystem::path& weights)
{
  try {
    net.verify();
  }
  catch (const error& problem) {
    throw error{problem.code(), "'" + weights.string() + "': " + problem.what()};
  }
}

}  // namespace

void say_blas_advice()
{
  if (const std::string_view advice = blas_advice(); !advice.empty())
    std::fprintf(stderr, "thorax: note: %s\n", std::string{advice}.c_str());
}

void add_model_options(CLI::App& command, model_options& options)
{
  command.add_option("--weights", options.weights, "weights file, as `thorax train` writes it")
    ->required()
    ->check(not_empty);
  command.add_option("--network", options.network, "for weights from elsewhere")
    ->check(CLI::IsMember(network_names));
  command.add_option("--size", options.size, "for weights from elsewhere: pixels a side of a film")
    ->check(from_to(smallest_film, largest_film));
  command.add_option("--backend", options.backend, "what computes; reference is slow and exact")
    ->capture_default_str()
    ->check(CLI::IsMember({"cpu", "reference"}));
  command.add_option("--threads", options.threads, "how many threads work")
    ->capture_default_str()
    ->check(from_to(1, 1024));
  command.add_flag("--bf16", options.switches.bf16,
                   "products of 16-bit numbers: twice as fast where the processor has them, about two digits right; a "
                   "close call may change its finding");
  command.add_flag_callback("--no-winograd", [&options] { options.switches.winograd = false; },
                            "3x3 convolutions as they are written: slower, less memory");
  command.add_flag_callback("--no-strassen", [&options] { options.switches.strassen = false; },
                            "1x1 convolutions as they are written: slower, less memory");
  command.add_flag_callback("--no-gray", [&options] { options.switches.gray = false; },
                            "all channels of a film are read, although they are equal: slower");
  command.add_flag_callback("--no-pool-first", [&options] { options.passes.pool_first = false; },
                            "1x1 convolutions before the pool behind them, as they are written: slower");
}

loaded_model::loaded_model(const model_options& options) : net_{read(options)}
{
  std::visit(
    [&](const auto& net) {
      verify(net, options.weights);
      findings_ = net.findings();
    },
    net_);
}

const weights_metadata& loaded_model::metadata() const
{
  return std::visit([](const auto& net) -> const weights_metadata& { return net.metadata(); }, net_);
}

const blueprint& loaded_model::network() const
{
  return std::visit([](const auto& net) -> const blueprint& { return net.network(); }, net_);
}

thread_pool& loaded_model::pool() const
{
  return std::visit([](const auto& net) -> thread_pool& { return net.pool(); }, net_);
}

bool loaded_model::findings_exclude_each_other() const { return network().written.ops.back().kind != op_kind::sigmoid; }

std::string loaded_model::description() const
{
  const extents input = network().predicting.input.shape;
  std::string text = network().name + " for films of " + std::to_string(input.height) + "x" +
                     std::to_string(input.width) + " pixels:";
  for (const std::string& finding : findings_) text += " " + printable(finding);
  return text;
}

double loaded_model::temperature() const
{
  return std::visit([](const auto& net) { return net.temperature(); }, net_);
}

std::string loaded_model::temperature_from() const
{
  const auto& carried = metadata().temperature;
  return carried ? std::to_string(carried->films) + " films of " + carried->fitted_on : "";
}

film_answer loaded_model::answer(const image& film, who_computes who, film_views views) const
{
  return std::visit(
    [&](const auto& net) {
      return net.with_workspace([&](workspace& space) {
        const view<float> seen = net.input_of(space, 1);
        preprocess(film, net.metadata().preprocessing, seen, space.films);
        const auto asked = [&] {
          const auto [logits, probabilities] =
            who == who_computes::this_thread ? net.run_alone(space, seen) : net.run(space, 1);
          return film_answer{{logits.data, logits.data + logits.shape.size()},
                             {probabilities.data, probabilities.data + probabilities.shape.size()}};
        };
        film_answer said = asked();
        if (views == film_views::itself) return said;
        mirror(seen);
        const film_answer mirrored = asked();
        for (std::size_t i = 0; i < said.probabilities.size(); ++i)
          said.probabilities[i] = (said.probabilities[i] + mirrored.probabilities[i]) / 2;
        said.logits.clear();
        return said;
      });
    },
    net_);
}

tensor loaded_model::seen(const image& film) const
{
  return std::visit([&](const auto& net) { return net.seen(film); }, net_);
}

scores loaded_model::operator()(const batch& samples) const
{
  return std::visit([&](const auto& net) { return net(samples); }, net_);
}

heat_map loaded_model::grad_cam(const image& film, int finding, const std::string& part, score_kind score) const
{
  return std::visit([&](const auto& net) { return thorax::grad_cam(net, film, finding, part, score); }, net_);
}

}  // namespace thorax::program
