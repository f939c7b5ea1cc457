// SPDX-License-Identifier: MIT
//
// films: from what stands on the command line to what the network says about each film.

#pragma once

#include "loaded_model.hpp"

#include <thorax/evaluate/predictions.hpp>  // predictions

#include <cstddef>  // size_t
#include <filesystem>
#include <string>
#include <vector>

namespace thorax::program {

/// Films as they are named, and of a folder all pictures below it, sorted by path. A film that is not there stays
/// in the list: it is rejected later, with its reason.
///
/// throws:  error if a folder cannot be listed or holds no picture
std::vector<std::filesystem::path> films_named(const std::vector<std::filesystem::path>& named);

/// Decodes the films of all rows, a few at a time on all threads, and fills in what the network says about them;
/// a film that cannot be read is rejected with its reason. Shows progress on a terminal.
void ask(const loaded_model& net, std::vector<thorax::prediction>& rows);

/// returns:  how many rows are rejected
std::size_t rejected_of(const std::vector<thorax::prediction>& rows);

/// Makes a folder that results go to, with all above it, unless it is there.
void make_folder(const std::filesystem::path& folder);

/// throws:  error{wrong_usage} if the results' folder lies in the data's, of which every sub-folder is a finding
void ensure_outside(const std::filesystem::path& results, const std::filesystem::path& data);

/// Asked before the work begins, so that no result is ever computed that cannot be saved.
///
/// throws:  error{file_unwritable} if a result could not go to this file because its folder is missing
void ensure_has_place(const std::string& target);

/// throws:  error{wrong_usage} if two results would go to one file, or a result to a file that is read
void ensure_apart(const std::vector<std::string>& targets, const std::vector<std::filesystem::path>& inputs);

/// Writes a result to a file, or to standard output for "-".
void write_result(const std::string& target, const std::string& text);

}  // namespace thorax::program
