// SPDX-License-Identifier: MIT
//
// run_json: run.json, which says all that a training run was asked for, and what follows from it.

#pragma once

#include "train_options.hpp"

#include <thorax/data/split.hpp>  // dataset_split
#include <thorax/train/fit.hpp>   // fit_options

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

namespace thorax::program {

nlohmann::ordered_json run_json(const train_options& options, const fit_options& fitting, const dataset_split& split);

/// returns:  a number that changes with anything that a resumed run must share with the one that was stopped
std::string fingerprint_of(nlohmann::ordered_json run, const dataset_split& split);

/// returns:  what a resumed run was asked to do otherwise than the one that wrote the file; empty if there is none
std::string changes_since(const std::filesystem::path& path, const nlohmann::ordered_json& run);

}  // namespace thorax::program
