// SPDX-License-Identifier: MIT
//
// thorax split: folds of whole patients, and of all copies of a film, written down to be kept.

#include "commands.hpp"
#include "datasets.hpp"
#include "not_empty.hpp"
#include "numbers.hpp"
#include "results.hpp"
#include "words.hpp"

#include <thorax/evaluate/text_columns.hpp>  // right_aligned

#include <CLI/CLI.hpp>

#include <algorithm>  // max
#include <cstdint>    // uint64_t
#include <memory>     // make_shared

namespace thorax::program {

namespace {

struct split_options {
  std::filesystem::path data;
  std::string out;
  int folds{usual_folds};
  std::uint64_t seed{};
  int threads{available_threads()};
};

/// A line a fold: its films, its groups, and how many films each finding has.
std::string table_of(const dataset& films, int folds)
{
  const std::vector<std::size_t> groups = film_groups(films);
  std::string table = "fold  films  groups";
  for (const std::string& finding : films.findings) table += "  " + printable(finding);
  for (int fold = 0; fold < folds; ++fold) {
    dataset part;
    part.findings = films.findings;
    std::set<std::size_t> met;
    for (std::size_t i = 0; i < groups.size(); ++i)
      if (films.films[i].fold == fold) {
        part.films.push_back(films.films[i]);
        met.insert(groups[i]);
      }
    table += '\n' + right_aligned(std::to_string(fold), 4) + right_aligned(std::to_string(part.films.size()), 7) +
             right_aligned(std::to_string(met.size()), 8);
    const std::vector<std::size_t> counts = films_per_finding(part);
    for (std::size_t i = 0; i < counts.size(); ++i)
      table += right_aligned(std::to_string(counts[i]), 2 + characters(printable(films.findings[i])));
  }
  return table + '\n';
}

/// returns:  how many films are copies of one that stands before them
std::size_t copies_in(const dataset& films)
{
  std::set<content_key> contents;
  std::size_t copies = 0;
  for (const film& each : films.films)
    if (each.content && !contents.insert(*each.content).second) ++copies;
  return copies;
}

void split(const split_options& options)
{
  ensure_has_place(options.out);
  dataset films = dataset_with_remarks(options.data);
  std::vector<std::filesystem::path> read{films.folder / "manifest.csv", films.folder / ".." / "manifest.csv"};
  for (const film& each : films.films) read.push_back(each.path);
  ensure_apart({options.out}, read);
  thread_pool pool{options.threads};
  know_contents(films, pool);
  assign_folds(films, options.folds, options.seed);
  if (!films.has_manifest)
    std::cerr << "thorax: note: no manifest.csv says whose films these are: patients are guessed from the names of files\n";
  write_result(options.out, splits_csv(films));
  if (options.out == "-") return;
  std::cout << table_of(films, options.folds) << copies_in(films) << " films are exact copies of others\n";
}

}  // namespace

void add_split(CLI::App& commands)
{
  const auto options = std::make_shared<split_options>();
  CLI::App* command = commands.add_subcommand("split", "divide films into folds, no patient and no copy in two");
  command->footer("example: thorax split --data films --folds 5 --out splits.csv\n\n"
                  "Films of one patient and films whose files are exact copies stay together, and so does what\n"
                  "these connect. The columns are path, class, patient, fold and content, a key of the file by which\n"
                  "`thorax train` and `thorax evaluate --splits` notice that a film was changed.");
  command->add_option("--data", options->data, "folder of class folders, or one with a manifest.csv")
    ->required()
    ->check(not_empty);
  command->add_option("--out", options->out, "the table; - prints it")->required()->check(not_empty);
  command->add_option("--folds", options->folds, "how many")->capture_default_str()->check(from_to(2, 1000));
  command->add_option("--seed", options->seed, "other seeds, other folds")
    ->capture_default_str()
    ->check(from_to<std::uint64_t>(0, most_seed));
  command->add_option("--threads", options->threads, "how many threads read")
    ->capture_default_str()
    ->check(from_to(1, 1024));
  command->callback([options] { split(*options); });
}

}  // namespace thorax::program
