// SPDX-License-Identifier: MIT
//
// feature_epochs: what fit asks of its films, as features. Where a part of the network is frozen, films are decoded,
// changed and put through it once for each view that is wanted; then they come from a cache.

#pragma once

#include <thorax/base/content_key.hpp>     // content_key, key_writer
#include <thorax/data/epoch_loader.hpp>    // epoch_loader, film_source
#include <thorax/data/shuffled.hpp>        // shuffled, in_order
#include <thorax/train/feature_cache.hpp>  // feature_cache
#include <thorax/train/film_epochs.hpp>    // add_batch, mean_of
#include <thorax/train/trainer.hpp>        // trainer

#include <algorithm>  // min
#include <cstddef>    // size_t
#include <cstdint>    // int64_t, uint64_t
#include <filesystem>
#include <memory>  // make_unique, unique_ptr
#include <optional>
#include <span>
#include <string>
#include <utility>  // move
#include <vector>

namespace thorax {

/// Where features are kept between epochs and runs.
struct cache_options {
  std::filesystem::path folder{};                     ///< empty: nowhere
  std::size_t most_bytes{std::size_t{4} << 30};
};

inline constexpr std::int64_t unchanged_view = -1;

/// Films of one batch, as a trainer's step_from takes them. Valid until the next one.
struct feature_batch {
  const float* features{};
  std::vector<int> findings;
};

/// A film_source whose films' contents are known by key.
class keyed_films {
public:
  explicit keyed_films(const film_source& films) : films_{&films}, keys_(films.size()) {}

  [[nodiscard]] const film_source& source() const { return *films_; }

  /// How a changed view is called depends on the film's number too, because its changes do.
  ///
  /// throws:  error{file_unreadable}
  feature_name name(std::size_t index, std::int64_t view)
  {
    std::optional<content_key>& known = keys_[index];
    if (!known) known = key_of_file(films_->film_at(index).path);
    if (view == unchanged_view) return {*known, view};
    return {key_writer{}.add_number(known->first).add_number(known->second).add_number(index).key(), view};
  }

private:
  const film_source* films_;
  std::vector<std::optional<content_key>> keys_;
};

/// The batches of one epoch.
template<backend Backend>
class feature_epoch {
public:
  /// accepts:  the rule of the epoch, as for an epoch_loader; what its films' views are called in the cache, which may be
  ///           null: then every film is made anew
  feature_epoch(trainer<Backend>& trained, keyed_films& films, epoch_rule rule, int skipped, int threads,
                feature_cache* cache, std::int64_t view)
    : trained_{&trained}, films_{&films}, cache_{cache}, view_{view}, order_{std::move(rule.order)},
      size_{rule.batch_size}, next_{skipped}, rule_{std::move(rule)}
  {
    const std::size_t begin = std::min(order_.size(), static_cast<std::size_t>(skipped) * static_cast<std::size_t>(size_));
    rule_.batch_size = 1;
    epoch_rule missing = rule_;
    missing.order.clear();
    for (std::size_t i = begin; i < order_.size(); ++i)
      if (!is_cached(order_[i])) missing.order.push_back(order_[i]);
    missing_ = std::make_unique<epoch_loader>(films.source(), std::move(missing), 0, threads);
  }

  /// How many batches the whole epoch has.
  [[nodiscard]] int batches() const
  {
    const auto size = static_cast<std::size_t>(size_);
    return static_cast<int>((order_.size() + size - 1) / size);
  }

  /// returns:  the next batch, valid until the next call; null behind the last
  /// throws:   what reading one of its films threw
  const feature_batch* next()
  {
    if (next_ >= batches()) return nullptr;
    const std::size_t begin = static_cast<std::size_t>(next_++) * static_cast<std::size_t>(size_);
    const std::size_t end = std::min(begin + static_cast<std::size_t>(size_), order_.size());
    const std::size_t floats = trained_->feature_floats();
    features_.resize((end - begin) * floats);
    made_.findings.clear();
    pixels_.resize((end - begin) * films_->source().shape().size());
    std::vector<std::size_t> absent;
    for (std::size_t i = begin; i < end; ++i) {
      made_.findings.push_back(films_->source().film_at(order_[i]).finding);
      if (!is_cached(order_[i])) collect(*missing_->next(), absent.size());
      else if (cache_->read(name_of(order_[i]), place(i - begin))) continue;
      else collect_damaged(order_[i], absent.size());
      absent.push_back(i - begin);
    }
    make(absent, begin);
    made_.features = features_.data();
    return &made_;
  }

private:
  [[nodiscard]] std::span<float> place(std::size_t in_batch)
  {
    return std::span{features_}.subspan(in_batch * trained_->feature_floats(), trained_->feature_floats());
  }
  [[nodiscard]] feature_name name_of(std::size_t film) { return films_->name(film, view_); }
  [[nodiscard]] bool is_cached(std::size_t film) { return cache_ != nullptr && cache_->contains(name_of(film)); }

  /// Copies one film to where those are collected that go through the network.
  void collect(const labeled_batch& one, std::size_t number)
  {
    std::copy_n(one.pixels.data(), one.pixels.size(), pixels_.data() + number * one.pixels.size());
  }

  /// A film whose record was there when the epoch began, and is damaged.
  void collect_damaged(std::size_t film, std::size_t number)
  {
    epoch_rule only = rule_;
    only.order = {film};
    epoch_loader loader{films_->source(), std::move(only)};
    collect(*loader.next(), number);
  }

