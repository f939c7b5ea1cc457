// SPDX-License-Identifier: MIT
//
// commands: those of thorax-weights. Each adds its options to the program and runs when it is called.

#pragma once

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace thorax::tools {

void add_import(CLI::App& commands);
void add_export(CLI::App& commands);
void add_inspect(CLI::App& commands);
void add_verify(CLI::App& commands);
void add_embed(CLI::App& commands);

}  // namespace thorax::tools
