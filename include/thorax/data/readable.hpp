// SPDX-License-Identifier: MIT
//
// readable: films that cannot be read are found before training, not in the middle of its third hour.

#pragma once

#include <thorax/base/error.hpp>        // error
#include <thorax/base/thread_pool.hpp>  // thread_pool
#include <thorax/data/dataset.hpp>      // dataset, film
#include <thorax/image/read.hpp>        // read_image

#include <cstddef>  // size_t
#include <filesystem>
#include <optional>
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax {

/// A film that cannot be read, and the sentence that says why.
struct unreadable_film {
  std::filesystem::path path;
  std::string reason;
};

/// Decodes every film once and drops those that cannot be read, with a remark in the dataset that counts them.
///
/// returns:  what was dropped, in the order of the dataset
/// throws:   error{does_not_fit} if no film is left
inline std::vector<unreadable_film> drop_unreadable(dataset& films, thread_pool& pool)
{
  std::vector<std::optional<std::string>> reasons(films.films.size());
  pool.run(static_cast<int>(films.films.size()), [&](int task, int) {
    const auto i = static_cast<std::size_t>(task);
    try {
      (void)read_image(films.films[i].path);
    }
    catch (const error& unreadable) {
      reasons[i] = unreadable.what();
    }
  });
  std::vector<film> left;
  std::vector<unreadable_film> dropped;
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (reasons[i]) dropped.push_back({films.films[i].path, *reasons[i]});
    else left.push_back(std::move(films.films[i]));
  }
  films.films = std::move(left);
  if (films.films.empty())
    throw error{error_code::does_not_fit, "'" + films.folder.string() + "' holds no readable film" +
                                            (dropped.empty() ? "" : "; the first: " + dropped.front().reason)};
  if (!dropped.empty())
    films.remarks.push_back(std::to_string(dropped.size()) + " films cannot be read and are left out; the first: " +
                            dropped.front().reason);
  return dropped;
}

}  // namespace thorax
