// SPDX-License-Identifier: MIT

#include <thorax/train/feature_epochs.hpp>

#include <thorax/backend/cpu/cpu.hpp>
#include <thorax/train/film_epochs.hpp>
#include <thorax/train/freeze_boundary.hpp>

#include "support/catch.hpp"
#include "support/random_weights.hpp"
#include "support/small_dataset.hpp"
#include "support/tiny_network.hpp"

#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace thorax::tests;
using thorax::cpu;
using thorax::film_source;
using epochs_of_features = thorax::feature_epochs<cpu>;

namespace {

const thorax::extents input{3, 64, 64};

/// A trainer of the tiny network from a boundary on, films for it, and where their features are kept.
struct some_training {
  small_dataset training{11};
  small_dataset validating{5};
  film_source films{training.films, input, {}};
  film_source others{validating.films, input, {}};
  thorax::trainer<cpu> trained;
  temporary_folder folder;

  explicit some_training(const char* boundary, int threads = 1, std::uint64_t weights = 1,
                         const thorax::cpu_options& switches = {})
    : trained{thorax::blueprint_of<tiny_network>(),
              random_weights(thorax::blueprint_of<tiny_network>()->predicting, weights), 1e-5,
              cpu{threads, switches}, 1}
  {
    trained.begin_phase({.boundary = thorax::freeze_boundary(view_of(trained.network().written), boundary)});
  }

  epochs_of_features epochs(int views, bool cached, std::uint64_t seed = 3)
  {
    return {trained, films, others, {.order = {}, .batch_size = 4, .seed = seed, .changes = thorax::augmentation{}}, 1,
            views, cached ? thorax::cache_options{folder.path()} : thorax::cache_options{}};
  }
};

struct shown {
  std::vector<std::vector<float>> features;
  std::vector<std::vector<int>> findings;

  friend bool operator==(const shown&, const shown&) = default;
};

shown all_of(some_training& some, epochs_of_features& epochs, int epoch, int skipped = 0)
{
  shown all;
  auto opened = epochs(epoch, skipped);
  while (const thorax::feature_batch* next = opened.next()) {
    all.features.emplace_back(next->features, next->features + next->findings.size() * some.trained.feature_floats());
    all.findings.push_back(next->findings);
  }
  return all;
}

std::size_t files_in(const std::filesystem::path& folder)
{
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{folder}, {}));
}

const std::vector<const char*> boundaries{"everything", "features.denseblock4.denselayer2.conv2", "classifier"};

}  // namespace

TEST_CASE("with a cache and without, in this run and in a later one, features are the same bits", "[train]")
{
  for (const char* boundary : boundaries) {
    INFO("from " << boundary);
    some_training some{boundary};
    epochs_of_features plain = some.epochs(2, false);
    std::vector<shown> expected;
    for (int epoch = 0; epoch < 5; ++epoch) expected.push_back(all_of(some, plain, epoch));
    for (const char* run : {"first", "second"}) {
      INFO(run << " run");
      epochs_of_features cached = some.epochs(2, true);
      for (std::size_t epoch = 0; epoch < 5; ++epoch)
        CHECK(all_of(some, cached, static_cast<int>(epoch)) == expected[epoch]);
      CHECK(cached.note().empty());
    }
    CHECK(files_in(some.folder.path()) == (some.trained.split().frozen.ops.empty() ? 0 : 1));
  }
}

TEST_CASE("films are shown in so many views in turn, each epoch in an order of its own", "[train]")
{
  some_training some{"classifier"};
  const auto films_in = [&](epochs_of_features& epochs, int epoch) {
    std::multiset<float> firsts;
    for (const std::vector<float>& batch : all_of(some, epochs, epoch).features)
      for (std::size_t at = 0; at < batch.size(); at += some.trained.feature_floats()) firsts.insert(batch[at]);
    return firsts;
  };
  epochs_of_features two = some.epochs(2, true);
  CHECK(films_in(two, 0) == films_in(two, 2));
  CHECK(films_in(two, 1) == films_in(two, 3));
  CHECK(films_in(two, 0) != films_in(two, 1));
  CHECK(all_of(some, two, 0).findings != all_of(some, two, 2).findings);
  epochs_of_features always_new = some.epochs(0, true);
  CHECK(films_in(always_new, 0) != films_in(always_new, 2));
}

