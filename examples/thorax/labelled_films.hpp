// SPDX-License-Identifier: MIT
//
// labelled_films: the films of class folders as rows that a network is to answer, for those who measure it and those
// who calibrate it.

#pragma once

#include "loaded_model.hpp"

#include <thorax/data/dataset.hpp>  // dataset
#include <thorax/evaluate/predictions.hpp>  // predictions

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace thorax::program {

/// The films to be asked about, of one fold or of all, as rows that nobody has answered yet.
///
/// throws:  error{does_not_fit} if a class folder is no finding of the network, or no film is of that fold
predictions rows_of(const dataset& films, const loaded_model& net, std::optional<int> fold);

/// returns:  for people: the folder and its fold
std::string name_of(const std::filesystem::path& data, std::optional<int> fold);

/// All that is read besides the weights.
std::vector<std::filesystem::path> inputs_of(const dataset& films);

/// returns:  a key of what the films of these rows hold, whatever they are called and in whatever order they stand
std::string content_of(const std::vector<thorax::prediction>& rows, thread_pool& pool);

/// returns:  how many patients have films both in this fold and outside of it
std::size_t patients_on_both_sides(const dataset& films, int fold);

}  // namespace thorax::program
