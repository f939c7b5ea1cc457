// SPDX-License-Identifier: MIT

#include "evaluate_options.hpp"

#include "not_empty.hpp"
#include "numbers.hpp"
#include "words.hpp"

#include <thorax/base/error.hpp>                // error
#include <thorax/evaluate/operating_views.hpp>  // usual_negative

#include <CLI/CLI.hpp>

#include <algorithm>  // find, min
#include <cmath>      // abs

namespace thorax::program {

namespace {

[[noreturn]] void refuse(const char* option, const std::string& text, const std::string& what)
{
  throw error{error_code::wrong_usage, std::string{option} + " '" + text + "': " + what +
                                         "; write NAME=SHARE,NAME=SHARE as in BACTERIAL=.3,NORMAL=.5,VIRAL=.2"};
}

/// Reads `NAME=SHARE,…`, every finding once.
std::vector<double> shares_in(const char* option, const std::string& text,
                              const std::vector<std::string>& findings)
{
  std::vector<double> shares(findings.size(), -1);
  double sum = 0;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t sign = part.rfind('=');
    if (sign == std::string::npos) refuse(option, text, "expected NAME=SHARE, found '" + part + "'");
    const auto place = std::find(findings.begin(), findings.end(), part.substr(0, sign));
    if (place == findings.end())
      refuse(option, text,
             "'" + part.substr(0, sign) + "' is no finding of these weights, expected " + listed(findings));
    const std::optional<double> share = number_of<double>(std::string_view{part}.substr(sign + 1));
    if (!share || !(*share >= 0 && *share <= 1))
      refuse(option, text, "expected a share from 0 to 1, found '" + part.substr(sign + 1) + "'");
    double& kept = shares[static_cast<std::size_t>(place - findings.begin())];
    if (kept >= 0) refuse(option, text, "'" + *place + "' stands twice");
    kept = *share;
    sum += *share;
  }
  for (std::size_t k = 0; k < shares.size(); ++k)
    if (shares[k] < 0) refuse(option, text, "'" + findings[k] + "' has no share");
  if (std::abs(sum - 1) > 1e-6)
    refuse(option, text, "the shares add up to " + std::to_string(sum) + ", expected 1");
  return shares;
}

}  // namespace

void add_evaluate_options(CLI::App& command, evaluate_options& options)
{
  add_model_options(command, options.model);
  command.add_option("--data", options.data, "folder of class folders, or one with a manifest.csv")
    ->required()
    ->check(not_empty);
  command.add_option("--fold", options.fold, "only films of this fold")->check(from_to(0, 9999));
  command.add_option("--splits", options.splits, "patients and folds, as `thorax split` writes them")->check(not_empty);
  command.add_flag("--flips", options.flips, flips_help);
  struct named_option {
    const char* name;
    std::string& value;
    const char* words;
  };
  for (const named_option& each : {
         named_option{
           "--negative", options.negative,
           "all other findings together are measured against this one (default: NORMAL, if there are two others)"},
         named_option{"--prevalence", options.prevalence,
                      "NAME=SHARE,... of all findings: what answers would be worth where they are that common"},
         named_option{"--learned", options.learned,
                      "with --prevalence: the shares that training saw, or equal, as class weights make them "
                      "(default: those of the films measured)"},
         named_option{"--against", options.against,
                      "predictions.csv of another network on the same films, to be compared"},
         named_option{"--csv", options.csv, "write one line a film; - prints it"},
         named_option{"--json", options.json, "write the numbers as JSON; - prints it"},
       })
    command.add_option(each.name, each.value, each.words)->check(not_empty);
  command
    .add_option("--report", options.report,
                "folder for report.html, report.txt, model_card.md, metrics.json, "
                "predictions.csv, and curves as tables and pictures")
    ->check(not_empty);
  command
    .add_option("--mistakes", options.mistakes, "how many mistakes report.html shows, with their films; 0: none")
    ->capture_default_str()
    ->check(from_to(0, 100));
}

std::optional<stated_shares> shares_of(const evaluate_options& options, const std::vector<std::string>& findings)
{
  if (options.prevalence.empty() && !options.learned.empty())
    throw error{error_code::wrong_usage, "--learned is for --prevalence; say both or none"};
  if (options.prevalence.empty()) return std::nullopt;
  stated_shares shares{{}, shares_in("--prevalence", options.prevalence, findings)};
  if (options.learned == "equal") shares.learned.assign(findings.size(), 1 / static_cast<double>(findings.size()));
  else if (!options.learned.empty()) shares.learned = shares_in("--learned", options.learned, findings);
  return shares;
}

std::optional<std::string> negative_of(const evaluate_options& options, const predictions& films)
{
  if (options.negative.empty()) return usual_negative(films);
  if (std::find(films.findings.begin(), films.findings.end(), options.negative) == films.findings.end())
    throw error{error_code::wrong_usage, "--negative '" + options.negative +
                                           "' is no finding of these weights; expected " + listed(films.findings)};
  return options.negative;
}

}  // namespace thorax::program
