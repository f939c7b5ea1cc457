// SPDX-License-Identifier: MIT
//
// temporary_folder: a folder of a test's own that is gone when the test is.

#pragma once

#include <cstdlib>  // mkdtemp
#include <filesystem>
#include <stdexcept>  // runtime_error
#include <string>

/// An empty folder with a name that nobody else has; removed with all it holds by the destructor.
class temporary_folder {
public:
  temporary_folder()
  {
    std::string name = (std::filesystem::temp_directory_path() / "thorax_test.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"cannot make a temporary folder"};
    path_ = name;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder()
  {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};
