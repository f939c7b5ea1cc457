// SPDX-License-Identifier: MIT

#include "commands.hpp"

#include "fitted_weights.hpp"
#include "networks.hpp"
#include "numbers.hpp"
#include "preprocessings.hpp"
#include "results.hpp"
#include "weight_source.hpp"
#include "words.hpp"

#include <thorax/backend/cpu/cpu.hpp>              // cpu
#include <thorax/base/checksum.hpp>                // crc32c
#include <thorax/base/error.hpp>                   // error
#include <thorax/base/file.hpp>                    // mapped_file
#include <thorax/model/write_model.hpp>            // write_model
#include <thorax/model/utf8.hpp>                   // first_invalid_utf8
#include <thorax/networks/xrv_densenet121.hpp>     // xrv_densenet121

#include <CLI/CLI.hpp>

#include <algorithm>  // max, min
#include <cmath>      // abs
#include <cstdio>     // printf
#include <memory>     // make_shared
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>  // move
#include <vector>

namespace thorax::tools {

namespace {

struct import_options {
  std::filesystem::path in;
  std::filesystem::path head;
  std::string out;
  std::string network;
  std::string findings;  ///< between commas
  int size{};
  std::string preprocessing;
  double epsilon{};
  std::uint64_t seed{1};
  std::optional<std::string> prefix;
  std::optional<std::string> head_prefix;
  std::string provenance;
  bool dry_run{};
};

/// Names that would match no folder, or no line of a table, are slips of the hand.
std::vector<std::string> checked_findings(std::string_view list)
{
  std::vector<std::string> named;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    named.emplace_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  std::set<std::string_view> seen;
  for (const std::string& each : named) {
    const bool is_clean = !each.empty() && each.front() != ' ' && each.back() != ' ' && program::printable(each) == each &&
                          first_invalid_utf8(each) == std::string_view::npos;
    if (!is_clean || !seen.insert(each).second)
      throw error{error_code::wrong_usage, "--findings: " + shown(each) + " is " + (is_clean ? "named twice" : "no clean name") +
                                             "; expected A,B,C without blanks around the commas"};
  }
  return named;
}

/// What the user names, else what the file does, else numbers: as many as the source's last layer makes, if that is the
/// network's last layer.
std::vector<std::string> findings_of(const import_options& options, const weight_source& source, const blueprint& structure)
{
  if (!options.findings.empty()) return checked_findings(options.findings);
  if (!source.findings.empty()) return source.findings;
  const plan_view plan = view_of(structure.written);
  const named_weights* const bias = source.find(name_of(plan, plan.parameters.back()));
  if (bias == nullptr || bias->shape.size() != 1)
    throw error{error_code::wrong_usage, source.name + " has no head of " + structure.name + " that would say how many "
                                                       "findings there are; name them with --findings A,B,C"};
  const std::size_t outputs = bias->shape[0];
  const auto& known = xrv_densenet121::findings;
  if (options.network == xrv_densenet121::architecture && outputs == known.size()) return {known.begin(), known.end()};
  if (outputs < program::fewest_findings)
    throw error{error_code::does_not_fit, source.name + ": its head has one output; networks here tell findings apart: name "
                                            "them with --findings A,B and train the head"};
  if (outputs > program::most_findings)
    throw error{error_code::does_not_fit, source.name + ": " + std::to_string(outputs) + " outputs, expected at most " +
                                            std::to_string(program::most_findings)};
  std::vector<std::string> numbered;
  for (std::size_t i = 0; i < outputs; ++i) numbered.push_back("class " + std::to_string(i));
  return numbered;
}

/// The network as the file has it: gray stems stay gray.
std::shared_ptr<const blueprint> network_for(const import_options& options, const weight_source& source, int findings)
{
  extents film = program::usual_film(options.network);
  if (source.height > 0 && source.width > 0) {
    film.height = source.height;
    film.width = source.width;
  }
  const named_weights* const stem = source.find("features.conv0.weight");
  if (stem != nullptr && stem->shape.size() == 4) film.channels = stem->shape[1] == 1 ? 1 : 3;
  if (options.size != 0) film.height = film.width = options.size;
  return program::network_named(options.network, film, findings);
}

/// Norms with an epsilon of their own compute with that one, whatever a file says.
///
/// returns:  a note if the file does not say which epsilon its head was trained with, or ""
std::string check_head_epsilon(const weight_source& source, const blueprint& network)
{
  std::string note;
  for (const norm& rule : network.written.norms) {
    if (rule.epsilon_is_default || source.head_of == network.name) continue;
    if (!source.head_epsilons)
      note = "its norm is computed with the epsilon " + json_of(rule.epsilon) + ", Keras' default; the file does not say what it "
             "was trained with (PyTorch's default is 1e-05)";
    else
      for (const double other : *source.head_epsilons)
        if (std::abs(other - rule.epsilon) > 1e-6 * rule.epsilon)
          throw error{error_code::does_not_fit, source.name + ": a batch norm of its head has the epsilon " +
                                                  json_of(other) + ", the network's head computes with " +
                                                  json_of(rule.epsilon) + "; train the head again"};
  }
  return note;
}

struct chosen_preprocessing {
  preprocessing how;
  std::string from;
};

chosen_preprocessing preprocessing_for(const import_options& options, const weight_source& source)
{
  if (!options.preprocessing.empty()) return {program::preprocessing_named(options.preprocessing), "as --preprocessing says"};
  if (source.preprocessing) return {*source.preprocessing, source.preprocessing_from};
  if (options.network == xrv_densenet121::architecture) return {xrv_preprocessing, "torchxrayvision's"};
  throw error{error_code::wrong_usage, source.name + ": " + source.preprocessing_from + "; say with --preprocessing how films "
                                         "have to be prepared (keras: x / 255, area: ImageNet's, xrv: torchxrayvision's)"};
}

std::string origin_of(const std::filesystem::path& path, const std::string& kind)
{
  char digits[9];
  std::snprintf(digits, sizeof digits, "%08x", static_cast<unsigned>(crc32c(mapped_file{path}.bytes())));
  return path.filename().string() + ", " + kind + ", CRC-32C " + digits;
}

weights_metadata metadata_for(const import_options& options, const weight_source& source,
                              std::vector<std::string> findings, const std::string& head_origin)
{
  weights_metadata metadata;
  if (source.metadata) metadata = *source.metadata;
  metadata.golden.reset();
  metadata.findings = std::move(findings);
  metadata.batch_norm_epsilon = options.epsilon > 0 ? options.epsilon : source.batch_norm_epsilon;
  metadata.preprocessing = preprocessing_for(options, source).how;
  std::string text = options.provenance.empty() ? "" : options.provenance + "; ";
  if (!metadata.provenance.empty()) text += metadata.provenance + "; ";
  metadata.provenance = text + "imported from " + origin_of(options.in, source.kind) +
                        (head_origin.empty() ? "" : "; head from " + head_origin);
  return metadata;
}

std::string text_of(const preprocessing& how)
{
  std::string text{name_of(how.resize)};
  text += ", mean " + json_array(how.mean) + ", deviation " + json_array(how.deviation);
  return text;
}

/// A line of the report: the label, then the text, broken where a terminal ends.
void say(const std::string& label, const std::string& text)
{
  constexpr std::size_t begin = 22;
  std::string lines = program::wrapped(program::printable(text), begin);
  lines.replace(2, label.size(), label);
  std::fputs(lines.c_str(), stdout);
}

void say_mapping(const fitted_weights& fitted)
{
  std::size_t width = 0;
  for (const fitted_tensor& each : fitted.tensors) width = std::max(width, each.target.size());
  for (const fitted_tensor& each : fitted.tensors) {
    const std::string from = each.source == nullptr ? "(from the seed)" : each.source->source;
    const std::string change = each.source == nullptr || each.source->change.empty() ? "" : ", " + each.source->change;
    std::printf("  %s  %s  <- %s%s\n", program::left_aligned(each.target, width).c_str(),
                program::left_aligned(each.shape, 14).c_str(), program::printable(from).c_str(), change.c_str());
  }
}

/// Step counters, of which every checkpoint has many, do not hide what else is there.
std::string counted(const std::vector<std::string>& names)
{
  constexpr std::size_t shown_names = 5;
  std::vector<std::string> others;
  for (const std::string& each : names)
    if (!each.ends_with(".num_batches_tracked")) others.push_back(each);
  std::string text;
  if (names.size() > others.size()) text = std::to_string(names.size() - others.size()) + " counters of steps";
  if (others.empty()) return text;
  text += (text.empty() ? "" : ", ") + std::to_string(others.size()) + " others: ";
  for (std::size_t i = 0; i < others.size() && i < shown_names; ++i) text += (i > 0 ? ", " : "") + others[i];
  return text + (others.size() > shown_names ? ", ..." : "");
}

void say_summary(const import_options& options, const weight_source& source, const fitted_weights& fitted,
                 const weights_metadata& metadata)
{
  std::size_t taken = 0;
  for (const fitted_tensor& each : fitted.tensors) taken += each.source == nullptr ? 0 : 1;
  std::printf("%s: %s\n", program::printable(source.name).c_str(), source.kind.c_str());
  say("tensors taken", std::to_string(taken) + " of " + std::to_string(fitted.tensors.size()));
  say("batch norm epsilon", json_of(metadata.batch_norm_epsilon) + " (" +
                              (options.epsilon > 0 ? "as --epsilon says" : source.epsilon_from) + ")");
  say("preprocessing", text_of(metadata.preprocessing) + " (" + preprocessing_for(options, source).from + ")");
  if (!fitted.fresh_head.empty()) {
    say("head", "starts from seed " + std::to_string(options.seed) + ", because " + fitted.fresh_head);
    say("", "train it before you ask it: thorax train --weights " + (options.out.empty() ? "OUT" : options.out));
  }
  if (!fitted.not_used.empty()) say("not used", counted(fitted.not_used));
  if (!source.left_aside.empty()) say("left aside", counted(source.left_aside));
}

void import_weights(const import_options& options)
{
  if (!options.dry_run && options.out.empty())
    throw error{error_code::wrong_usage, "where to? Say --out FILE, or --dry-run to see the mapping only"};
  program::ensure_has_place(options.out);
  program::ensure_apart({options.out}, {options.in, options.head});
  const auto structure = program::network_named(options.network, program::usual_film(options.network), 2);
  weight_source source = read_weight_source(options.in, view_of(structure->written), options.prefix);
  std::string head_origin;
  if (!options.head.empty()) {
    weight_source head = read_weight_source(options.head, view_of(structure->written), options.head_prefix);
    head_origin = origin_of(options.head, head.kind);
    take_head_of(std::move(head), source);
  }
  std::vector<std::string> findings = findings_of(options, source, *structure);
  const auto network = network_for(options, source, static_cast<int>(findings.size()));
  fitted_weights fitted = fit_weights(source, *network, options.seed);
  if (!options.head.empty() && !fitted.fresh_head.empty())
    throw error{error_code::does_not_fit, "'" + options.head.string() + "': " + fitted.fresh_head +
                                            "; name as many findings as it has, or choose the network that it is of"};
  const std::string head_note = fitted.fresh_head.empty() ? check_head_epsilon(source, *network) : "";
  weights_metadata metadata = metadata_for(options, source, std::move(findings), head_origin);
  if (!head_origin.empty() || !fitted.fresh_head.empty()) metadata.temperature.reset();  // that of another head
  say_summary(options, source, fitted, metadata);
  if (!head_note.empty()) say("head", head_note);
  if (options.dry_run) return say_mapping(fitted);
  auto weights = std::make_shared<const network_weights>(network->predicting, std::move(fitted.numbers), std::move(metadata));
  write_model(options.out, any_model<cpu>{network, std::move(weights), cpu{}});
  const extents film = network->predicting.input.shape;
  say("written", options.out + ": " + network->name + " for films of " + std::to_string(film.height) + "x" +
                   std::to_string(film.width) + " pixels with " + std::to_string(film.channels) +
                   (film.channels == 1 ? " channel, " : " channels, ") +
                   std::to_string(network->predicting.output.shape.size()) + " findings; golden sample and checksum inside");
}

}  // namespace

void add_import(CLI::App& commands)
{
  const auto options = std::make_shared<import_options>();
  CLI::App* command = commands.add_subcommand("import", "make a weights file of one from Keras, PyTorch or timm");
  command->footer("IN may be .h5, .weights.h5 or .keras of Keras, .pth or .pt of PyTorch, or safetensors of timm or "
                  "torchvision; what it is is seen from its bytes. Nothing in it is executed.\n\n"
                  "example: thorax-weights import model.safetensors --network chest_network "
                  "--findings BACTERIAL,NORMAL,VIRAL --out chest.safetensors");
  command->add_option("IN", options->in, "the file with the weights")->required();
  command->add_option("--network", options->network, "architecture")->required()
    ->check(CLI::IsMember(program::network_names));
  command->add_option("--out,-o", options->out, "the weights file to write");
  command->add_option("--findings", options->findings, "names in the order of the outputs, between commas");
  command->add_option("--head", options->head, "another file, whose head is taken");
  command->add_option("--size", options->size, "pixels a side of a film")->check(program::from_to(1, 4096));
  command->add_option("--preprocessing", options->preprocessing, "how films were prepared when the weights were trained")
    ->check(CLI::IsMember(program::preprocessing_names));
  command->add_option("--epsilon", options->epsilon, "of the backbone's batch norms, if the source had another than usual")
    ->check(program::from_to(1e-12, 1.0));
  command->add_option("--seed", options->seed, "of a head that starts anew")->capture_default_str()
    ->check(program::from_to<std::uint64_t>(0, program::most_seed));
  command->add_option("--prefix", options->prefix, "which network of a checkpoint that holds several");
  command->add_option("--head-prefix", options->head_prefix, "the same for --head");
  command->add_option("--provenance", options->provenance, "what to say of the origin: data, licence, credit");
  command->add_flag("--dry-run", options->dry_run, "print where every tensor would go; write nothing");
  command->callback([options] { import_weights(*options); });
}

}  // namespace thorax::tools
