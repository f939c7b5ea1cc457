// SPDX-License-Identifier: MIT

#include "commands.hpp"

#include "foreign_file.hpp"
#include "words.hpp"

#include <thorax/model/json_writer.hpp>         // json_of
#include <thorax/model/safetensors_header.hpp>  // shape_text
#include <thorax/model/utf8.hpp>                // utf8_length, append_utf8
#include <thorax/model/weights_file.hpp>        // weights_file

#include <CLI/CLI.hpp>

#include <algorithm>  // max, min
#include <cstdio>     // printf
#include <iostream>   // cout
#include <limits>
#include <memory>   // make_shared
#include <numeric>  // accumulate
#include <string>
#include <string_view>
#include <vector>

namespace thorax::tools {

namespace {

struct inspect_options {
  std::filesystem::path file;
  bool json{};
};

/// What both forms of the answer are made of.
struct inspection {
  std::string name;
  std::string kind;
  std::string check;  ///< what has been compared with a checksum, in words; empty if nothing has
  metadata_texts metadata;
  std::vector<foreign_tensor> tensors;
};

constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();

/// returns:  the sum or product, at most what 64 bits hold: a shape without numbers may say anything
std::size_t sum_of(std::size_t a, std::size_t b) { return a > largest - b ? largest : a + b; }
std::size_t product_of(std::size_t a, std::size_t b) { return b != 0 && a > largest / b ? largest : a * b; }

std::size_t count_of(const foreign_tensor& tensor)
{
  const auto& shape = tensor.shape;
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, product_of);
}

std::size_t size_of(const foreign_tensor& tensor) { return product_of(count_of(tensor), bytes_of(tensor.format)); }

inspection inspect(const std::filesystem::path& path)
{
  const foreign_file file{path};
  inspection seen{file.name(), std::string{name_of(file.kind())}, {}, {}, file.tensors()};
  if (file.kind() == foreign_kind::keras_archive || file.kind() == foreign_kind::torch_archive)
    seen.check = "ZIP checksums right";
  if (file.kind() != foreign_kind::safetensors) return seen;
  const weights_file own = weights_file::from_bytes(file.bytes(), file.name());
  if (own.has_checksum()) {
    seen.kind = "weights of thorax";
    seen.check = "checksum right";
  }
  for (const auto& [key, value] : own.tensors().metadata()) seen.metadata.emplace(key, value.text);
  return seen;
}

/// A long list without blanks is cut, --json has it whole; other texts are broken where a terminal ends.
void print_metadata(const std::string& key, const std::string& text)
{
  constexpr std::size_t begin = 30;
  constexpr std::size_t most = program::columns - begin;
  const bool is_cut = text.find(' ') == std::string::npos && text.size() > most;
  const std::string shown = program::printable(is_cut ? text.substr(0, most - 3) + "..." : text);
  std::string lines = program::wrapped(shown, begin);
  const std::string label = program::printable(key);
  if (label.size() + 3 > begin) lines = "  " + label + '\n' + lines;
  else lines.replace(2, label.size(), label);
  std::fputs(lines.c_str(), stdout);
}

/// A tensor without numbers has the reason below it.
void print_tensor(const foreign_tensor& tensor, std::size_t width)
{
  const bool is_read = tensor.refusal.empty();
  const std::string format = is_read ? std::string{name_of(tensor.format)} : "not read";
  const std::string size = is_read ? program::grouped(size_of(tensor)) : "";
  const std::string shape = !tensor.shape.empty() ? shape_text(tensor.shape) : is_read ? "one number" : "";
  std::printf("%s %s %*s %s\n", program::left_aligned(program::printable(tensor.name), width).c_str(),
              program::left_aligned(format, 4).c_str(), is_read ? 9 : 5, size.c_str(), shape.c_str());
  if (!is_read) std::fputs(program::wrapped(program::printable(tensor.refusal), 4).c_str(), stdout);
}

void print_tensors(const std::vector<foreign_tensor>& tensors)
{
  std::size_t width = 6;
  for (const foreign_tensor& each : tensors) width = std::max(width, std::min<std::size_t>(each.name.size(), 60));
  std::printf("%s type %9s shape\n", program::left_aligned("tensor", width).c_str(), "bytes");
  std::size_t numbers = 0;
  std::size_t bytes = 0;
  std::size_t refused = 0;
  for (const foreign_tensor& each : tensors) {
    print_tensor(each, width);
    if (!each.refusal.empty()) {
      ++refused;
      continue;
    }
    numbers = sum_of(numbers, count_of(each));
    bytes = sum_of(bytes, size_of(each));
  }
  std::printf("\n%zu tensors, %s numbers, %s bytes", tensors.size() - refused, program::grouped(numbers).c_str(),
              program::grouped(bytes).c_str());
  if (refused > 0) std::printf("; %zu more cannot be read", refused);
  std::printf("\n");
}

void print_table(const inspection& seen)
{
  std::printf("%s: %s, %s\n\n", program::printable(seen.name).c_str(), seen.kind.c_str(),
              seen.check.empty() ? "no checksum: damage would go unnoticed" : seen.check.c_str());
  for (const auto& [key, text] : seen.metadata) print_metadata(key, text);
  if (!seen.metadata.empty()) std::printf("\n");
  print_tensors(seen.tensors);
}

/// returns:  a text of a foreign file as JSON; what is not UTF-8 becomes U+FFFD, each byte
std::string json_of_any(std::string_view text)
{
  std::string valid;
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t length = utf8_length(text, position);
    if (length == 0) append_utf8(valid, 0xfffd);
    else valid += text.substr(position, length);
    position += std::max<std::size_t>(1, length);
  }
  return json_of(valid);
}

std::string json_of_tensor(const foreign_tensor& tensor)
{
  const bool is_read = tensor.refusal.empty();
  return "{\"name\":" + json_of_any(tensor.name) +
         ",\"type\":" + (is_read ? json_of(name_of(tensor.format)) : std::string{"null"}) +
         ",\"shape\":" + json_array(tensor.shape) +
         ",\"bytes\":" + (is_read ? json_of(size_of(tensor)) : std::string{"null"}) +
         (is_read ? "" : ",\"refusal\":" + json_of_any(tensor.refusal)) + "}";
}

void print_json(const inspection& seen)
{
  std::string text = "{\"kind\":" + json_of(seen.kind) + ",\"checksum\":" + (seen.check.empty() ? "false" : "true") +
                     ",\"metadata\":{";
  for (const auto& [key, value] : seen.metadata) text += json_of_any(key) + ":" + json_of_any(value) + ",";
  if (text.back() == ',') text.pop_back();
  text += "},\"tensors\":[";
  for (const foreign_tensor& each : seen.tensors) text += json_of_tensor(each) + ",";
  if (text.back() == ',') text.pop_back();
  std::cout << text << "]}\n";
}

}  // namespace

void add_inspect(CLI::App& commands)
{
  const auto options = std::make_shared<inspect_options>();
  CLI::App* command = commands.add_subcommand("inspect", "print what a file with weights holds");
  command->footer("Reads all files that import reads.\n\nexample: thorax-weights inspect model.pth");
  command->add_option("FILE", options->file, "a file with weights, of any origin")->required();
  command->add_flag("--json", options->json, "the same as JSON");
  command->callback([options] {
    const inspection seen = inspect(options->file);
    if (options->json) print_json(seen);
    else print_table(seen);
  });
}

}  // namespace thorax::tools
