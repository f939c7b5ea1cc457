// SPDX-License-Identifier: MIT
//
// training: the whole library, in reading order: what predicts and explains, and what trains and measures.
// Apart from <thorax/thorax.hpp>, so that a program that predicts needs no range-v3 and compiles sooner.

#pragma once

#include <thorax/thorax.hpp>  // networks, backends, images, models, heat maps

// From a folder to batches.
#include <thorax/data/csv.hpp>               // tables as text
#include <thorax/data/patient.hpp>           // whose film, by its name
#include <thorax/data/manifest.hpp>          // whose film, by a table
#include <thorax/data/dataset.hpp>           // which films there are
#include <thorax/data/read_dataset.hpp>      // class folders become a dataset
#include <thorax/data/film_groups.hpp>       // films that no split may part
#include <thorax/data/dataset_split.hpp>     // no person on two sides
#include <thorax/data/split.hpp>             // films get folds
#include <thorax/data/splits_csv.hpp>        // a split that can be kept
#include <thorax/data/fold_rosters.hpp>      // which films a fold holds, as a key
#include <thorax/data/class_weights.hpp>     // rare findings count more
#include <thorax/data/augmentation.hpp>      // turned, moved, stretched, cropped, mirrored
#include <thorax/data/intensity.hpp>         // brighter or darker, harder or softer
#include <thorax/data/readable.hpp>          // damaged films are found early
#include <thorax/data/sample.hpp>            // a film as numbers with its label
#include <thorax/data/shuffled.hpp>          // the order of an epoch
#include <thorax/data/decoded.hpp>           // films become samples
#include <thorax/data/augmented.hpp>         // samples become slightly other ones
#include <thorax/data/batched.hpp>           // samples side by side
#include <thorax/data/epoch_loader.hpp>      // batches made ahead
#include <thorax/data/phantom_canvas.hpp>    // what a phantom is drawn with
#include <thorax/data/phantom_anatomy.hpp>   // a chest as a few numbers
#include <thorax/data/phantom_skeleton.hpp>  // its bones
#include <thorax/data/phantom_findings.hpp>  // what its lungs show
#include <thorax/data/phantom_exposure.hpp>  // how it gets onto film
#include <thorax/data/phantom.hpp>           // synthetic films of three findings
#include <thorax/data/write_phantoms.hpp>    // a folder of them

// Training.
#include <thorax/train/freeze_boundary.hpp>    // from where on to train, by name
#include <thorax/train/network_half.hpp>       // one of them, predicting
#include <thorax/train/trained_numbers.hpp>    // parameters, gradients and moments
#include <thorax/train/step_report.hpp>        // what a step tells of itself
#include <thorax/train/trainer.hpp>            // one step at a time
#include <thorax/train/history.hpp>            // what each epoch reached
#include <thorax/train/history_plot.hpp>       // the same as a picture
#include <thorax/train/monitor.hpp>            // what a rule watches
#include <thorax/train/best_epoch.hpp>         // which epoch is the best so far
#include <thorax/train/reduce_on_plateau.hpp>  // the rate falls when nothing gets better
#include <thorax/train/early_stopping.hpp>     // a phase ends when nothing gets better
#include <thorax/train/training_phase.hpp>     // rates and rules of some epochs
#include <thorax/train/moving_average.hpp>     // weights that follow those that train
#include <thorax/train/kept_file.hpp>          // replaced, and the one before kept
#include <thorax/train/checkpoint.hpp>         // all that a stopped run needs to go on
#include <thorax/train/fit.hpp>                // phases of epochs of batches
#include <thorax/train/film_epochs.hpp>        // what fit asks of its films
#include <thorax/train/feature_cache.hpp>      // a file of features
#include <thorax/train/feature_epochs.hpp>     // what fit asks of its films, as features

// How good it is.
#include <thorax/evaluate/predictions.hpp>            // one row a film
#include <thorax/evaluate/predictions_csv.hpp>        // predictions.csv
#include <thorax/evaluate/read_predictions.hpp>       // the same, read again
#include <thorax/evaluate/confusion_matrix.hpp>       // labels against predictions
#include <thorax/evaluate/auc.hpp>                    // area under the curve, exact
#include <thorax/evaluate/roc_curve.hpp>              // what each threshold would do
#include <thorax/evaluate/wilson_interval.hpp>        // how far a proportion can be trusted
#include <thorax/evaluate/patient_bootstrap.hpp>      // how far any measure can be trusted, by patients
#include <thorax/evaluate/patient_intervals.hpp>      // the headline numbers' intervals, by patients
#include <thorax/evaluate/metrics.hpp>                // all numbers of an evaluation
#include <thorax/evaluate/calibration.hpp>            // whether probabilities mean what they say
#include <thorax/evaluate/score_intervals.hpp>        // how far these can be trusted, by patients
#include <thorax/evaluate/temperature.hpp>            // so that they do
#include <thorax/evaluate/finding_curves.hpp>         // the curves of all findings, as tables
#include <thorax/evaluate/curve_plot.hpp>             // the same as pictures
#include <thorax/evaluate/json_text.hpp>              // a JSON document, value by value
#include <thorax/evaluate/metrics_json.hpp>           // metrics.json
#include <thorax/evaluate/mcnemar.hpp>                // do two classifiers differ
#include <thorax/evaluate/binary_view.hpp>            // pneumonia against normal
#include <thorax/evaluate/operating_point.hpp>        // what a threshold does to the films
#include <thorax/evaluate/operating_views.hpp>        // the usual questions and thresholds
#include <thorax/evaluate/prior_correction.hpp>       // probabilities where findings are rarer
#include <thorax/evaluate/fold_spread.hpp>            // how far folds lie apart
#include <thorax/evaluate/exposure.hpp>               // what weights had to do with the films they are measured on
#include <thorax/evaluate/at_prevalence.hpp>          // what answers are worth there
#include <thorax/evaluate/evaluation.hpp>             // all that a report says
#include <thorax/evaluate/evaluation_json.hpp>        // the same for programs
#include <thorax/evaluate/html_page.hpp>              // one file that a browser shows
#include <thorax/evaluate/html_measures.hpp>          // an evaluation's numbers in it
#include <thorax/evaluate/html_report.hpp>            // report.html
#include <thorax/evaluate/model_card.hpp>             // model_card.md
#include <thorax/evaluate/text_columns.hpp>           // columns of a text table
#include <thorax/evaluate/classification_report.hpp>  // scikit-learn's text, byte for byte
#include <thorax/evaluate/summary_table.hpp>          // what a terminal shows
