// SPDX-License-Identifier: MIT

#include "films.hpp"

#include "progress.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/data/read_dataset.hpp>  // is_picture_name
#include <thorax/image/read.hpp>         // read_image
#include <thorax/model/verdict.hpp>      // most_likely

#include <algorithm>  // copy, count_if, min, sort
#include <optional>
#include <span>

namespace thorax::program {

namespace {

bool is_hidden(const std::filesystem::path& path) { return path.filename().string().starts_with('.'); }

std::vector<std::filesystem::path> pictures_below(const std::filesystem::path& folder)
{
  std::vector<std::filesystem::path> found;
  try {
    for (auto entry = std::filesystem::recursive_directory_iterator{folder}; entry != end(entry); ++entry) {
      std::error_code unknown;  // of a link that leads nowhere, which is then no folder
      const bool is_folder = entry->is_directory(unknown);
      if (is_hidden(entry->path())) {
        if (is_folder) entry.disable_recursion_pending();
      }
      else if (!is_folder && is_picture_name(entry->path())) found.push_back(entry->path());
    }
  }
  catch (const std::filesystem::filesystem_error& failure) {
    throw error{error_code::file_unreadable, "cannot list '" + folder.string() + "': " + failure.code().message()};
  }
  if (found.empty())
    throw error{error_code::does_not_fit, "'" + folder.string() +
                                            "' holds no film; expected files that end in jpg, "
                                            "jpeg, png or pgm, in it or below it"};
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.native() < b.native(); });
  return found;
}

/// returns:  the film as the network sees it; nothing, and the row rejected, if it cannot be read
std::optional<tensor> seen_film(const loaded_model& net, prediction& row)
{
  try {
    return net.seen(read_image(row.path));
  }
  catch (const error& problem) {
    row.rejected = true;
    row.reason = problem.what();
    return std::nullopt;
  }
}

batch side_by_side(std::span<const std::optional<tensor>> seen, std::size_t count)
{
  batch all;
  float* next = nullptr;
  for (const std::optional<tensor>& one : seen) {
    if (!one) continue;
    if (next == nullptr) {
      all.resize({count, one->shape(0), one->shape(1), one->shape(2)});
      next = all.data();
    }
    next = std::copy(one->begin(), one->end(), next);
  }
  return all;
}

void ask_some(const loaded_model& net, std::span<prediction> rows)
{
  std::vector<std::optional<tensor>> seen(rows.size());
  net.pool().run(static_cast<int>(rows.size()), [&](int task, int) {
    const auto i = static_cast<std::size_t>(task);
    seen[i] = seen_film(net, rows[i]);
  });
  const auto readable = static_cast<std::size_t>(
    std::count_if(seen.begin(), seen.end(), [](const auto& one) { return one.has_value(); }));
  if (readable == 0) return;
  const scores said = net(side_by_side(seen, readable));
  const std::size_t outputs = net.findings().size();
  const float* logits = said.logits.data();
  const float* probabilities = said.probabilities.data();
  for (prediction& row : rows) {
    if (row.rejected) continue;
    row.logits.assign(logits, logits + outputs);
    row.probabilities.assign(probabilities, probabilities + outputs);
    logits += outputs;
    probabilities += outputs;
    try {
      row.predicted = most_likely(row.probabilities, net.findings()).index;
    }
    catch (const error& problem) {
      row.rejected = true;
      row.reason = "film '" + row.path + "': " + problem.what();
    }
  }
}

}  // namespace

std::vector<std::filesystem::path> films_named(const std::vector<std::filesystem::path>& named)
{
  std::vector<std::filesystem::path> films;
  for (const std::filesystem::path& path : named) {
    std::error_code unknown;
    if (!std::filesystem::is_directory(path, unknown)) films.push_back(path);
    else
      for (std::filesystem::path& picture : pictures_below(path)) films.push_back(std::move(picture));
  }
  return films;
}

void ask(const loaded_model& net, std::vector<prediction>& rows)
{
  constexpr std::size_t at_once = 16;
  progress_line progress;
  for (std::size_t first = 0; first < rows.size(); first += at_once) {
    const std::size_t some = std::min(at_once, rows.size() - first);
    ask_some(net, std::span{rows}.subspan(first, some));
    progress.show("films", static_cast<int>(first + some), static_cast<int>(rows.size()));
  }
  progress.clear();
  ensure_sound({net.findings(), rows, net.findings_exclude_each_other()});
}

std::size_t rejected_of(const std::vector<prediction>& rows)
{
  return static_cast<std::size_t>(
    std::count_if(rows.begin(), rows.end(), [](const prediction& row) { return row.rejected; }));
}

}  // namespace thorax::program