  /// Makes the features of the collected films of a batch, all together.
  void make(const std::vector<std::size_t>& absent, std::size_t begin)
  {
    if (absent.empty()) return;
    const extents shape = films_->source().shape();
    fresh_.resize(absent.size() * trained_->feature_floats());
    trained_->make_features(view<const float>::packed(pixels_.data(), static_cast<int>(absent.size()), shape),
                            fresh_.data());
    for (std::size_t i = 0; i < absent.size(); ++i) {
      const std::span<const float> one = std::span{fresh_}.subspan(i * trained_->feature_floats(),
                                                                   trained_->feature_floats());
      std::copy(one.begin(), one.end(), place(absent[i]).begin());
      if (cache_ != nullptr) cache_->write(name_of(order_[begin + absent[i]]), one);
    }
  }

  trainer<Backend>* trained_;
  keyed_films* films_;
  feature_cache* cache_;
  std::int64_t view_;
  std::vector<std::size_t> order_;
  int size_;
  int next_;
  epoch_rule rule_;  ///< of single films, without an order
  std::unique_ptr<epoch_loader> missing_;
  std::vector<float> features_;
  std::vector<float> pixels_;
  std::vector<float> fresh_;
  feature_batch made_;
};

/// returns:  a key of all that features depend on besides the film: frozen weights, network, kernels, preprocessing and
///           changes
template<backend Backend>
content_key key_of_features(const trainer<Backend>& trained, const film_source& films, std::uint64_t seed,
                            const std::optional<augmentation>& changes)
{
  const draft& frozen = trained.split().frozen;
  key_writer key;
  key.add(trained.network().name).add_number(seed).add_number(changes ? 1 : 0);
  const auto add = [&](const auto& plain) { key.add(std::as_bytes(std::span{&plain, 1})); };
  add(films.rule());
  if (changes)
    for (const float number : {changes->rotation_degrees, changes->shift, changes->zoom, changes->flip ? 1.0F : 0.0F})
      add(number);
  // What came later is left out where it changes nothing, so that features of earlier versions are found.
  if (changes && *changes != augmentation{changes->rotation_degrees, changes->shift, changes->zoom, changes->flip})
    for (const float number : {changes->brightness, changes->contrast, changes->gamma, changes->crop}) add(number);
  for (const slice& maps : frozen.features) add(maps.shape);
  for (const op& step : frozen.ops) {
    add(step.position);
    add(step.in.shape);
  }
  for (const parameter& each : frozen.parameters)
    if (each.offset < trained.first_trained())
      key.add(std::span{trained.parameters()}.subspan(each.offset, each.size()));
  for (const norm& each : trained.norms()) add(each.epsilon);
  key.add(trained.kernels());
  return key.key();
}

/// Opens epochs for `fit`, and validates, for a trainer that lives longer. Films are shown in `views` changed forms in
/// turn, or in a new one in every epoch if views is 0, whose features are not kept. Cached or not, the numbers are the
/// same.
template<backend Backend>
class feature_epochs {
public:
  feature_epochs(trainer<Backend>& trained, const film_source& training, const film_source& validating, epoch_rule rule,
                 int threads, int views, cache_options kept)
    : trained_{&trained}, training_{training}, validating_{validating}, rule_{std::move(rule)}, threads_{threads},
      views_{views}, kept_{std::move(kept)}
  {
  }

  feature_epoch<Backend> operator()(int epoch, int skipped_batches)
  {
    open_cache();
    epoch_rule rule = rule_;
    rule.order = shuffled(training_.source().size(), rule_.seed, epoch);
    rule.seed = rule_.seed + 1;
    rule.epoch = views_ > 0 ? epoch % views_ : epoch;
    return {*trained_, training_, std::move(rule), skipped_batches, threads_,
            views_ > 0 || !rule_.changes ? cache_.get() : nullptr,
            rule_.changes ? rule.epoch : unchanged_view};
  }

  /// returns:  mean unweighted cross-entropy and accuracy over the films to validate on, shown as they are
  /// throws:   error{does_not_fit} for no films; what reading a film throws
  validation validate()
  {
    ensure(validating_.source().size() > 0,
           "there are no films to validate on; without them nobody knows which weights are best");
    open_cache();
    epoch_rule rule{in_order(validating_.source().size()), rule_.batch_size, 0, 0, std::nullopt};
    feature_epoch<Backend> films{*trained_, validating_, std::move(rule), 0, threads_, cache_.get(), unchanged_view};
    const network_half<Backend> rest = trained_->rest();
    const extents outputs = trained_->network().written.logits.shape;
    std::vector<float> said;
    validation sum;
    while (const feature_batch* next = films.next()) {
      const auto count = static_cast<int>(next->findings.size());
      said.resize(next->findings.size() * outputs.size());
      rest.make_logits(next->features, count, said.data(), space_, trained_->pool());
      add_batch<Backend>(sum, view<const float>::packed(said.data(), count, outputs), next->findings);
    }
    return mean_of(sum, validating_.source().size());
  }

  /// returns:  why some features of this run were not kept, or empty
  [[nodiscard]] std::string note() const { return cache_ == nullptr || !note_.empty() ? note_ : cache_->note(); }

private:
  /// The file that belongs to what is frozen now.
  void open_cache()
  {
    if (kept_.folder.empty() || trained_->split().frozen.ops.empty()) return close_cache();
    const content_key key = key_of_features(*trained_, training_.source(), rule_.seed, rule_.changes);
    if (cache_ != nullptr && key == opened_) return;
    close_cache();
    cache_ = std::make_unique<feature_cache>(kept_.folder, key, trained_->feature_floats(), kept_.most_bytes);
    opened_ = key;
  }

  void close_cache()
  {
    note_ = note();
    cache_.reset();
  }

  trainer<Backend>* trained_;
  keyed_films training_;
  keyed_films validating_;
  epoch_rule rule_;
  int threads_;
  int views_;
  cache_options kept_;
  std::unique_ptr<feature_cache> cache_;
  content_key opened_;
  std::string note_;
  workspace space_;
};

}  // namespace thorax
