// SPDX-License-Identifier: MIT
//
// pictures: what several image tests share: a picture made from a formula, a fingerprint, the committed files,
// and the sentence of a refusal.

#pragma once

#include <thorax/base/error.hpp>
#include <thorax/base/file.hpp>
#include <thorax/image/image.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <vector>

/// The formula of tests/golden/image_golden.py: smooth, noisy and clipped at 255 in one.
inline thorax::image pattern(int height, int width, int channels)
{
  thorax::image out{height, width, channels};
  std::size_t i = 0;
  for (std::uint32_t y = 0; y < static_cast<std::uint32_t>(height); ++y)
    for (std::uint32_t x = 0; x < static_cast<std::uint32_t>(width); ++x)
      for (std::uint32_t c = 0; c < static_cast<std::uint32_t>(channels); ++c) {
        const std::uint32_t squares = 7 * x * x + 13 * y * y;
        const std::uint32_t noise = squares + 31 * x * (c + 1) + 101 * c + ((x * y * (x + y + c)) >> 3);
        const std::uint32_t smooth = (3 * x + 2 * y + 40 * c) & 255;
        out.samples[i++] = static_cast<std::uint8_t>(std::min<std::uint32_t>((noise & 63) + smooth, 255));
      }
  return out;
}

/// 64-bit FNV-1a of the samples.
inline std::uint64_t fingerprint(const thorax::image& picture)
{
  std::uint64_t state = 0xcbf29ce484222325U;
  for (const std::uint8_t sample : picture.samples) state = (state ^ sample) * 0x100000001b3U;
  return state;
}

inline std::string image_file(const std::string& name) { return "tests/data/image/" + name; }

/// The lines of a committed text file, without its comments.
inline std::vector<std::istringstream> golden_lines(const std::string& name)
{
  std::ifstream file{image_file(name)};
  std::vector<std::istringstream> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line.front() != '#') lines.emplace_back(line);
  return lines;
}

inline std::vector<std::byte> bytes_of(const std::string& text)
{
  const auto bytes = std::as_bytes(std::span{text});
  return {bytes.begin(), bytes.end()};
}

/// What `read` threw, if it threw.
template<class Read>
std::optional<thorax::error> refusal(Read&& read)
{
  try {
    (void)read();
  }
  catch (const thorax::error& refused) {
    return refused;
  }
  return std::nullopt;
}
