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

}  // namespace thorax::program
