// SPDX-License-Identifier: MIT
//
// results: files and folders that the programs write, asked for before the work begins.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace thorax::program {

/// Makes a folder that results go to, with all above it, unless it is there.
void make_folder(const std::filesystem::path& folder);

/// throws:  error{wrong_usage} if the results' folder lies in the data's, of which every sub-folder is a finding
void ensure_outside(const std::filesystem::path& results, const std::filesystem::path& data);

/// Asked before the work begins, so that no result is ever computed that cannot be saved.
///
/// throws:  error{file_unwritable} if a result could not go to this file because its folder is missing or
///          may not be written into
void ensure_has_place(const std::string& target);

/// throws:  error{wrong_usage} if two results would go to one file, or a result to a file that is read
void ensure_apart(const std::vector<std::string>& targets, const std::vector<std::filesystem::path>& inputs);

/// Writes a result to a file, or to standard output for "-".
void write_result(const std::string& target, const std::string& text);

}  // namespace thorax::program
