// SPDX-License-Identifier: MIT
//
// zip_cases: an archive by hand is refused, as it is or with one number changed.

#pragma once

#include "torch/zip_archive.hpp"

#include "support/refuses.hpp"
#include "support/zip_by_hand.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace thorax::tests {

inline std::string_view text_of(std::span<const std::byte> bytes)
{
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline bool is_zip_refused(const std::string& words, const std::string& file,
                           error_code code = error_code::format_refused)
{
  return refuses(code, words, [&] { const tools::zip_archive read{bytes_in(file), "'x'"}; });
}

/// returns:  an archive of two members, of 5 and of 3 bytes
inline zip_by_hand two_members(bool is_zip64 = false)
{
  return make_zip({{"a/one", "first"}, {"a/two", "2nd"}}, is_zip64);
}

/// returns:  whether the file is refused once a number in it is another
template<class Number>
bool is_zip_refused_with(const std::string& words, zip_by_hand file, std::size_t place, std::uint64_t number,
                         error_code code = error_code::format_refused)
{
  set_number<Number>(file.bytes, place, number);
  return is_zip_refused(words, file.bytes, code);
}

}  // namespace thorax::tests
