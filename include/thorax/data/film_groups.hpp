// SPDX-License-Identifier: MIT
//
// film_groups: which films belong together, so that no split may part them: those of one patient, those whose files are
// exact copies, and whatever these two connect.

#pragma once

#include <thorax/base/content_key.hpp>  // content_key, key_of_file
#include <thorax/base/error.hpp>        // error
#include <thorax/base/thread_pool.hpp>  // thread_pool
#include <thorax/data/dataset.hpp>      // dataset, film

#include <cstddef>  // size_t
#include <map>
#include <numeric>  // iota
#include <string>
#include <vector>

namespace thorax {

/// Fills in what is not known yet of the films' contents. Films whose files cannot be read stay without: whoever
/// decodes them will say why.
inline void know_contents(dataset& films, thread_pool& pool)
{
  pool.run(static_cast<int>(films.films.size()), [&](int task, int) {
    film& each = films.films[static_cast<std::size_t>(task)];
    if (each.content) return;
    try {
      each.content = key_of_file(each.path);
    }
    catch (const error&) {
      return;
    }
  });
}

namespace detail {

/// Sets that are united step by step; each is known by its smallest member.
class disjoint_sets {
public:
  explicit disjoint_sets(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), std::size_t{}); }

  std::size_t smallest(std::size_t member)
  {
    while (parent_[member] != member) member = parent_[member] = parent_[parent_[member]];
    return member;
  }

  void unite(std::size_t one, std::size_t other)
  {
    one = smallest(one);
    other = smallest(other);
    if (one < other) parent_[other] = one;
    else parent_[one] = other;
  }

private:
  std::vector<std::size_t> parent_;
};

}  // namespace detail

/// returns:  for each film the place of the first film of its group; where no contents are known, groups are patients
inline std::vector<std::size_t> film_groups(const dataset& films)
{
  detail::disjoint_sets sets{films.films.size()};
  std::map<std::string, std::size_t> by_patient;
  std::map<content_key, std::size_t> by_content;
  for (std::size_t i = 0; i < films.films.size(); ++i) {
    const film& each = films.films[i];
    sets.unite(i, by_patient.emplace(each.patient, i).first->second);
    if (each.content) sets.unite(i, by_content.emplace(*each.content, i).first->second);
  }
  std::vector<std::size_t> groups(films.films.size());
  for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = sets.smallest(i);
  return groups;
}

}  // namespace thorax
