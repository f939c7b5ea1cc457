// SPDX-License-Identifier: MIT

#include "commands.hpp"

#include "embed_template.hpp"
#include "results.hpp"
#include "words.hpp"

#include <thorax/base/error.hpp>          // error
#include <thorax/base/file.hpp>           // write_file
#include <thorax/model/json_writer.hpp>   // shown
#include <thorax/model/weights_file.hpp>  // weights_file

#include <CLI/CLI.hpp>

#include <algorithm>  // find_if
#include <array>
#include <cstdio>  // printf
#include <filesystem>
#include <memory>  // make_shared
#include <string>
#include <string_view>
#include <system_error>  // error_code
#include <utility>       // pair

namespace thorax::tools {

namespace {

struct embed_options {
  std::filesystem::path weights;
  std::filesystem::path out;
};

/// The rule of thorax_embed_weights: a name with two underscores in a row, or one in front, is the compiler's.
bool is_function_name(const std::string& name)
{
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (name.empty() || !is_letter(name.front()) || name.find("__") != std::string::npos) return false;
  for (const char c : name)
    if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '_') return false;
  return reserved_words.find(" " + name + " ") == std::string_view::npos;
}

/// The text will stand in a string of the assembler and in a comment.
void ensure_quotable(const std::string& text)
{
  for (const char c : text)
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      throw error{error_code::wrong_usage,
                  shown(text) + ": has a quote, a backslash or a control character; rename it"};
}

/// What the source is filled with.
struct embedded_words {
  std::string path;
  std::string file;
  std::string name;
};

/// returns:  the template with each @embedded_…@ replaced once; a path may hold such words, too
std::string filled(std::string_view text, const embedded_words& words)
{
  const std::array<std::pair<std::string_view, const std::string&>, 3> keys{
    {{"@embedded_path@", words.path}, {"@embedded_file@", words.file}, {"@embedded_name@", words.name}}};
  std::string made;
  while (!text.empty()) {
    const auto begins = [&](const auto& each) { return text.starts_with(each.first); };
    const auto key = std::find_if(keys.begin(), keys.end(), begins);
    if (key != keys.end()) made += key->second;
    else made += text.front();
    text.remove_prefix(key != keys.end() ? key->first.size() : 1);
  }
  return made;
}

/// Writes both or neither: without its source a header would only be found out by the linker.
void write_both(const std::filesystem::path& header, const std::filesystem::path& source, const embedded_words& words)
{
  const bool is_new = !std::filesystem::exists(std::filesystem::symlink_status(header));
  write_file(header, filled(embedded_header, words));
  try {
    write_file(source, filled(embedded_source, words));
  }
  catch (...) {
    std::error_code unknown;
    if (is_new) std::filesystem::remove(header, unknown);
    throw;
  }
}

void embed(const embed_options& options)
{
  const embedded_words words{std::filesystem::weakly_canonical(std::filesystem::absolute(options.weights)).string(),
                             options.weights.filename().string(), options.out.stem().string()};
  if (options.out.extension() != ".cpp" || !is_function_name(words.name))
    throw error{error_code::wrong_usage, "--out " + shown(options.out.string()) +
                                           ": expected NAME.cpp, where NAME is one for a function in C++"};
  ensure_quotable(words.path);
  ensure_quotable(words.file);
  std::filesystem::path header = options.out;
  header.replace_extension(".hpp");
  program::ensure_has_place(options.out.string());
  program::ensure_has_place(header.string());
  program::ensure_apart({options.out.string(), header.string()}, {options.weights});
  const weights_file whole{options.weights};  // damaged weights are not for programs to find out
  if (!whole.has_checksum())
    throw error{error_code::does_not_fit, whole.tensors().name() + ": expected weights of thorax, found those of another "
                                                                   "program; import them first"};
  write_both(header, options.out, words);
  const std::string sentence = options.out.string() + " and " + header.string() +
                               ": compile the first, include the second, call embedded::" + words.name + "()";
  std::printf("%s", program::wrapped(program::printable(sentence)).c_str());
}

}  // namespace

void add_embed(CLI::App& commands)
{
  const auto options = std::make_shared<embed_options>();
  CLI::App* command = commands.add_subcommand("embed", "write a source file that puts weights into a program");
  command->footer("The source names the weights file and is compiled in well under a second, whatever the size. In a "
                  "CMake project, thorax_embed_weights(target FILE) does the same.\n\n"
                  "example: thorax-weights embed chest.safetensors --out chest.cpp");
  command->add_option("FILE", options->weights, "weights of thorax")->required();
  command->add_option("--out,-o", options->out, "NAME.cpp; NAME.hpp is written beside it")->required();
  command->callback([options] { embed(*options); });
}

}  // namespace thorax::tools
