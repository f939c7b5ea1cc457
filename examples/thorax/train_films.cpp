// SPDX-License-Identifier: MIT

#include "train_films.hpp"

#include "datasets.hpp"

#include <thorax/base/error.hpp>     // error
#include <thorax/data/readable.hpp>  // drop_unreadable

#include <algorithm>  // find_if
#include <cstdint>    // int64_t
#include <cstdio>     // fprintf, snprintf
#include <optional>
#include <string>

namespace thorax::program {

namespace {

leaky_split leak_for(const train_options& options)
{
  return options.allow_leaky_split ? leaky_split::allowed : leaky_split::refused;
}

/// Every nth film, so that each finding keeps its share.
void thin_out(dataset& films, int most)
{
  const auto count = static_cast<int>(films.films.size());
  if (most <= 0 || count <= most) return;
  std::vector<film> kept;
  for (int i = 0; i < most; ++i)
    kept.push_back(films.films[static_cast<std::size_t>(static_cast<std::int64_t>(i) * count / most)]);
  films.films = kept;
}

/// Leaves films out that cannot be read, and names them; where there are many, something else is wrong than a few files.
void leave_out_unreadable(dataset& films, const train_options& options, thread_pool& pool)
{
  const std::size_t all = films.films.size();
  const std::vector<unreadable_film> unreadable = drop_unreadable(films, pool);
  for (const unreadable_film& each : unreadable) std::fprintf(stderr, "thorax: left out: %s\n", each.reason.c_str());
  if (unreadable.empty()) return;
  const double percent = 100.0 * static_cast<double>(unreadable.size()) / static_cast<double>(all);
  const std::string count = std::to_string(unreadable.size()) + " of " + std::to_string(all) + " films";
  std::fprintf(stderr, "%s cannot be read and are left out\n", count.c_str());
  if (percent <= options.most_unreadable) return;
  char limit[32];
  std::snprintf(limit, sizeof limit, "%g", options.most_unreadable);
  throw error{error_code::limit_exceeded, "'" + options.data.string() + "': " + count + " cannot be read, at most " + limit +
                                            " % may be; mend them, or raise --most-unreadable"};
}

seen_films seen_by(const train_options& options, const std::vector<fold_roster>& rosters)
{
  seen_films seen;
  for (const fold_roster& each : rosters) {
    const film_use use = each.fold == options.fold        ? film_use::validation
                         : each.fold == options.test_fold ? film_use::test
                                                          : film_use::training;
    seen.folds.push_back({each.fold, each.films, each.content.text(), use});
  }
  return seen;
}

/// returns:  the beginning of a sentence if weights know films that would judge what becomes of them, else nothing
std::optional<std::string> spoiled(const seen_films& run, const seen_films& start)
{
  for (const seen_fold& each : run.folds) {
    const auto before = std::find_if(start.folds.begin(), start.folds.end(),
                                     [&](const seen_fold& known) { return known.content == each.content; });
    if (before == start.folds.end() || each.use == film_use::training || before->use <= each.use) continue;
    return "the weights to begin with were " +
           std::string{before->use == film_use::training ? "trained on" : "chosen by"} + " the films of fold " +
           std::to_string(each.fold) + ", which are to " + (each.use == film_use::test ? "test" : "choose") +
           " what becomes of them";
  }
  return std::nullopt;
}

}  // namespace

folded_films films_of(const train_options& options)
{
  thread_pool pool{options.threads};
  folded_films films;
  films.readable = dataset_with_folds(options.data, pool, {options.splits, options.folds}, leak_for(options));
  films.rosters = fold_rosters(films.readable);
  if (options.skip_unreadable) leave_out_unreadable(films.readable, options, pool);
  return films;
}

training_films films_for_run(const train_options& options, const folded_films& films, const weights_metadata* start)
{
  training_films run{split_by_fold(films.readable, {options.fold, options.test_fold}, leak_for(options)),
                     seen_by(options, films.rosters)};
  run.seen.leaky = leak_of(run.split).has_value();
  thin_out(run.split.train, options.most_films);
  if (start == nullptr) return run;
  const seen_films before = start->seen.value_or(seen_films{.folds = {}, .complete = false});
  if (const std::optional<std::string> why = spoiled(run.seen, before)) {
    if (!options.allow_leaky_split)
      throw error{error_code::does_not_fit, *why + ", so results would be too good; begin with other weights, choose "
                                                   "other folds, or allow a leaky split (--allow-leaky-split)"};
    run.seen.leaky = true;
  }
  run.seen = joined(run.seen, before);
  return run;
}

}  // namespace thorax::program
