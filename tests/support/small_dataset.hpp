// SPDX-License-Identifier: MIT
//
// small_dataset: a few small films on the disk, each different, for tests of the data folder.

#pragma once

#include "support/temporary_folder.hpp"

#include <thorax/data/dataset.hpp>
#include <thorax/image/write.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

/// `count` gray PNG films of 9 x 7 pixels; film i has finding i % 2.
class small_dataset {
public:
  explicit small_dataset(int count)
  {
    films.findings = {"A", "B"};
    for (int i = 0; i < count; ++i) {
      thorax::image film{9, 7, 1};
      for (std::size_t at = 0; at < film.samples.size(); ++at)
        film.samples[at] = static_cast<std::uint8_t>((at * at * 5 + at * 37 + static_cast<std::size_t>(i) * 53) % 256);
      const std::filesystem::path path = folder / (std::to_string(i) + ".png");
      thorax::write_image(path, film);
      films.films.push_back({path, i % 2, std::to_string(i), -1});
    }
  }

  temporary_folder folder;
  thorax::dataset films;
};
