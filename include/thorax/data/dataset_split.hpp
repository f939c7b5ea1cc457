// SPDX-License-Identifier: MIT
//
// dataset_split: the films a network learns from, is chosen by and is tested on, and whether somebody stands on two sides.

#pragma once

#include <thorax/base/content_key.hpp>  // content_key
#include <thorax/base/error.hpp>        // error
#include <thorax/data/dataset.hpp>      // dataset, film

#include <map>
#include <optional>
#include <string>

namespace thorax {

/// Parts of one dataset that know the same findings.
struct dataset_split {
  dataset train;
  dataset validation;  ///< what epochs are chosen by
  dataset test{};      ///< what neither learning nor choosing sees; empty unless a fold was set aside for it
};

/// Whether a person, or copies of one film, may stand on two sides of a split. If so, every figure made with it is too
/// good.
enum class leaky_split { refused, allowed };

/// Two films that should not be parted and are; groups of films that hang together by others (film_groups) are parted
/// only where two such films are, too.
///
/// returns:  a sentence's beginning that names the first of them, in which the second part is called `name`; nothing if
///           there are none
inline std::optional<std::string> leak_between(const dataset& one, const dataset& other, const std::string& name)
{
  std::map<std::string, const film*> patients;
  std::map<content_key, const film*> contents;
  for (const film& each : one.films) {
    patients.emplace(each.patient, &each);
    if (each.content) contents.emplace(*each.content, &each);
  }
  for (const film& each : other.films) {
    const std::string file = "(" + name + " film '" + each.path.filename().string() + "')";
    if (patients.contains(each.patient))
      return "patient '" + each.patient + "' stands on both sides of the split " + file;
    const auto copy = each.content ? contents.find(*each.content) : contents.end();
    if (copy != contents.end())
      return "the film '" + copy->second->path.filename().string() + "' has a copy on the other side of the split " + file;
  }
  return std::nullopt;
}

/// returns:  what leak_between says of the first two parts that have one
inline std::optional<std::string> leak_of(const dataset_split& parts)
{
  if (auto leak = leak_between(parts.train, parts.validation, "validation")) return leak;
  if (auto leak = leak_between(parts.train, parts.test, "test")) return leak;
  return leak_between(parts.validation, parts.test, "test");
}

/// throws:  error{does_not_fit} naming the first patient, or film with a copy, that is in two parts
inline void ensure_no_leak(const dataset_split& parts)
{
  if (const std::optional<std::string> leak = leak_of(parts))
    throw error{error_code::does_not_fit,
                *leak + ", so results would be too good; split by patient and content (thorax split), or allow a leaky "
                        "split (--allow-leaky-split) and say so"};
}

}  // namespace thorax