TEST_CASE("an epoch that goes on behind some batches shows what was left", "[train]")
{
  some_training some{"classifier"};
  epochs_of_features epochs = some.epochs(1, true);
  const shown whole = all_of(some, epochs, 3);
  const shown left = all_of(some, epochs, 3, 2);
  REQUIRE(whole.features.size() == 3);
  REQUIRE(left.features.size() == 1);
  CHECK(left.features[0] == whole.features[2]);
  CHECK(left.findings[0] == whole.findings[2]);
  CHECK(all_of(some, epochs, 3, 3).features.empty());
}

TEST_CASE("a cache that is damaged while it is in use changes no number", "[train]")
{
  some_training some{"classifier"};
  epochs_of_features epochs = some.epochs(1, true);
  const shown expected = all_of(some, epochs, 0);
  const std::filesystem::path path = std::filesystem::directory_iterator{some.folder.path()}->path();
  auto opened = epochs(0, 0);
  std::ofstream{path, std::ios::in | std::ios::binary} << std::string(std::filesystem::file_size(path), 'x');
  shown found;
  while (const thorax::feature_batch* next = opened.next()) {
    found.features.emplace_back(next->features, next->features + next->findings.size() * some.trained.feature_floats());
    found.findings.push_back(next->findings);
  }
  CHECK(found == expected);
}

TEST_CASE("whatever features depend on has a key of its own", "[train]")
{
  std::set<thorax::content_key> keys;
  const auto add = [&](const some_training& some, std::uint64_t seed, const std::optional<thorax::augmentation>& changes) {
    keys.insert(key_of_features(some.trained, some.films, seed, changes));
  };
  const thorax::augmentation usual;
  some_training some{"classifier"};
  add(some, 1, usual);
  add(some, 1, usual);
  CHECK(keys.size() == 1);
  add(some, 2, usual);
  add(some, 1, std::nullopt);
  for (const thorax::augmentation& other : {thorax::augmentation{9, .05F, .1F, true}, {10, .06F, .1F, true},
                                            {10, .05F, .2F, true}, {10, .05F, .1F, false},
                                            {.brightness = .1F}, {.contrast = .1F}, {.gamma = .1F}, {.crop = .9F}})
    add(some, 1, other);
  add(some_training{"features.norm5"}, 1, usual);
  add(some_training{"classifier", 1, 2}, 1, usual);
  CHECK(keys.size() == 13);
  const film_source differently{some.training.films, input, thorax::keras_preprocessing};
  keys.insert(key_of_features(some.trained, differently, 1, usual));
  CHECK(keys.size() == 14);
  keys.insert(key_of_features(some_training{"classifier", 2}.trained, some.films, 1, usual));  // threads do not count
  CHECK(keys.size() == 14);
  add(some_training{"classifier", 1, 1, {.gray = false}}, 1, usual);  // gray films round otherwise
  CHECK(keys.size() == 15);
}

TEST_CASE("validation by features is that of the whole network, cached or not", "[train]")
{
  for (const char* boundary : boundaries) {
    INFO("from " << boundary);
    some_training some{boundary};
    epochs_of_features plain = some.epochs(2, false);
    epochs_of_features cached = some.epochs(2, true);
    const thorax::validation found = plain.validate();
    CHECK(cached.validate() == found);
    CHECK(cached.validate() == found);
    const thorax::validation whole = validate_on(some.trained.snapshot({}, cpu{1}), some.others, 4);
    CHECK(std::abs(found.loss - whole.loss) < 1e-5);
    CHECK(found.accuracy == whole.accuracy);
  }
}
