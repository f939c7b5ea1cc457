// SPDX-License-Identifier: MIT
//
// evaluate_options: what can be asked of `thorax evaluate`.

#pragma once

#include "loaded_model.hpp"

#include <thorax/evaluate/evaluation.hpp>  // stated_shares

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace thorax::program {

struct evaluate_options {
  model_options model;
  std::filesystem::path data;
  std::filesystem::path splits;  ///< what `thorax split` wrote; empty: a manifest.csv says patients and folds
  std::optional<int> fold;
  bool flips{};
  std::string negative;    ///< empty: the usual one
  std::string prevalence;  ///< NAME=SHARE,…; empty: not asked for
  std::string learned;     ///< the same, or "equal"; empty: the shares of the labels
  std::string against;     ///< a predictions.csv of another network
  std::string csv;
  std::string json;
  std::filesystem::path report;
  int mistakes{6};  ///< how many of them report.html shows
};

void add_evaluate_options(CLI::App& command, evaluate_options& options);

/// returns:  the shares of --prevalence and --learned in the findings' order; nothing without --prevalence
/// throws:   error{wrong_usage} unless each finding has one share from 0 to 1 and they add up to 1
std::optional<stated_shares> shares_of(const evaluate_options& options, const std::vector<std::string>& findings);

/// returns:  the finding that all others stand against: that of --negative, else the usual one, if there is one
/// throws:   error{wrong_usage} if it is none of the findings
std::optional<std::string> negative_of(const evaluate_options& options, const predictions& films);

}  // namespace thorax::program
