// SPDX-License-Identifier: MIT
//
// run_json: run.json, which says all that a training run was asked for, and what follows from it.

#pragma once

#include "train_films.hpp"
#include "train_options.hpp"

#include <thorax/base/thread_pool.hpp>        // thread_pool
#include <thorax/data/dataset_split.hpp>      // dataset_split
#include <thorax/model/weights_metadata.hpp>  // weights_metadata
#include <thorax/train/fit.hpp>               // fit_options

#include <nlohmann/json.hpp>

#include <filesystem>
#include <span>
#include <string>

namespace thorax::program {

nlohmann::ordered_json run_json(const train_options& options, const fit_options& fitting, const training_films& films);

/// returns:  a key that changes with any byte of any film
///
/// throws:  error{file_unreadable} for a film that cannot be read
std::string content_of(const dataset_split& split, thread_pool& pool);

/// returns:  a key that changes with the numbers that training begins with, and with how films become numbers
std::string content_of(std::span<const float> start, const weights_metadata& metadata);

/// returns:  a number that changes with anything that a resumed run must share with the one that was stopped
std::string fingerprint_of(nlohmann::ordered_json run, const dataset_split& split);

/// returns:  what a resumed run was asked to do otherwise than the one that wrote the file; empty if there is none
std::string changes_since(const std::filesystem::path& path, const nlohmann::ordered_json& run);

}  // namespace thorax::program
