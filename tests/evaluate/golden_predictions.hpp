// SPDX-License-Identifier: MIT
//
// golden_predictions: sets of predictions made from a seed by the rule of tests/golden/evaluate_golden.py,
// and what scikit-learn and NumPy said about them.

#pragma once

#include <thorax/base/file.hpp>             // read_file
#include <thorax/base/random.hpp>           // random_stream
#include <thorax/evaluate/predictions.hpp>  // predictions

#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>  // pair
#include <vector>

namespace golden {

inline const std::string folder = "tests/data/files/evaluate/";

/// One line of cases.txt; the script explains the columns.
struct rule {
  std::string name;
  std::uint64_t seed{};
  int films{};
  std::uint64_t levels{};
  bool skew{};
  int silent{};
  int absent{};
  std::vector<std::string> findings;
};

inline std::vector<std::string> split(const std::string& line)
{
  std::vector<std::string> parts;
  std::istringstream in{line};
  for (std::string part; std::getline(in, part, '\t');) parts.push_back(part);
  return parts;
}

inline std::vector<rule> rules()
{
  std::vector<rule> all;
  std::istringstream lines{thorax::read_file(folder + "cases.txt")};
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> part = split(line);
    all.push_back({part.at(0), std::stoull(part.at(1)), std::stoi(part.at(2)), std::stoull(part.at(3)),
                   part.at(4) == "1", std::stoi(part.at(5)), std::stoi(part.at(6)),
                   {part.begin() + 7, part.end()}});
  }
  return all;
}

inline int drawn_label(const thorax::random_stream& stream, const rule& of)
{
  const double u = stream.uniform(0);
  const int label = static_cast<int>(static_cast<double>(of.findings.size()) * (of.skew ? u * u * u : u));
  return label == of.absent ? 0 : label;
}

inline thorax::prediction drawn_film(const thorax::random_stream& stream, const rule& of)
{
  const int k = static_cast<int>(of.findings.size());
  thorax::prediction film;
  film.true_finding = drawn_label(stream, of);
  std::vector<std::uint64_t> ticks;
  for (std::uint64_t c = 0; c < of.findings.size(); ++c) ticks.push_back(1 + stream.below(1 + c, of.levels));
  if (stream.uniform(1 + static_cast<std::uint64_t>(k)) < 0.6)
    ticks[static_cast<std::size_t>(film.true_finding)] += of.levels;
  std::uint64_t total = 0;
  for (const std::uint64_t tick : ticks) total += tick;
  for (const std::uint64_t tick : ticks)
    film.probabilities.push_back(static_cast<float>(static_cast<double>(tick) / static_cast<double>(total)));
  const auto score = [&](int c) { return film.probabilities[static_cast<std::size_t>(c)]; };
  for (int c = 0; c < k; ++c)
    if (c != of.silent && c != of.absent && (film.predicted < 0 || score(c) > score(film.predicted)))
      film.predicted = c;
  return film;
}

inline thorax::predictions predictions_of(const rule& of)
{
  thorax::predictions drawn{of.findings, {}};
  const thorax::random_stream stream{of.seed};
  for (int i = 0; i < of.films; ++i) {
    drawn.rows.push_back(drawn_film(stream / static_cast<std::uint64_t>(i), of));
    drawn.rows.back().path = of.name + "/" + std::to_string(i) + ".png";
  }
  return drawn;
}

/// numbers.txt by (case, key); nothing where the script wrote `none`.
inline std::map<std::pair<std::string, std::string>, std::optional<double>> numbers()
{
  std::map<std::pair<std::string, std::string>, std::optional<double>> all;
  std::istringstream lines{thorax::read_file(folder + "numbers.txt")};
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> part = split(line);
    std::optional<double>& value = all[{part.at(0), part.at(1)}];
    if (part.at(2) != "none") value = std::stod(part.at(2));
  }
  return all;
}

/// lists.txt by (case, key).
inline std::map<std::pair<std::string, std::string>, std::vector<double>> lists()
{
  std::map<std::pair<std::string, std::string>, std::vector<double>> all;
  std::istringstream lines{thorax::read_file(folder + "lists.txt")};
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> part = split(line);
    std::vector<double>& values = all[{part.at(0), part.at(1)}];
    for (std::size_t i = 2; i < part.size(); ++i) values.push_back(std::stod(part[i]));
  }
  return all;
}

}  // namespace golden
