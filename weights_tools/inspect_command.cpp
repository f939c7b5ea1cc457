// SPDX-License-Identifier: MIT

#include "commands.hpp"

#include "foreign_file.hpp"
#include "words.hpp"

#include <thorax/model/json_writer.hpp>         // json_of
#include <thorax/model/safetensors_header.hpp>  // shape_text
#include <thorax/model/weights_file.hpp>        // weights_file

#include <CLI/CLI.hpp>

#include <algorithm>  // max, min
#include <cstdio>     // printf
#include <iostream>   // cout
#include <memory>     // make_shared
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
  bool has_checksum{};
  metadata_texts metadata;
  std::vector<foreign_tensor> tensors;
};

std::size_t count_of(const foreign_tensor& tensor)
{
  std::size_t product = 1;
  for (const std::size_t extent : tensor.shape) product *= extent;
  return product;
}

inspection inspect(const std::filesystem::path& path)
{
  const foreign_file file{path};
  inspection seen{file.name(), std::string{name_of(file.kind())}, false, {}, file.tensors()};
  if (file.kind() != foreign_kind::safetensors) return seen;
  const weights_file own = weights_file::from_bytes(file.bytes(), file.name());
  seen.has_checksum = own.has_checksum();
  if (seen.has_checksum) seen.kind = "weights of thorax";
  for (const auto& [key, value] : own.tensors().metadata()) seen.metadata.emplace(key, value.text);
  return seen;
}

/// A long list without blanks is cut, --json has it whole; other texts are broken where a terminal ends.
void print_metadata(const std::string& key, const std::string& text)
{
  constexpr std::size_t begin = 30;
  constexpr std::size_t most = program::columns - begin;
  std::string shown = program::printable(text.find(' ') == std::string::npos && text.size() > most
                                           ? text.substr(0, most - 3) + "..." : text);
  std::string lines = program::wrapped(shown, begin);
  const std::string label = program::printable(key);
  if (label.size() + 3 > begin) lines = "  " + label + '\n' + lines;
  else lines.replace(2, label.size(), label);
  std::fputs(lines.c_str(), stdout);
}

void print_table(const inspection& seen)
{
  std::printf("%s: %s, %s\n\n", program::printable(seen.name).c_str(), seen.kind.c_str(),
              seen.has_checksum ? "checksum right" : "no checksum: damage would go unnoticed");
  for (const auto& [key, text] : seen.metadata) print_metadata(key, text);
  std::size_t width = 6;
  for (const foreign_tensor& each : seen.tensors) width = std::max(width, std::min<std::size_t>(each.name.size(), 60));
  std::printf("%s%s type %9s shape\n", seen.metadata.empty() ? "" : "\n", program::left_aligned("tensor", width).c_str(), "bytes");
  std::size_t numbers = 0;
  std::size_t bytes = 0;
  for (const foreign_tensor& each : seen.tensors) {
    const std::size_t size = count_of(each) * bytes_of(each.format);
    numbers += count_of(each);
    bytes += size;
    std::printf("%s %s %9s %s\n", program::left_aligned(program::printable(each.name), width).c_str(),
                program::left_aligned(std::string{name_of(each.format)}, 4).c_str(), program::grouped(size).c_str(),
                each.shape.empty() ? "one number" : shape_text(each.shape).c_str());
  }
  std::printf("\n%zu tensors, %s numbers, %s bytes\n", seen.tensors.size(), program::grouped(numbers).c_str(),
              program::grouped(bytes).c_str());
}

void print_json(const inspection& seen)
{
  std::string text = "{\"kind\":" + json_of(seen.kind) + ",\"checksum\":" + (seen.has_checksum ? "true" : "false") + ",\"metadata\":{";
  for (const auto& [key, value] : seen.metadata) text += json_of(key) + ":" + json_of(value) + ",";
  if (text.back() == ',') text.pop_back();
  text += "},\"tensors\":[";
  for (const foreign_tensor& each : seen.tensors)
    text += "{\"name\":" + json_of(each.name) + ",\"type\":" + json_of(name_of(each.format)) +
            ",\"shape\":" + json_array(each.shape) + "},";
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
