// SPDX-License-Identifier: MIT
//
// train_recipe: what the options of `thorax train` mean for `fit`, and presets of them.

#pragma once

#include "train_options.hpp"

#include <thorax/data/split.hpp>         // dataset_split
#include <thorax/model/blueprint.hpp>    // blueprint
#include <thorax/train/fit.hpp>          // fit_options

#include <string>
#include <vector>

namespace thorax::program {

inline const std::vector<std::string> preset_names{"keras-parity", "best"};

/// Sets the options that the preset says and the command line does not.
void apply_preset(const CLI::App& command, train_options& options);

/// throws:  error{wrong_usage} for phases that do not fit together
fit_options fitting_of(const train_options& options, const dataset_split& split);

/// throws:  error{wrong_usage} if a phase begins at no part of the network, or could not be trained
void ensure_phases_fit(const fit_options& fitting, const blueprint& network, const std::string& who_says_them);

}  // namespace thorax::program
