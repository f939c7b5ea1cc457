// SPDX-License-Identifier: MIT
//
// command_line: how every program of this library ends. Exit status 0: done; 1: failed, or some files could not be
// read; 2: wrong usage. A failure is one line on standard error.

#pragma once

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace thorax::program {

/// Gives a program its help, --version and -h, and demands a command.
void prepare(CLI::App& program);

/// Parses the arguments, runs the command's callback and turns what it throws into a line and a status.
///
/// returns:  the exit status
int run(CLI::App& program, int argc, char** argv);

}  // namespace thorax::program
