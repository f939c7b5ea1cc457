// SPDX-License-Identifier: MIT
//
// films: from what stands on the command line to what the network says about each film.

#pragma once

#include "loaded_model.hpp"

#include <thorax/evaluate/predictions.hpp>  // predictions
#include <thorax/image/read.hpp>            // remarked_image

#include <cstddef>  // size_t
#include <filesystem>
#include <string>
#include <vector>

namespace thorax::program {

/// Films as they are named, and of a folder all pictures below it, sorted by path. A film that is not there stays
/// in the list, and so does a folder that cannot be listed or holds no picture: it is rejected later, with its reason.
///
/// throws:  error if there is nothing but such folders
std::vector<std::filesystem::path> films_named(const std::vector<std::filesystem::path>& named);

/// throws:  error, also for a folder that films_named could find no film in
remarked_image read_film(const std::filesystem::path& path);

/// Says on standard error what reading a film gave reason to, a line each with the film's name.
void say_remarks(const std::string& path, const std::vector<std::string>& remarks);

/// Fills in what the network says about the films of all rows; a film that cannot be read is rejected with its reason.
/// Each thread of the model's pool takes one film after the other, from the file to the answer, while the disk already
/// reads the next ones. The answer depends neither on other films nor on the number of threads. Shows progress on a
/// terminal, and at the end says all remarks.
///
/// memory:  a decoded film and a workspace for each thread
void ask(const loaded_model& net, std::vector<thorax::prediction>& rows, film_views views = film_views::itself);

/// Says on standard error why films were rejected, a line each.
void say_rejected(const std::vector<thorax::prediction>& rows);

/// returns:  how many rows are rejected
std::size_t rejected_of(const std::vector<thorax::prediction>& rows);

}  // namespace thorax::program
