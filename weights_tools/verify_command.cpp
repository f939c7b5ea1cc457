// SPDX-License-Identifier: MIT

#include "commands.hpp"

#include "networks.hpp"
#include "words.hpp"

#include <thorax/backend/cpu/cpu.hpp>              // cpu
#include <thorax/backend/reference/reference.hpp>  // reference
#include <thorax/base/error.hpp>                   // error
#include <thorax/model/write_model.hpp>            // golden_sample_of

#include <CLI/CLI.hpp>

#include <algorithm>  // max
#include <cmath>      // abs, isfinite
#include <cstdio>     // printf
#include <memory>     // make_shared
#include <string>

namespace thorax::tools {

namespace {

struct verify_options {
  std::filesystem::path weights;
  std::string backend;
};

/// Prints how far a backend's logits lie from those that the file carries.
///
/// returns:  whether all of them lie within the tolerance
template<backend Backend>
bool agrees(const std::filesystem::path& path, Backend chosen)
{
  weights_file file{path};
  const weights_metadata said = file.metadata();
  const auto network = program::network_of(file);
  const any_model<Backend> net = read_model(network, std::move(file), chosen);
  const golden_sample found = golden_sample_of(net, said.golden->seed);
  double largest = 0;
  bool finite = true;
  for (std::size_t i = 0; i < found.logits.size(); ++i) {
    const double difference = std::abs(double{found.logits[i]} - double{said.golden->logits[i]});
    finite = finite && std::isfinite(difference);
    largest = std::max(largest, difference);
  }
  const bool right = finite && largest <= said.golden->tolerance;
  std::printf("  %s  %-19.3g  %-8.3g  %s\n", program::left_aligned(std::string{Backend::name}, 9).c_str(), largest,
              said.golden->tolerance, right ? "ok" : finite ? "DIFFERS" : "NOT A NUMBER");
  return right;
}

void verify(const verify_options& options)
{
  const weights_file file{options.weights};
  const weights_metadata& said = file.metadata();
  if (said.network.empty() || !said.golden)
    throw error{error_code::does_not_fit, file.tensors().name() + ": expected a golden sample, found none; weights that "
                                                                  "thorax wrote carry one, others are imported first"};
  std::printf("%s: %s, checksum right, golden sample of seed %llu\n\n  backend    largest difference   at most\n",
              program::printable(file.tensors().name()).c_str(), program::printable(said.network).c_str(),
              static_cast<unsigned long long>(said.golden->seed));
  bool right = true;
  if (options.backend != "cpu") right = agrees(options.weights, reference{});
  if (options.backend != "reference") right = agrees(options.weights, cpu{}) && right;
  if (!right)
    throw error{error_code::does_not_fit, file.tensors().name() + ": this machine computes other logits than the one that "
                                                                  "wrote the file; please report it with this table"};
}

}  // namespace

void add_verify(CLI::App& commands)
{
  const auto options = std::make_shared<verify_options>();
  CLI::App* command = commands.add_subcommand("verify", "compute the golden sample with every backend");
  command->footer("example: thorax-weights verify chest.safetensors\n\n"
                  "The reference backend takes up to a minute for a large network.");
  command->add_option("FILE", options->weights, "weights of thorax")->required();
  command->add_option("--backend", options->backend, "one backend only")->check(CLI::IsMember({"cpu", "reference"}));
  command->callback([options] { verify(*options); });
}

}  // namespace thorax::tools
