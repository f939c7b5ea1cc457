// SPDX-License-Identifier: MIT
//
// measure: runs a command and prints what it took. Memory is that of its largest process, so for a compiler
// driver it is the compiler proper.
//
// usage:   measure MOST_MEGABYTES COMMAND...
// returns: the command's exit status; 3 when it took more memory than allowed

#include <sys/resource.h>  // rusage
#include <sys/wait.h>      // wait4
#include <unistd.h>        // fork, execvp

#include <chrono>
#include <cstdlib>  // atol
#include <iomanip>  // setprecision
#include <iostream>

int main(int argc, char** argv)
{
  if (argc < 3) return std::cerr << "usage: measure MOST_MEGABYTES COMMAND...\n", 2;
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::execvp(argv[2], argv + 2);
    std::cerr << "measure: cannot run " << argv[2] << '\n';
    ::_exit(127);
  }
  int status = 0;
  struct rusage used{};
  if (child < 0 || ::wait4(child, &status, 0, &used) != child) return std::cerr << "measure: cannot start\n", 2;

  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  const double busy = static_cast<double>(used.ru_utime.tv_sec) + 1e-6 * static_cast<double>(used.ru_utime.tv_usec);
  const long megabytes = used.ru_maxrss / 1024;
  std::cout << std::fixed << std::setprecision(2) << passed.count() << " s (" << busy << " s of a processor), "
            << megabytes << " MB\n";
  if (!WIFEXITED(status)) return 2;
  if (WEXITSTATUS(status) == 0 && megabytes > std::atol(argv[1])) {
    std::cerr << "more than the budget of " << argv[1] << " MB\n";
    return 3;
  }
  return WEXITSTATUS(status);
}
