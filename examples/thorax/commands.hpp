// SPDX-License-Identifier: MIT
//
// commands: what the program can do, one function and one file each.

#pragma once

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace thorax::program {

void add_split(CLI::App& commands);
void add_train(CLI::App& commands);
void add_evaluate(CLI::App& commands);
void add_calibrate(CLI::App& commands);
void add_predict(CLI::App& commands);
void add_explain(CLI::App& commands);
void add_phantoms(CLI::App& commands);
void add_summary(CLI::App& commands);

}  // namespace thorax::program
