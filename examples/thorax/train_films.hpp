// SPDX-License-Identifier: MIT
//
// train_films: which films a run learns from, is chosen by and leaves alone, and what its weights will say about that.

#pragma once

#include "train_options.hpp"

#include <thorax/data/dataset_split.hpp>      // dataset_split
#include <thorax/data/fold_rosters.hpp>       // fold_roster
#include <thorax/model/seen_films.hpp>        // seen_films
#include <thorax/model/weights_metadata.hpp>  // weights_metadata

#include <vector>

namespace thorax::program {

/// The films of a folder with folds and contents, and those folds as evaluation will find them: films that cannot be
/// read are left out of the first, and not of the second.
struct folded_films {
  dataset readable;
  std::vector<fold_roster> rosters;
};

/// throws:  error for a folder, a table or films that are none; error{limit_exceeded} if too many films cannot be read
folded_films films_of(const train_options& options);

/// What one run does with them.
struct training_films {
  dataset_split split;
  seen_films seen;  ///< by this run and by the weights that it begins with
};

/// accepts:  what the weights say that training begins with; null if it begins with none
/// throws:   error{does_not_fit} if, and unless options allow it, a patient or copies of a film are in two parts, or the
///           weights know films that would judge them
training_films films_for_run(const train_options& options, const folded_films& films, const weights_metadata* start);

}  // namespace thorax::program
