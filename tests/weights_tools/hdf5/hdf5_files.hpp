// SPDX-License-Identifier: MIT
//
// hdf5_files: the committed files of tests/golden/hdf5_golden.py, and the formulas of what is in them.

#pragma once

#include <thorax/base/file.hpp>

#include <cstddef>
#include <string>
#include <vector>

inline std::vector<std::byte> hdf5_bytes_of(const std::string& name)
{
  const thorax::mapped_file file{"tests/data/files/weights/hdf5/" + name + ".h5"};
  return {file.bytes().begin(), file.bytes().end()};
}

inline std::vector<float> numbers_from(int start, int count)
{
  std::vector<float> numbers;
  for (int i = start; i < start + count; ++i) numbers.push_back(static_cast<float>(i * 37 % 101 - 50) / 8);
  return numbers;
}

inline std::string layer_name(int i)
{
  std::string name = "conv" + std::to_string(i);
  for (int k = 0; k < i % 4; ++k) name += "_block";
  return name;
}

inline std::vector<std::string> layer_names(int begin, int end)
{
  std::vector<std::string> names;
  for (int i = begin; i < end; ++i) names.push_back(layer_name(i));
  return names;
}

inline std::string long_text(int length)
{
  std::string text;
  for (int i = 0; i < length; ++i) text += static_cast<char>('a' + i * i % 26);
  return text;
}
