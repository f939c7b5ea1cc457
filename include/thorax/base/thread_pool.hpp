// SPDX-License-Identifier: MIT
//
// thread_pool: a few threads that share a loop, sleep when idle, and report every exception.

#pragma once

#include <thorax/base/error.hpp>  // error

#include <atomic>
#include <concepts>   // same_as
#include <cstdint>    // uint64_t
#include <exception>  // exception, exception_ptr
#include <memory>     // addressof
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>  // remove_cv_t
#include <utility>      // exchange
#include <vector>

#if defined(__linux__)
#include <sched.h>  // sched_getaffinity

#include <cmath>    // ceil
#include <cstdlib>  // strtod
#include <fstream>
#endif

namespace thorax {

/// returns:  how many threads this process may really use: its affinity mask, cut to the CPU quota of its
///           control group (version 2); at least 1
inline int available_threads()
{
  int threads = static_cast<int>(std::thread::hardware_concurrency());
#if defined(__linux__)
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) threads = CPU_COUNT(&mask);
  std::ifstream limits{"/sys/fs/cgroup/cpu.max"};
  std::string quota;
  double period = 0;
  if (limits >> quota >> period && period > 0) {
    const double share = std::strtod(quota.c_str(), nullptr) / period;  // "max" and what is no number are 0
    if (share > 0 && std::ceil(share) < threads) threads = static_cast<int>(std::ceil(share));
  }
#endif
  return threads < 1 ? 1 : threads;
}

/// A loop's body whose type is forgotten, so that the compiler writes it once, however it is run. Borrowed, not owned.
class borrowed_work {
public:
  template<class Work>
    requires(!std::same_as<std::remove_cv_t<Work>, borrowed_work>)
  explicit borrowed_work(Work& work)
    : context_{const_cast<void*>(static_cast<const void*>(std::addressof(work)))},
      call_{[](void* context, int task, int thread) { (*static_cast<Work*>(context))(task, thread); }}
  {
  }

  void operator()(int task, int thread) const { call_(context_, task, thread); }

private:
  void* context_;
  void (*call_)(void*, int, int);
};

/// A fixed set of threads for loops of independent tasks. The calling thread works too, so a pool of one
/// starts no thread at all. A loop that is asked for while the pool is busy (from another caller, or from
/// inside a task) runs on the asking thread alone: nothing waits for anything it does not need.
class thread_pool {
public:
  /// throws:  error{limit_exceeded} if a thread cannot be started; those that were have ended then
  explicit thread_pool(int threads = available_threads())
  {
    try {
      for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { serve(i); });
    }
    catch (const std::exception& failure) {
      stop();  // a thread that is not joined would end the program
      throw error{error_code::limit_exceeded, std::to_string(threads) + " threads could not be started, only " +
                                                std::to_string(this->threads()) + ": " + failure.what() +
                                                "; ask for fewer"};
    }
  }
  thread_pool(const thread_pool&) = delete;
  thread_pool& operator=(const thread_pool&) = delete;

  ~thread_pool() { stop(); }

  /// How many threads work at once, the caller's included.
  [[nodiscard]] int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls `work(task, thread)` once for each task in [0, tasks), thread in [0, threads()).
  /// Each task is claimed by whichever thread is free, so what a task computes must not depend on `thread`.
  ///
  /// throws:  the first exception that a task threw, after all threads have stopped
  /// memory:  allocates nothing
  template<class Work>
  void run(int tasks, Work&& work)
  {
    const borrowed_work each{work};
    run(tasks, each);  // a constant, for which the overload below fits better than this one
  }

  void run(int tasks, const borrowed_work& work)
  {
    if (tasks <= 1 || workers_.empty() || busy_.exchange(true, std::memory_order_acquire)) {
      for (int task = 0; task < tasks; ++task) work(task, 0);
      return;
    }
    work_ = &work;
    tasks_ = tasks;
    next_ = 0;
    unfinished_ = static_cast<int>(workers_.size());
    announce();
    claim(0);
    wait_until_finished();
    const std::exception_ptr failure = std::exchange(failure_, nullptr);
    busy_.store(false, std::memory_order_release);
    if (failure) std::rethrow_exception(failure);
  }

private:
  // Loops of one network follow each other within microseconds; waking a sleeping thread costs more than
  // that, so both sides look a little while before they sleep.
  static constexpr int looks_before_sleep = 2000;

  static void pause()
  {
#if defined(__x86_64__)
    __builtin_ia32_pause();  // _mm_pause without a header of 70,000 lines
#else
    std::this_thread::yield();
#endif
  }

  void stop()
  {
    stopping_ = true;
    announce();
    for (std::thread& worker : workers_) worker.join();
  }

  void announce()
  {
    generation_.fetch_add(1, std::memory_order_release);
    generation_.notify_all();
  }

  void claim(int thread)
  {
    try {
      for (int task = next_++; task < tasks_; task = next_++) (*work_)(task, thread);
    }
    catch (...) {
      next_ = tasks_;
      const std::lock_guard lock{failure_mutex_};
      if (!failure_) failure_ = std::current_exception();
    }
  }

  void serve(int thread)
  {
    std::uint64_t seen = 0;
    while (true) {
      std::uint64_t now = generation_.load(std::memory_order_acquire);
      for (int look = 0; now == seen && look < looks_before_sleep; ++look) {
        pause();
        now = generation_.load(std::memory_order_acquire);
      }
      if (now == seen) {
        generation_.wait(seen, std::memory_order_acquire);
        continue;
      }
      seen = now;
      if (stopping_) return;
      claim(thread);
      if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_one();
    }
  }

  void wait_until_finished()
  {
    int left = unfinished_.load(std::memory_order_acquire);
    for (int look = 0; left != 0; ++look, left = unfinished_.load(std::memory_order_acquire)) {
      if (look < looks_before_sleep) pause();
      else unfinished_.wait(left, std::memory_order_acquire);
    }
  }

  std::atomic<bool> busy_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<int> next_{0};
  std::atomic<int> unfinished_{0};
  const borrowed_work* work_{};
  int tasks_{};
  std::mutex failure_mutex_;
  std::exception_ptr failure_;
  std::vector<std::thread> workers_;
};

}  // namespace thorax
