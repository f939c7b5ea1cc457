// SPDX-License-Identifier: MIT

#include "loaded_model.hpp"

#include "networks.hpp"
#include "not_empty.hpp"
#include "numbers.hpp"
#include "words.hpp"

#include <thorax/explain/grad_cam.hpp>          // grad_cam
#include <thorax/model/mean_of_softmax.hpp>     // mean_of_softmax
#include <thorax/model/weights_file.hpp>        // weights_file
#include <thorax/plan/names.hpp>                // find_part

#include <CLI/CLI.hpp>

#include <algorithm>  // reverse
#include <array>
#include <cstdio>   // fprintf
#include <string>
#include <string_view>
#include <utility>  // move, pair

namespace thorax::program {

namespace {

std::shared_ptr<const blueprint> network_for(const weights_file& file, const model_options& options)
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
      throw error{error_code::wrong_usage, std::string{name} + " is for --backend cpu; others compute everything as it is "
                                             "written, in single precision"};
}

const blueprint& network_in(const auto& any_network)
{
  return std::visit([](const auto& net) -> const blueprint& { return net.network(); }, any_network);
}

bool exclude_each_other(const blueprint& network) { return network.written.ops.back().kind != op_kind::sigmoid; }

/// Several networks answer together only if they answer the same question.
void ensure_agree(const std::vector<std::string>& first, const std::vector<std::string>& other,
                  const model_options& options, const std::filesystem::path& weights)
{
  if (first == other) return;
  throw error{error_code::does_not_fit, "'" + weights.string() + "' knows the findings " + printable(listed(other)) +
                                          ", expected " + printable(listed(first)) + " as '" + options.weights.front().string() +
                                          "' does, in this order; only networks with the same findings answer together"};
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

film_answer answer_of(const auto& any_network, const image& film, who_computes who, film_views views)
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
    any_network);
}

double temperature_of(const auto& any_network)
{
  return std::visit([](const auto& net) { return net.temperature(); }, any_network);
}

