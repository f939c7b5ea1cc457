// SPDX-License-Identifier: MIT
//
// epoch_loader: the batches of an epoch, made ahead of time by threads of its own.

#pragma once

#include <thorax/base/ensure.hpp>     // ensure
#include <thorax/data/augmented.hpp>  // augmented, ensure_usable
#include <thorax/data/batched.hpp>    // side_by_side
#include <thorax/data/decoded.hpp>    // decoded, film_source

#include <range/v3/view/slice.hpp>

#include <algorithm>  // min
#include <array>
#include <condition_variable>
#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>  // move
#include <vector>

namespace thorax {

/// What an epoch shows: which films in which order, how changed, how many at a time.
struct epoch_rule {
  std::vector<std::size_t> order;
  int batch_size{16};
  std::uint64_t seed{};
  int epoch{};
  std::optional<augmentation> changes;  ///< none: films are shown as they are
};

/// Hands out an epoch's batches in order. A few batches are made ahead, so that the network does not wait for
/// decoding; what they hold does not depend on the number of threads.
class epoch_loader {
public:
  /// Begins behind `skipped` batches, as a run does that goes on in the middle of an epoch.
  ///
  /// throws:  error{wrong_usage} unless there are at least one film a batch and one thread, and the changes make
  ///          sense; error{limit_exceeded} if a thread cannot be started
  epoch_loader(const film_source& source, epoch_rule rule, int skipped = 0, int threads = 1)
    : source_{&source}, rule_{std::move(rule)}, next_wanted_{skipped}, next_claimed_{skipped}
  {
    ensure(rule_.batch_size >= 1 && threads >= 1 && skipped >= 0, error_code::wrong_usage, [&] {
      return "an epoch needs batches of at least 1 film and at least 1 thread, found " +
             std::to_string(rule_.batch_size) + " and " + std::to_string(threads);
    });
    if (rule_.changes) ensure_usable(*rule_.changes);
    try {
      for (int i = 0; i < threads; ++i) makers_.emplace_back([this] { make_batches(); });
    }
    catch (const std::exception& failure) {
      stop();  // a thread that is not joined would end the program
      throw error{error_code::limit_exceeded,
                  std::to_string(threads) + " threads that load films could not be started, only " +
                    std::to_string(makers_.size()) + ": " + failure.what() + "; ask for fewer"};
    }
  }
  epoch_loader(const epoch_loader&) = delete;
  epoch_loader& operator=(const epoch_loader&) = delete;

  ~epoch_loader() { stop(); }

  /// How many batches the whole epoch has.
  [[nodiscard]] int batches() const
  {
    const auto size = static_cast<std::size_t>(rule_.batch_size);
    return static_cast<int>((rule_.order.size() + size - 1) / size);
  }

  /// returns:  the next batch, valid until the next call; null behind the last
  /// throws:   what reading one of its films threw
  const labeled_batch* next()
  {
    if (next_wanted_ >= batches()) return nullptr;
    std::unique_lock lock{mutex_};
    std::optional<made>& place = place_of(next_wanted_);
    changed_.wait(lock, [&] { return place.has_value(); });
    made arrived = std::move(*place);
    place.reset();
    ++next_wanted_;
    changed_.notify_all();
    if (arrived.failure) std::rethrow_exception(arrived.failure);
    current_ = std::move(*arrived.batch);
    return &current_;
  }

private:
  static constexpr int most_ahead = 4;

  struct made {
    std::optional<labeled_batch> batch;
    std::exception_ptr failure;
  };

  void stop()
  {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& maker : makers_) maker.join();
  }

  void make_batches()
  {
    while (const std::optional<int> number = claim()) {
      made result;
      try {
        result.batch = make(*number);
      }
      catch (...) {
        result.failure = std::current_exception();
      }
      const std::lock_guard lock{mutex_};
      place_of(*number) = std::move(result);  // allocates nothing: what is thrown here would end the program
      changed_.notify_all();
    }
  }

  // No more than most_ahead batches are claimed and not yet handed out, so each has a place of its own.
  std::optional<made>& place_of(int number) { return made_[static_cast<std::size_t>(number % most_ahead)]; }

  std::optional<int> claim()
  {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return stopping_ || next_claimed_ < next_wanted_ + most_ahead; });
    if (stopping_ || next_claimed_ >= batches()) return std::nullopt;
    return next_claimed_++;
  }

  [[nodiscard]] labeled_batch make(int number) const
  {
    const auto size = static_cast<std::size_t>(rule_.batch_size);
    const std::size_t first = static_cast<std::size_t>(number) * size;
    auto samples = rule_.order | ranges::views::slice(first, std::min(first + size, rule_.order.size())) |
                   decoded(*source_);
    if (!rule_.changes) return side_by_side(samples);
    return side_by_side(samples | augmented(rule_.seed, rule_.epoch, *rule_.changes, source_->rule()));
  }

  const film_source* source_;
  epoch_rule rule_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int next_wanted_;
  int next_claimed_;
  bool stopping_{};
  std::array<std::optional<made>, most_ahead> made_;
  labeled_batch current_;
  std::vector<std::thread> makers_;
};

}  // namespace thorax
