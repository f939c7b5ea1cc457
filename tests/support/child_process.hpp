// SPDX-License-Identifier: MIT
//
// child_process: work that is done beside the test, to be killed.

#pragma once

#include <sys/wait.h>  // waitpid
#include <unistd.h>    // fork, _exit

#include <csignal>    // kill, SIGKILL
#include <stdexcept>  // runtime_error

/// Runs `work()` in a process of its own. Its end is all that is heard of it: checks inside it do not count.
class child_process {
public:
  template<class Work>
  explicit child_process(Work&& work) : number_{::fork()}
  {
    if (number_ < 0) throw std::runtime_error{"cannot start a process"};
    if (number_ > 0) return;
    try {
      work();
    }
    catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process()
  {
    if (is_running_) kill();
  }

  /// Ends it without a warning, as a power cut would.
  void kill()
  {
    ::kill(number_, SIGKILL);
    wait();
  }

  /// returns:  its exit status; negative: the signal that ended it
  int wait()
  {
    int status = 0;
    if (is_running_) ::waitpid(number_, &status, 0);
    is_running_ = false;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }

private:
  pid_t number_;
  bool is_running_{true};
};