/// The mean of what several networks say of a film, each as sure as its temperature makes it.
film_answer mean_of(const auto& networks, const image& film, who_computes who, film_views views)
{
  film_answer mean;
  std::vector<std::vector<float>> logits;
  for (const auto& each : networks) {
    film_answer said = answer_of(each, film, who, views);
    mean.probabilities.resize(said.probabilities.size());
    for (std::size_t i = 0; i < said.probabilities.size(); ++i)
      mean.probabilities[i] += said.probabilities[i] / static_cast<float>(networks.size());
    for (float& logit : said.logits) logit = static_cast<float>(static_cast<double>(logit) / temperature_of(each));
    logits.push_back(std::move(said.logits));
  }
  if (views == film_views::mirrored_too) return mean;
  mean_answer exact = mean_of_softmax(logits);
  return {std::move(exact.logits), std::move(exact.probabilities)};
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
  command.add_option("--weights", options.weights, "weights file, as `thorax train` writes it; if it is given several "
                     "times, the mean of the networks' softmax is the answer")
    ->required()
    ->allow_extra_args(false)  // what follows may be a film
    ->check(not_empty);
  command.add_option("--network", options.network, "for weights from elsewhere")
    ->check(CLI::IsMember(network_names));
  command.add_option("--size", options.size, "for weights from elsewhere: pixels a side of a film")
    ->check(from_to(smallest_film, largest_film));
  command.add_option("--backend", options.backend, "what computes; cuda needs a GPU, reference is slow and exact")
    ->capture_default_str()
    ->check(CLI::IsMember({"cpu", "cuda", "reference"}));
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

loaded_model::any_network loaded_model::read(const model_options& options, const std::filesystem::path& weights)
{
  ensure_switches_fit(options);
  if (options.backend == "cuda") on_gpu<void>(options.threads, [](const auto&) {});  // before weights are read
  weights_file file{weights};
  const std::shared_ptr<const blueprint> network = network_for(file, options);
  if (!file.has_checksum())
    std::fprintf(stderr, "thorax: note: %s carries no checksum: damage to it would go unnoticed\n",
                 file.tensors().name().c_str());
  if (options.backend == "reference") return read_model(network, std::move(file), reference{options.threads});
  if (options.backend == "cuda")
    return on_gpu<any_network>(options.threads, [&](const auto& chosen) -> any_network {
      return read_model(network, std::move(file), chosen);
    });
  return read_model(network, std::move(file), cpu{options.threads, options.switches});
}

loaded_model::loaded_model(const model_options& options)
{
  if (options.backend == "cpu") say_blas_advice();
  for (const std::filesystem::path& weights : options.weights) {
    nets_.push_back(read(options, weights));
    const std::vector<std::string> findings = std::visit(
      [&](const auto& net) {
        verify(net, weights);
        return net.findings();
      },
      nets_.back());
    if (nets_.size() == 1) findings_ = findings;
    ensure_agree(findings_, findings, options, weights);
    if (options.weights.size() > 1 && !exclude_each_other(network_in(nets_.back())))
      throw error{error_code::does_not_fit, "'" + weights.string() + "' ends with sigmoid; the answer of several networks "
                                              "is the mean of their softmax, so ask this one alone"};
  }
}

std::vector<const weights_metadata*> loaded_model::metadata() const
{
  std::vector<const weights_metadata*> all;
  for (const any_network& each : nets_)
    all.push_back(std::visit([](const auto& net) { return &net.metadata(); }, each));
  return all;
}

std::optional<seen_films> loaded_model::seen() const
{
  std::optional<seen_films> all = metadata().front()->seen;
  for (const weights_metadata* each : metadata()) {
    if (!all || !each->seen) return std::nullopt;
    all = joined(*all, *each->seen);
  }
  return all;
}

thread_pool& loaded_model::pool() const
{
  return std::visit([](const auto& net) -> thread_pool& { return net.pool(); }, nets_.front());
}

extents loaded_model::input() const { return network_in(nets_.front()).predicting.input.shape; }

bool loaded_model::findings_exclude_each_other() const { return exclude_each_other(network_in(nets_.front())); }

std::string loaded_model::name() const
{
  if (nets_.size() == 1) return network_in(nets_.front()).name;
  std::string names;
  for (const any_network& each : nets_) names += (names.empty() ? "" : ", ") + network_in(each).name;
  return "mean of " + std::to_string(nets_.size()) + " networks: " + names;
}

std::string loaded_model::description() const
{
  std::string sizes;
  int last = 0;
  for (const any_network& each : nets_) {
    const extents input = network_in(each).predicting.input.shape;
    if (input.height == last) continue;
    last = input.height;
    sizes += (sizes.empty() ? "" : ", ") + std::to_string(input.height) + "x" + std::to_string(input.width);
  }
  std::string text = name() + " for films of " + sizes + " pixels:";
  for (const std::string& finding : findings_) text += " " + printable(finding);
  return text;
}

double loaded_model::temperature() const { return nets_.size() == 1 ? temperature_of(nets_.front()) : 1; }

std::string loaded_model::temperature_from() const
{
  const auto& carried = metadata().front()->temperature;
  return nets_.size() == 1 && carried ? std::to_string(carried->films) + " films of " + carried->fitted_on : "";
}

film_answer loaded_model::answer(const image& film, who_computes who, film_views views) const
{
  return nets_.size() == 1 ? answer_of(nets_.front(), film, who, views) : mean_of(nets_, film, who, views);
}

bool loaded_model::can_explain(const std::string& part) const
{
  std::optional<extents> grid;
  for (const any_network& each : nets_) {
    const draft& written = network_in(each).written;
    const int number = find_part(view_of(written), part);
    if (number == none) return false;
    const extents own = written.parts[static_cast<std::size_t>(number)].out.shape;
    if (grid && (grid->height != own.height || grid->width != own.width)) return false;
    grid = own;
  }
  return true;
}

void loaded_model::ensure_has_part(const std::string& part) const
{
  for (const any_network& each : nets_)
    if (find_part(view_of(network_in(each).written), part) == none)
      throw error{error_code::wrong_usage, "'" + part + "' is not a part of " + network_in(each).name +
                                             "; `thorax summary --parts` lists them"};
}

heat_map loaded_model::grad_cam(const image& film, int finding, const std::string& part, score_kind score) const
{
  std::vector<part_gradient> gradients;
  for (const any_network& each : nets_)
    gradients.push_back(std::visit([&](const auto& net) { return gradient_at(net, net.seen(film), part, finding, score); },
                                   each));
  return thorax::grad_cam(gradients, part);
}

}  // namespace thorax::program
