// SPDX-License-Identifier: MIT

#include "commands.hpp"

#include "networks.hpp"
#include "words.hpp"

#include <thorax/backend/cpu/cpu.hpp>              // cpu
#include <thorax/backend/reference/reference.hpp>  // reference
#include <thorax/base/error.hpp>                   // error
#include <thorax/model/write_model.hpp>            // golden_sample_of
#include <thorax/tensor/distance.hpp>              // distance_between

#include <CLI/CLI.hpp>

#include <cmath>   // isfinite
#include <cstdio>  // printf
#include <memory>  // make_shared
#include <string>
#include <utility>  // move

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
bool agrees(const any_model<Backend>& net)
{
  const golden_sample& said = *net.metadata().golden;
  const double largest = distance_between<float, float>(golden_sample_of(net, said.seed).logits, said.logits).absolute;
  const bool right = largest <= said.tolerance;
  std::printf("  %s  %-19.3g  %-8.3g  %s\n", program::left_aligned(std::string{Backend::name}, 9).c_str(), largest,
              said.tolerance, right ? "ok" : std::isfinite(largest) ? "DIFFERS" : "NOT A NUMBER");
  return right;
}

void verify(const verify_options& options)
{
  weights_file file{options.weights};
  const std::string name = file.tensors().name();
  if (file.metadata().network.empty() || !file.metadata().golden)
    throw error{error_code::does_not_fit, name + ": expected a golden sample, found none; weights that thorax wrote carry "
                                                 "one, others are imported first"};
  std::printf("%s: %s, checksum right, golden sample of seed %llu\n\n  backend    largest difference   at most\n",
              program::printable(name).c_str(), program::printable(file.metadata().network).c_str(),
              static_cast<unsigned long long>(file.metadata().golden->seed));
  const auto network = program::network_of(file);
  const auto weights = std::make_shared<const network_weights>(network->predicting, std::move(file));
  bool right = true;
  if (options.backend != "cpu") right = agrees(any_model<reference>{network, weights, reference{}});
  if (options.backend != "reference") right = agrees(any_model<cpu>{network, weights, cpu{}}) && right;
  if (!right)
    throw error{error_code::does_not_fit, name + ": this machine computes other logits than the one that wrote the file; "
                                                 "please report it with this table"};
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
