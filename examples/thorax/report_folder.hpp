// SPDX-License-Identifier: MIT
//
// report_folder: the files of `thorax evaluate --report`.

#pragma once

#include "loaded_model.hpp"

#include <thorax/evaluate/evaluation.hpp>   // evaluation
#include <thorax/evaluate/predictions.hpp>  // predictions

#include <filesystem>
#include <string>
#include <vector>

namespace thorax::program {

/// returns:  every file that a report may hold
std::vector<std::string> report_files(const std::filesystem::path& folder);

/// returns:  report.txt, which is what a terminal shows: within 80 columns but for long names
std::string report_text(const evaluation& whole);

/// Writes them all. report.html shows the `most` mistakes that the network was surest of, with films and heat maps.
void write_report(const std::filesystem::path& folder, const evaluation& whole, const predictions& said,
                  const loaded_model& net, int most);

}  // namespace thorax::program
