// SPDX-License-Identifier: MIT
//
// run_folder: where one training run keeps everything, and nobody else writes meanwhile.

#pragma once

#include <thorax/base/file.hpp>  // descriptor

#include <filesystem>

namespace thorax::program {

/// Makes the folder and holds it as long as it lives.
class run_folder {
public:
  /// Removes what a killed run left half-written, and if it `replaces` an earlier run, that run's
  /// checkpoints and what it kept beside its weights.
  ///
  /// throws:  error{file_unwritable} if the folder cannot be made, another run holds it, or it holds weights that
  ///          no checkpoint belongs to and that it does not replace
  run_folder(const std::filesystem::path& path, bool replaces);

private:
  thorax::detail::descriptor held_;
};

}  // namespace thorax::program
