// SPDX-License-Identifier: MIT

#include "films.hpp"

#include "progress.hpp"
#include "words.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/data/read_dataset.hpp>  // is_picture_name
#include <thorax/image/read.hpp>         // read_with_remarks
#include <thorax/model/verdict.hpp>      // most_likely

#include <fcntl.h>   // open, posix_fadvise
#include <unistd.h>  // close

#include <algorithm>  // all_of, count_if, min, sort
#include <atomic>
#include <iostream>
#include <utility>  // move

namespace thorax::program {

namespace {

bool is_hidden(const std::filesystem::path& path) { return path.filename().string().starts_with('.'); }

/// Links to folders are not followed, so that no way leads in a circle. A folder that cannot be listed is found itself.
void find_pictures(const std::filesystem::path& folder, std::vector<std::filesystem::path>& found)
{
  std::error_code failure;
  std::filesystem::directory_iterator entry{folder, failure};
  for (; !failure && entry != end(entry); entry.increment(failure)) {
    if (is_hidden(entry->path())) continue;
    std::error_code unknown;  // of a link that leads nowhere, which is then no folder
    if (!entry->is_directory(unknown)) {
      if (is_picture_name(entry->path())) found.push_back(entry->path());
    }
    else if (!entry->is_symlink(unknown)) find_pictures(entry->path(), found);
  }
  if (failure) found.push_back(folder);
}

/// returns:  all pictures below the folder by path; the folder itself if there are none
std::vector<std::filesystem::path> pictures_below(const std::filesystem::path& folder)
{
  std::vector<std::filesystem::path> found;
  find_pictures(folder, found);
  if (found.empty()) found.push_back(folder);
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.native() < b.native(); });
  return found;
}

bool is_folder(const std::filesystem::path& path)
{
  std::error_code unknown;
  return std::filesystem::is_directory(path, unknown);
}

/// throws:  error that says why a folder stands where a film should
[[noreturn]] void refuse_folder(const std::filesystem::path& folder)
{
  std::error_code failure;
  static_cast<void>(std::filesystem::directory_iterator{folder, failure});
  if (failure)
    throw error{error_code::file_unreadable, "cannot list '" + folder.string() + "': " + failure.message()};
  throw error{error_code::does_not_fit, "'" + folder.string() +
                                          "' holds no film; expected files that end in jpg, "
                                          "jpeg, png, pgm or dcm, in it or below it"};
}

/// Asks the disk for a file that is wanted soon, and does not wait for it. What cannot be read is found out later.
void announce(const std::string& path)
{
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return;
  ::posix_fadvise(file, 0, 0, POSIX_FADV_WILLNEED);
  ::close(file);
}

/// Reads and decodes one film and fills in what the network says about it.
void ask_one(const loaded_model& net, prediction& row, who_computes who, film_views views)
{
  remarked_image film;
  try {
    film = read_film(row.path);
  }
  catch (const error& problem) {
    row.rejected = true;
    row.reason = problem.what();
    return;
  }
  film_answer said = net.answer(film.picture, who, views);
  row.remarks = std::move(film.remarks);
  row.logits = std::move(said.logits);
  row.probabilities = std::move(said.probabilities);
  try {
    row.predicted = most_likely(row.probabilities, net.findings()).index;
  }
  catch (const error& problem) {
    row.rejected = true;
    row.reason = "film '" + row.path + "': " + problem.what();
  }
}

/// returns:  how many of the films are taken one by each thread. The others are few: all threads together are sooner
///           done with one after the other, unless half of the threads or more have one of their own.
std::size_t side_by_side(std::size_t films, std::size_t threads)
{
  const std::size_t left_over = films % threads;
  return 2 * left_over > threads ? films : films - left_over;
}

}  // namespace

std::vector<std::filesystem::path> films_named(const std::vector<std::filesystem::path>& named)
{
  std::vector<std::filesystem::path> films;
  for (const std::filesystem::path& path : named) {
    if (!is_folder(path)) films.push_back(path);
    else
      for (std::filesystem::path& picture : pictures_below(path)) films.push_back(std::move(picture));
  }
  if (!films.empty() && std::all_of(films.begin(), films.end(), is_folder)) refuse_folder(films.front());
  return films;
}

remarked_image read_film(const std::filesystem::path& path)
{
  if (is_folder(path)) refuse_folder(path);
  return read_with_remarks(path);
}

void say_remarks(const std::string& path, const std::vector<std::string>& remarks)
{
  for (const std::string& remark : remarks) std::cerr << "thorax: film '" << printable(path) << "' " << remark << '\n';
}

void ask(const loaded_model& net, std::vector<prediction>& rows, film_views views)
{
  thread_pool& pool = net.pool();
  const auto threads = static_cast<std::size_t>(pool.threads());
  const std::size_t ahead = 4 * threads;
  progress_line progress;
  std::atomic<int> done{0};
  const auto take = [&](std::size_t i, who_computes who, bool shows) {
    if (i + ahead < rows.size()) announce(rows[i + ahead].path);
    ask_one(net, rows[i], who, views);
    const int count = ++done;
    if (shows) progress.show("films", count, static_cast<int>(rows.size()));
  };
  for (std::size_t i = 0; i < std::min(ahead, rows.size()); ++i) announce(rows[i].path);
  const std::size_t spread = side_by_side(rows.size(), threads);
  pool.run(static_cast<int>(spread),
           [&](int task, int thread) { take(static_cast<std::size_t>(task), who_computes::this_thread, thread == 0); });
  for (std::size_t i = spread; i < rows.size(); ++i) take(i, who_computes::all_threads, true);
  progress.clear();
  for (const prediction& row : rows) say_remarks(row.path, row.remarks);
  ensure_sound({net.findings(), rows, net.findings_exclude_each_other()});
}

void say_rejected(const std::vector<prediction>& rows)
{
  for (const prediction& row : rows)
    if (row.rejected) std::cerr << "thorax: " << printable(row.reason) << '\n';
}

std::size_t rejected_of(const std::vector<prediction>& rows)
{
  return static_cast<std::size_t>(
    std::count_if(rows.begin(), rows.end(), [](const prediction& row) { return row.rejected; }));
}

}  // namespace thorax::program
