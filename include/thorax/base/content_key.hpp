// SPDX-License-Identifier: MIT
//
// content_key: 128 bits that name some content. Equal content has an equal key; other content has another one unless
// somebody looked for a collision, so a key is for caches and never for trust.

#pragma once

#include <thorax/base/file.hpp>    // mapped_file
#include <thorax/base/random.hpp>  // mixed

#include <compare>
#include <cstddef>  // byte, size_t
#include <cstdint>  // uint64_t
#include <cstring>  // memcpy
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>  // is_trivially_copyable_v

namespace thorax {

struct content_key {
  std::uint64_t first{};
  std::uint64_t second{};

  friend auto operator<=>(const content_key&, const content_key&) = default;

  /// returns:  32 hexadecimal digits
  [[nodiscard]] std::string text() const
  {
    std::string digits;
    for (const std::uint64_t half : {first, second})
      for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[half >> shift & 0xfU];
    return digits;
  }
};

/// Adds one thing behind the other; where one ends and the next begins counts too.
class key_writer {
public:
  key_writer& add(std::span<const std::byte> bytes)
  {
    std::size_t at = 0;
    for (; at + sizeof(std::uint64_t) <= bytes.size(); at += sizeof(std::uint64_t)) add_word(bytes.data() + at, 8);
    if (at < bytes.size()) add_word(bytes.data() + at, bytes.size() - at);
    return add_number(bytes.size());
  }
  key_writer& add(std::string_view text) { return add(std::as_bytes(std::span{text})); }

  /// Numbers, or plain data without gaps.
  template<class Plain>
    requires std::is_trivially_copyable_v<Plain> && (!std::is_convertible_v<Plain, std::string_view>)
  key_writer& add(std::span<const Plain> numbers)
  {
    return add(std::as_bytes(numbers));
  }

  key_writer& add_number(std::uint64_t number)
  {
    first_ = mixed(first_ ^ number) + 0x9e3779b97f4a7c15U;
    second_ = mixed(second_ + number) ^ 0xc2b2ae3d27d4eb4fU;
    return *this;
  }

  [[nodiscard]] content_key key() const { return {mixed(first_), mixed(second_)}; }

private:
  void add_word(const std::byte* from, std::size_t count)
  {
    std::uint64_t word = 0;
    std::memcpy(&word, from, count);
    add_number(word);
  }

  std::uint64_t first_{0x243f6a8885a308d3U};  // digits of pi, as good as any
  std::uint64_t second_{0x13198a2e03707344U};
};

/// returns:  a key of what a file holds
/// throws:   error{file_unreadable}
inline content_key key_of_file(const std::filesystem::path& path)
{
  const mapped_file file{path};
  return key_writer{}.add(file.bytes()).key();
}

}  // namespace thorax
