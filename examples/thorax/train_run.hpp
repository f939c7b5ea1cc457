// SPDX-License-Identifier: MIT
//
// train_run: one training run, from films to a folder with weights, with nothing lost when it is stopped. The kernels of
// training are compiled in train_run.cpp only.

#pragma once

#include "train_films.hpp"
#include "train_options.hpp"

namespace thorax::program {

/// Trains on all films but those of the options' folds, or goes on where it was stopped.
///
/// throws:  error, also for a folder that holds another run
void train_once(train_options options, const folded_films& all);

}  // namespace thorax::program
