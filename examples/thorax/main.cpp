// SPDX-License-Identifier: MIT
//
// thorax: train, evaluate, predict and explain on a command line. Exit status 0: done; 1: failed, or some films
// could not be read; 2: wrong usage. A failure is one line on standard error.

#include "commands.hpp"
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

namespace {

constexpr int failed = 1;
constexpr int wrong_usage = 2;

/// returns:  what is wrong and how to get help with the command that was called
std::string sentence_for(const CLI::ParseError& problem, const CLI::App& app)
{
  const std::vector<CLI::App*> called = app.get_subcommands();
  if (!called.empty())
    return std::string{problem.what()} + "; see thorax " + called.front()->get_name() + " --help";
  const std::vector<std::string> rest = app.remaining();
  if (rest.empty()) return "expected a command; see thorax --help";
  const std::string kind = rest.front().starts_with('-') ? "option" : "command";
  return "there is no " + kind + " '" + rest.front() + "'; see thorax --help";
}

int complain(const std::string& sentence, int status)
{
  std::cout.flush();
  std::cerr << "thorax: " << thorax::program::printable(sentence) << '\n';
  return status;
}

int run(CLI::App& app, int argc, char** argv)
{
  try {
    app.parse(argc, argv);
    return std::cout.flush() ? 0 : complain("standard output could not be written", failed);
  }
  catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  }
  catch (const CLI::RuntimeError& ended) {  // a command that has said everything itself
    std::cout.flush();
    return ended.get_exit_code();
  }
  catch (const CLI::ParseError& problem) {
    return complain(sentence_for(problem, app), wrong_usage);
  }
  catch (const thorax::error& problem) {
    return complain(problem.what(), problem.code() == thorax::error_code::wrong_usage ? wrong_usage : failed);
  }
  catch (const std::bad_alloc&) {
    return complain("there is not enough memory; use smaller batches or films", failed);
  }
  catch (const std::exception& problem) {
    return complain(problem.what(), failed);
  }
}

}  // namespace

int main(int argc, char** argv)
{
  CLI::App app{"A DenseNet for chest films: train it, measure it, ask it, see where it reacted.", "thorax"};
  app.formatter(std::make_shared<thorax::program::help>());
  app.set_version_flag("--version", "thorax " THORAX_VERSION_STRING, "print the version and exit");
  app.set_help_flag("-h,--help", "print this text and exit");
  app.require_subcommand(1);
  app.footer("Try it without any film of your own:\n"
             "  thorax phantoms --out films\n"
             "  thorax train --data films --out run\n"
             "  thorax predict --weights run/weights.safetensors films");
  thorax::program::add_train(app);
  thorax::program::add_evaluate(app);
  thorax::program::add_predict(app);
  thorax::program::add_explain(app);
  thorax::program::add_phantoms(app);
  thorax::program::add_summary(app);
  return run(app, argc, argv);
}
