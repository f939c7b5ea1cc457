// SPDX-License-Identifier: MIT
//
// thread_pool: a few threads that share a loop, sleep when idle, and report every exception.

#pragma once

#include <thorax/base/cores.hpp>  // available_threads, cpus_of_this_thread, pin_this_thread
#include <thorax/base/error.hpp>  // error

#include <algorithm>  // max
#include <atomic>
#include <chrono>
#include <climits>    // INT_MIN
#include <concepts>   // same_as
#include <cstddef>    // size_t
#include <exception>  // exception, exception_ptr
#include <memory>     // addressof
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>  // remove_cv_t
#include <utility>      // exchange, move
#include <vector>

namespace thorax {

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

/// Whether each thread of a pool stays on a CPU of its own.
enum class pinning { off, on };

/// A fixed set of threads for loops of independent tasks. The calling thread works too, so a pool of one
/// starts no thread at all. A loop that is asked for while the pool is busy (from another caller, or from
/// inside a task) runs on the asking thread alone: nothing waits for anything it does not need.
class thread_pool {
public:
  /// Pinning is a wish: it is granted where the system allows it and the pool has a thread for every core of the
  /// calling thread's affinity mask. Binding fewer would keep them where other processes work, off idle cores.
  ///
  /// throws:  error{limit_exceeded} if a thread cannot be started; those that were have ended then
  explicit thread_pool(int threads = available_threads(), pinning wish = pinning::off)
    : has_room_{threads <= available_threads()}
  {
    if (wish == pinning::on) {
      cpu_list found = cpus_of_this_thread();
      if (threads >= found.cores && threads <= static_cast<int>(found.numbers.size()))
        cpus_ = std::move(found.numbers);
    }
    try {
      for (int i = 1; i < threads; ++i) {
        asleep_.fetch_add(1, std::memory_order_relaxed);
        workers_.emplace_back([this, i] { serve(i); });
      }
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

  /// Binds the calling thread to the CPU that a pinned pool left for its caller; otherwise does nothing. Threads that
  /// the caller starts from then on are bound to it, too. For programs whose one thread asks the pool.
  ///
  /// returns:  whether the thread is bound
  bool pin_caller() const { return !cpus_.empty() && pin_this_thread(cpus_.front()); }

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
    if (tasks <= 1 || workers_.empty() || is_taken()) {
      for (int task = 0; task < tasks; ++task) work(task, 0);
      return;
    }
    work_ = &work;
    tasks_ = tasks;
    unfinished_.store(tasks, std::memory_order_relaxed);
    if (has_room_) caller_cpu_.store(current_cpu(), std::memory_order_relaxed);
    announce(tasks);
    take_part(0);
    make_way();
    wait_until_finished();
    const std::exception_ptr failure = std::exchange(failure_, nullptr);
    busy_.store(false, std::memory_order_release);
    if (failure) std::rethrow_exception(failure);
  }

private:
  // Loops of one network follow each other within microseconds; waking a sleeping thread costs more than
  // that, so both sides look a little while before they sleep.
  static constexpr std::chrono::microseconds patience{50};
  static constexpr int closed = INT_MIN / 2;  // of unclaimed_: far from what threads that find nothing leave there
  static constexpr std::size_t apart = 128;  // two cache lines, as processors fetch them in pairs

  static void pause()
  {
#if defined(__x86_64__)
    __builtin_ia32_pause();  // _mm_pause without a header of 70,000 lines
#elif defined(__aarch64__)
    __asm__ __volatile__("isb");
#else
    std::this_thread::yield();
#endif
  }

  /// returns:  whether `ready` came true within about `patience`. Pauses differ tenfold between processors, so a
  ///           clock measures; it is first read when the answer does not come at once.
  template<class Ready>
  static bool comes_soon(const Ready& ready)
  {
    std::chrono::steady_clock::time_point end{};
    while (true) {
      for (int look = 0; look < 16; ++look) {
        if (ready()) return true;
        pause();
      }
      const auto now = std::chrono::steady_clock::now();
      if (end == std::chrono::steady_clock::time_point{}) end = now + patience;
      if (now >= end) return false;
    }
  }

  /// returns:  whether another loop has the pool; if not, the caller's has it now
  bool is_taken()
  {
    return busy_.load(std::memory_order_relaxed) || busy_.exchange(true, std::memory_order_acquire);
  }

  void announce(int tasks)
  {
    // In one order with the count of sleepers inside of notify_all: else one that falls asleep now would not wake.
    unclaimed_.exchange(tasks, std::memory_order_seq_cst);
    unclaimed_.notify_all();
  }

  void stop()
  {
    announce(closed);
    for (std::thread& worker : workers_) worker.join();
  }

  /// Claims tasks until none is left. A loop ends when its tasks are done: nobody waits for a thread that claimed none
  /// of them, and such a thread touches nothing of a loop that may have ended.
  void take_part(int thread)
  {
    int left = unclaimed_.fetch_sub(1, std::memory_order_acquire);
    if (left <= 0) return;
    const borrowed_work& work = *work_;  // stays what it is as long as this task is not done
    const int tasks = tasks_;
    int done = 0;
    try {
      for (; left > 0; left = unclaimed_.fetch_sub(1, std::memory_order_relaxed)) {
        ++done;
        work(tasks - left, thread);
      }
    }
    catch (...) {
      done += std::max(unclaimed_.exchange(0, std::memory_order_relaxed), 0);
      const std::lock_guard lock{failure_mutex_};
      if (!failure_) failure_ = std::current_exception();
    }
    if (unfinished_.fetch_sub(done, std::memory_order_seq_cst) == done) unfinished_.notify_one();
  }

  /// The system may leave a thread that it woke waiting for the caller's CPU while another is idle. This lets such a
  /// thread run, which then moves on by itself.
  void make_way()
  {
    constexpr int often = 8;  // the system need not obey at once
    for (int i = 0; i < often && has_room_ && asleep_.load(std::memory_order_relaxed) > 0; ++i)
      std::this_thread::yield();
  }

  void serve(int thread)
  {
    if (!cpus_.empty()) pin_this_thread(cpus_[static_cast<std::size_t>(thread)]);
    asleep_.fetch_sub(1, std::memory_order_relaxed);
    while (true) {
      int left = 0;
      const auto is_called = [&] {
        left = unclaimed_.load(std::memory_order_acquire);
        return left > 0 || left < closed / 2;
      };
      if (!comes_soon(is_called)) {
        asleep_.fetch_add(1, std::memory_order_relaxed);
        unclaimed_.wait(left, std::memory_order_acquire);
        asleep_.fetch_sub(1, std::memory_order_relaxed);
      }
      else if (left < 0) return;
      else {
        if (has_room_ && cpus_.empty() && current_cpu() == caller_cpu_.load(std::memory_order_relaxed))
          leave_current_cpu();
        take_part(thread);
      }
    }
  }

  void wait_until_finished()
  {
    int left = 0;
    const auto is_finished = [&] { return (left = unfinished_.load(std::memory_order_acquire)) == 0; };
    if (comes_soon(is_finished)) return;
    while (!is_finished()) unfinished_.wait(left, std::memory_order_acquire);
  }

  // What a caller tells the threads stands together, and apart from what they tell the caller.
  alignas(apart) std::atomic<int> unclaimed_{0};  ///< tasks that nobody has begun; none or fewer: nothing to do
  int tasks_{};
  const borrowed_work* work_{};
  std::atomic<int> caller_cpu_{-1};
  alignas(apart) std::atomic<int> unfinished_{0};
  alignas(apart) std::atomic<int> asleep_{0};  ///< threads that wait to be woken, or to run after that
  alignas(apart) std::atomic<bool> busy_{false};
  std::mutex failure_mutex_;
  std::exception_ptr failure_;
  std::vector<int> cpus_;  ///< one for each thread, the caller's first; empty: no thread is bound
  bool has_room_;  ///< whether there is a CPU for each thread
  std::vector<std::thread> workers_;
};

}  // namespace thorax
