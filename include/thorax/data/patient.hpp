// SPDX-License-Identifier: MIT
//
// patient: whose film it is, read from the file name as the Kermany set writes it.

#pragma once

#include <algorithm>  // min
#include <array>
#include <cctype>  // tolower
#include <cstddef>  // size_t
#include <optional>
#include <string>
#include <string_view>

namespace thorax {

namespace detail {

/// Takes words and numbers off the front of a name, without regard to case.
class name_scanner {
public:
  explicit name_scanner(std::string_view name) : rest_{name} {}

  bool word(std::string_view wanted)
  {
    if (rest_.size() < wanted.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (lower(rest_[i]) != lower(wanted[i])) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  /// returns:  the digits that come next; empty if there is none
  std::string number()
  {
    const std::size_t end = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    std::string digits{rest_.substr(0, end)};
    rest_.remove_prefix(end);
    return digits;
  }

  /// returns:  whether `separator` and a number could be taken, or nothing was there to take
  bool optional_number(std::string_view separator) { return !word(separator) || !number().empty(); }

  [[nodiscard]] bool at_extension() const { return rest_.starts_with('.') && rest_.find('.', 1) == rest_.npos; }

private:
  static char lower(char letter) { return static_cast<char>(std::tolower(static_cast<unsigned char>(letter))); }

  std::string_view rest_;
};

}  // namespace detail

/// The patterns (any picture format's extension, any case):
///
///     person<P>_bacteria_<S>[_<n>]    B<P>     bacterial and viral numbers are different children
///     person<P>_virus_<S>[_<n>]       V<P>
///     IM-<P>-<M>[-<R>]                N1-<P>
///     NORMAL2-IM-<P>-<M>[-<R>]        N2-<P>
///     BACTERIA-<P>-<S>                B3-<P>   the third version of the set, and so VIRUS and NORMAL
///
/// returns:  a key that is equal for films of one child, or nothing if the name follows no pattern
/// see:      Kermany, Zhang, Goldbaum 2018, doi:10.17632/rscbjbr9sj
inline std::optional<std::string> patient_of(std::string_view file_name)
{
  detail::name_scanner scan{file_name};
  if (scan.word("person")) {
    const std::string person = scan.number();
    const bool bacteria = scan.word("_bacteria_");
    const bool followed = !person.empty() && (bacteria || scan.word("_virus_")) && !scan.number().empty();
    if (!followed || !scan.optional_number("_") || !scan.at_extension()) return std::nullopt;
    return (bacteria ? "B" : "V") + person;
  }
  const bool second = scan.word("normal2-");
  if (scan.word("im-")) {
    const std::string person = scan.number();
    if (person.empty() || !scan.word("-") || scan.number().empty()) return std::nullopt;
    if (!scan.optional_number("-") || !scan.at_extension()) return std::nullopt;
    return (second ? "N2-" : "N1-") + person;
  }
  struct prefix {
    std::string_view word, key;
  };
  for (const prefix each : std::array{prefix{"bacteria-", "B3-"}, prefix{"virus-", "V3-"}, prefix{"normal-", "N3-"}}) {
    if (second || !scan.word(each.word)) continue;
    const std::string person = scan.number();
    const bool whole = !person.empty() && scan.word("-") && !scan.number().empty() && scan.at_extension();
    return whole ? std::optional{std::string{each.key} + person} : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace thorax
