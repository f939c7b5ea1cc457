// SPDX-License-Identifier: MIT
//
// thorax phantoms: a folder of synthetic chest films, for trying everything where no real film may go.

#include "commands.hpp"
#include "not_empty.hpp"
#include "numbers.hpp"

#include <thorax/base/thread_pool.hpp>     // thread_pool
#include <thorax/data/write_phantoms.hpp>  // write_phantoms

#include <CLI/CLI.hpp>

#include <cstdint>  // uint64_t
#include <filesystem>
#include <iostream>
#include <memory>  // make_shared

namespace thorax::program {

namespace {

struct phantom_options {
  std::filesystem::path out;
  int count{100};
  int size{300};
  std::uint64_t seed{1};
  int threads{available_threads()};
};

/// Other films in the folder would stand in no line of the manifest, and reading it would fail.
void ensure_empty(const std::filesystem::path& folder)
{
  std::error_code unknown;
  if (!std::filesystem::exists(folder, unknown)) return;
  if (std::filesystem::is_directory(folder, unknown) && std::filesystem::is_empty(folder, unknown)) return;
  throw error{error_code::file_unwritable,
              "'" + folder.string() +
                "' is there already and not an empty folder; remove it or choose another --out"};
}

void write(const phantom_options& options)
{
  ensure_empty(options.out);
  thread_pool pool{options.threads};
  const dataset films = write_phantoms(options.out, options.seed, options.count, options.size, pool);
  std::cout << films.films.size() << " synthetic films of " << films.findings.size() << " findings in "
            << options.out.string() << ", with manifest.csv\n";
}

}  // namespace

void add_phantoms(CLI::App& commands)
{
  const auto options = std::make_shared<phantom_options>();
  CLI::App* command = commands.add_subcommand("phantoms", "make synthetic films of three findings");
  command->footer("example: thorax phantoms --out films --count 200 --size 128 --seed 7\n\n"
                  "OUT gets BACTERIAL, NORMAL and VIRAL, and a manifest.csv with the invented patients and five\n"
                  "folds. The same options give the same films. No network trained on them knows anything about\n"
                  "children.");
  command->add_option("--out", options->out, "folder that is new or empty")->required()->check(not_empty);
  command->add_option("--count", options->count, "films of each finding")
    ->capture_default_str()
    ->check(from_to(10, 99999));
  command->add_option("--size", options->size, "pixels a side")
    ->capture_default_str()
    ->check(from_to(32, 4096));
  command->add_option("--seed", options->seed, "other seeds, other films")
    ->capture_default_str()
    ->check(from_to<std::uint64_t>(0, most_seed));
  command->add_option("--threads", options->threads, "how many threads draw")
    ->capture_default_str()
    ->check(from_to(1, 1024));
  command->callback([options] { write(*options); });
}

}  // namespace thorax::program
