// SPDX-License-Identifier: MIT
//
// train_series: several runs of one recipe, over folds and seeds, and what they say together about the films that each
// was not trained on.

#pragma once

#include "train_films.hpp"
#include "train_options.hpp"

namespace thorax::program {

/// Whether more than one run is asked for.
bool is_series(const train_options& options);

/// Trains one network after the other, each in a folder of its own, where the same options go on after a stop; then
/// asks for each fold the mean of the networks that were validated on it, and writes and prints what all folds make.
///
/// throws:  what a run throws; error{does_not_fit} if there is no fold to validate on
void train_series(const train_options& options, const folded_films& films);

}  // namespace thorax::program
