// SPDX-License-Identifier: MIT
//
// run_folder: where one training run keeps everything, and nobody else writes meanwhile.

#pragma once

#include <filesystem>
#include <string>

namespace thorax::program {

/// Makes the folder and holds it as long as it lives.
class run_folder {
public:
  /// Removes what a killed run left half-written.
  ///
  /// throws:  error{file_unwritable} if the folder cannot be made, another run holds it, or it holds weights that
  ///          no checkpoint belongs to and `replaces` does not allow to overwrite them
  run_folder(const std::filesystem::path& path, bool replaces);
  run_folder(const run_folder&) = delete;
  run_folder& operator=(const run_folder&) = delete;
  ~run_folder();

private:
  int descriptor_;
};

}  // namespace thorax::program
