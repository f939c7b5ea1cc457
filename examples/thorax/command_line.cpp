// SPDX-License-Identifier: MIT

#include "command_line.hpp"

#include "help.hpp"
#include "words.hpp"

#include <thorax/base/error.hpp>    // error
#include <thorax/base/version.hpp>  // THORAX_VERSION_STRING

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <memory>  // make_shared
#include <new>     // bad_alloc
#include <string>
#include <vector>

namespace thorax::program {

namespace {

constexpr int failed = 1;
constexpr int wrong_usage = 2;

/// returns:  what is wrong and how to get help with the command that was called
std::string sentence_for(const CLI::ParseError& problem, const CLI::App& program)
{
  const std::vector<CLI::App*> called = program.get_subcommands();
  if (!called.empty())
    return std::string{problem.what()} + "; see " + program.get_name() + " " + called.front()->get_name() + " --help";
  const std::vector<std::string> rest = program.remaining();
  if (rest.empty()) return "expected a command; see " + program.get_name() + " --help";
  const std::string kind = rest.front().starts_with('-') ? "option" : "command";
  return "there is no " + kind + " '" + rest.front() + "'; see " + program.get_name() + " --help";
}

int complain(const CLI::App& program, const std::string& sentence, int status)
{
  std::cout.flush();
  std::cerr << program.get_name() << ": " << printable(sentence) << '\n';
  return status;
}

}  // namespace

void prepare(CLI::App& program)
{
  program.formatter(std::make_shared<help>());
  program.set_version_flag("--version", program.get_name() + " " THORAX_VERSION_STRING, "print the version and exit");
  program.set_help_flag("-h,--help", "print this text and exit");
  program.require_subcommand(1);
}

int run(CLI::App& program, int argc, char** argv)
{
  try {
    program.parse(argc, argv);
    return std::cout.flush() ? 0 : complain(program, "standard output could not be written", failed);
  }
  catch (const CLI::Success& asked) {  // --help, --version
    return program.exit(asked);
  }
  catch (const CLI::RuntimeError& ended) {  // a command that has said everything itself
    std::cout.flush();
    return ended.get_exit_code();
  }
  catch (const CLI::ParseError& problem) {
    return complain(program, sentence_for(problem, program), wrong_usage);
  }
  catch (const error& problem) {
    return complain(program, problem.what(), problem.code() == error_code::wrong_usage ? wrong_usage : failed);
  }
  catch (const std::bad_alloc&) {
    return complain(program, "there is not enough memory; use smaller batches, films or files", failed);
  }
  catch (const std::exception& problem) {
    return complain(program, problem.what(), failed);
  }
}

}  // namespace thorax::program
