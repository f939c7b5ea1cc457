// SPDX-License-Identifier: MIT

#include "commands.hpp"

#include "embed_template.hpp"
#include "results.hpp"

#include <thorax/base/error.hpp>          // error
#include <thorax/base/file.hpp>           // write_file
#include <thorax/model/json_writer.hpp>   // shown
#include <thorax/model/weights_file.hpp>  // weights_file

#include <CLI/CLI.hpp>

#include <cctype>  // isalnum, isdigit
#include <cstdio>  // printf
#include <filesystem>
#include <memory>  // make_shared
#include <span>
#include <string>
#include <string_view>

namespace thorax::tools {

namespace {

struct embed_options {
  std::filesystem::path weights;
  std::filesystem::path out;
};

bool is_identifier(std::string_view name)
{
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) return false;
  for (const char letter : name)
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '_') return false;
  return true;
}

std::string filled(std::string_view text, const std::string& path, const std::string& file, const std::string& name)
{
  std::string made{text};
  const auto replace = [&](std::string_view key, const std::string& by) {
    for (std::size_t at = made.find(key); at != std::string::npos; at = made.find(key, at + by.size()))
      made.replace(at, key.size(), by);
  };
  replace("@embedded_path@", path);
  replace("@embedded_file@", file);
  replace("@embedded_name@", name);
  return made;
}

void embed(const embed_options& options)
{
  const std::string name = options.out.stem().string();
  const std::string path = std::filesystem::weakly_canonical(std::filesystem::absolute(options.weights)).string();
  if (options.out.extension() != ".cpp" || !is_identifier(name))
    throw error{error_code::wrong_usage, "--out " + shown(options.out.string()) + ": expected NAME.cpp, where NAME is one "
                                                                                  "for a function"};
  if (path.find_first_of("\"\\\n@") != std::string::npos)
    throw error{error_code::wrong_usage, shown(path) + ": the path has a quote, a backslash or an @; rename it"};
  std::filesystem::path header = options.out;
  header.replace_extension(".hpp");
  program::ensure_has_place(options.out.string());
  program::ensure_apart({options.out.string(), header.string()}, {options.weights});
  const weights_file whole{options.weights};  // damaged weights are not for programs to find out
  const std::string file = options.weights.filename().string();
  const auto write = [&](const std::filesystem::path& to, std::string_view text) {
    const std::string made = filled(text, path, file, name);
    write_file(to, std::as_bytes(std::span{made}));
  };
  write(header, embedded_header);
  write(options.out, embedded_source);
  std::printf("%s and %s: compile the first, include the second, call embedded::%s()\n", options.out.c_str(), header.c_str(),
              name.c_str());
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
