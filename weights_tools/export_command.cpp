// SPDX-License-Identifier: MIT

#include "commands.hpp"

#include "keras/keras_export.hpp"
#include "networks.hpp"
#include "results.hpp"
#include "weight_source.hpp"  // epsilon_of_keras, epsilon_of_torch
#include "words.hpp"

#include <thorax/backend/cpu/cpu.hpp>          // cpu
#include <thorax/base/error.hpp>               // error
#include <thorax/base/file.hpp>                // write_file
#include <thorax/model/golden_sample.hpp>      // golden_sample
#include <thorax/tensor/distance.hpp>          // distance_between
#include <thorax/model/write_model.hpp>        // named_tensors, golden_sample_of, encode_weights

#include <CLI/CLI.hpp>

#include <algorithm>  // max, stable_partition
#include <cmath>      // abs
#include <cstdio>     // printf
#include <memory>     // make_shared
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax::tools {

namespace {

struct export_options {
  std::filesystem::path in;
  std::string out;
  std::string format;
  std::string storage{"F32"};
  bool features_only{};
};

any_model<cpu> model_of(weights_file file)
{
  const auto network = program::network_of(file);
  return read_model(network, std::move(file), cpu{});
}

/// Matrices and convolutions are nearly all numbers; norms and biases stay as they are, because what they scale is all
/// that follows. F32 first, so that every one of them stays aligned.
std::vector<named_tensor> stored_as(std::vector<named_tensor> tensors, storage format)
{
  if (format == storage::f32) return tensors;
  for (named_tensor& each : tensors)
    if (each.shape.size() > 1) each.format = format;
  std::stable_partition(tensors.begin(), tensors.end(), [](const named_tensor& each) { return each.format == storage::f32; });
  return tensors;
}

/// What fewer bits do is measured on the golden sample; the file carries the answer that its own numbers give.
std::vector<std::byte> rounded_weights(const any_model<cpu>& net, storage format)
{
  weights_metadata metadata = net.metadata();
  const golden_sample exact = golden_sample_of(net, 1);
  const std::vector<named_tensor> tensors = stored_as(named_tensors(net), format);
  metadata.golden.reset();
  const std::vector<std::byte> first = encode_weights(metadata, tensors);
  const any_model<cpu> rounded = model_of(weights_file::from_bytes(first, "the rounded weights"));
  metadata.golden = golden_sample_of(rounded, 1);
  double largest = 0;
  for (const float each : exact.logits) largest = std::max(largest, std::abs(double{each}));
  std::printf("%s changes the logits of the golden sample by up to %.2g; the largest of them is %.3g\n",
              std::string{name_of(format)}.c_str(), distance_between<float, float>(metadata.golden->logits, exact.logits).absolute, largest);
  return encode_weights(metadata, tensors);
}

/// What timm loads with num_classes=0. Without a head it is no network here, so only what the features need is said.
std::vector<std::byte> features_of(const any_model<cpu>& net, storage format)
{
  const preprocessing& how = net.metadata().preprocessing;
  std::vector<named_tensor> tensors = stored_as(named_tensors(net), format);
  std::erase_if(tensors, [](const named_tensor& each) { return !each.name.starts_with("features."); });
  return encode_safetensors(tensors, {{"batch_norm_epsilon", json_of(net.metadata().batch_norm_epsilon)},
                                      {"mean", json_array(how.mean)},
                                      {"deviation", json_array(how.deviation)},
                                      {"resize", std::string{name_of(how.resize)}},
                                      {"provenance", net.metadata().provenance}});
}

/// The other program computes with its own epsilon, whatever the weights were trained with.
void say_other_epsilon(const weights_metadata& metadata, bool is_keras)
{
  const double theirs = is_keras ? epsilon_of_keras : epsilon_of_torch;
  if (std::abs(metadata.batch_norm_epsilon - theirs) < 1e-4 * theirs) return;
  std::printf("note: trained with the batch norm epsilon %g; %s has %g unless it is told otherwise\n",
              metadata.batch_norm_epsilon, is_keras ? "keras.applications" : "PyTorch", theirs);
}

void export_weights(const export_options& options)
{
  program::ensure_has_place(options.out);
  program::ensure_apart({options.out}, {options.in});
  const bool is_keras = options.format == "keras" || (options.format.empty() && options.out.ends_with(".h5"));
  for (const char* const suffix : {".keras", ".pth", ".pt", ".hdf5", ".onnx"})
    if (options.format.empty() && options.out.ends_with(suffix))
      throw error{error_code::wrong_usage, "'" + options.out + "': a file of that kind is not written; expected a name that ends "
                                             "with .safetensors, .h5 or .weights.h5, or --format"};
  const storage format = *storage_named(options.storage);
  if (is_keras && format != storage::f32)
    throw error{error_code::wrong_usage, "--storage " + options.storage + ": Keras reads F32; leave --storage out"};
  const any_model<cpu> net = model_of(weights_file{options.in});
  std::vector<std::byte> file;
  if (is_keras) file = options.out.ends_with(".weights.h5") ? keras_by_class(net, options.features_only)
                                                            : keras_by_layer(net, options.features_only);
  else if (format == storage::f32) file = encode_weights(net.metadata(), named_tensors(net));
  else file = rounded_weights(net, format);  // says what the bits cost, with the head
  if (!is_keras && options.features_only) file = features_of(net, format);
  write_file(options.out, file);
  say_other_epsilon(net.metadata(), is_keras);
  std::printf("%s: %s bytes%s\n", options.out.c_str(), program::grouped(file.size()).c_str(),
              is_keras ? ", for load_weights of a Keras model with the same layers" : "");
}

}  // namespace

void add_export(CLI::App& commands)
{
  const auto options = std::make_shared<export_options>();
  CLI::App* command = commands.add_subcommand("export", "write weights of thorax for timm, PyTorch or Keras");
  command->footer("Safetensors have timm's names: densenet201 loads as it is into timm's and torchvision's densenet201. "
                  "A chest network has a head of its own; --features-only leaves it out (timm: num_classes=0).\n\n"
                  "example: thorax-weights export chest.safetensors --out chest.h5");
  command->add_option("IN", options->in, "weights of thorax")->required();
  command->add_option("--out,-o", options->out, "the file to write")->required();
  command->add_option("--format", options->format, "what to write (default: keras for a name that ends with .h5)")
    ->check(CLI::IsMember({"safetensors", "keras"}));
  command->add_option("--storage", options->storage, "of convolutions and matrices; norms and biases stay F32")
    ->capture_default_str()
    ->check(CLI::IsMember({"F32", "F16", "BF16"}));
  command->add_flag("--features-only", options->features_only, "without the classifier");
  command->callback([options] { export_weights(*options); });
}

}  // namespace thorax::tools
