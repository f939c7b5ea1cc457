// SPDX-License-Identifier: MIT
#include <thorax/data/epoch_loader.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/memory_limit.hpp"
#include "support/refuses.hpp"
#include "support/small_dataset.hpp"

#include <thorax/data/shuffled.hpp>

#include <filesystem>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using thorax::epoch_loader;
using thorax::epoch_rule;
using thorax::film_source;
using thorax::labeled_batch;

namespace {

std::vector<labeled_batch> all_of(epoch_loader& loader)
{
  std::vector<labeled_batch> batches;
  while (const labeled_batch* next = loader.next()) batches.push_back(*next);
  return batches;
}

bool same(const labeled_batch& a, const labeled_batch& b)
{
  return a.pixels == b.pixels && a.findings == b.findings && a.indices == b.indices;
}

epoch_rule some_epoch(std::size_t films)
{
  return {thorax::shuffled(films, 3, 1), 4, 3, 1, thorax::augmentation{}};
}

}  // namespace

TEST_CASE("an epoch's batches are those of the plain pipeline, bit for bit, for any number of threads", "[data]")
{
  const small_dataset some{22};
  const film_source source{some.films, {3, 8, 8}, {}};
  const epoch_rule rule = some_epoch(22);
  std::vector<labeled_batch> expected;
  auto plain = rule.order | thorax::decoded(source) | thorax::augmented(3, 1, *rule.changes, source.rule()) | thorax::batched(4);
  for (labeled_batch each : plain) expected.push_back(std::move(each));
  REQUIRE(expected.size() == 6);
  for (int threads = 1; threads <= 3; ++threads) {
    epoch_loader loader{source, rule, 0, threads};
    CHECK(loader.batches() == 6);
    const std::vector<labeled_batch> found = all_of(loader);
    REQUIRE(found.size() == 6);
    for (std::size_t i = 0; i < 6; ++i) {
      INFO(threads << " threads, batch " << i);
      CHECK(same(found[i], expected[i]));
    }
    CHECK(loader.next() == nullptr);
  }
}

TEST_CASE("a cache that holds all, some or none of the films changes no number", "[data]")
{
  const small_dataset some{10};
  const film_source all{some.films, {3, 8, 8}, {}}, few{some.films, {3, 8, 8}, {}, 200};
  const film_source none{some.films, {3, 8, 8}, {}, 0};
  epoch_loader first{all, some_epoch(10), 0, 2}, second{few, some_epoch(10), 0, 2}, third{none, some_epoch(10), 0, 2};
  const std::vector<labeled_batch> a = all_of(first), b = all_of(second), c = all_of(third);
  epoch_loader again{all, some_epoch(10), 0, 2};
  const std::vector<labeled_batch> d = all_of(again);
  REQUIRE(a.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(same(a[i], b[i]));
    CHECK(same(a[i], c[i]));
    CHECK(same(a[i], d[i]));
  }
  CHECK(all.cached_bytes() == 10 * 63);
  CHECK(few.cached_bytes() == 3 * 63);
}

TEST_CASE("an epoch goes on in its middle with the same batches", "[data]")
{
  const small_dataset some{14};
  const film_source source{some.films, {1, 8, 8}, {}};
  epoch_loader whole{source, some_epoch(14)}, rest{source, some_epoch(14), 2};
  const std::vector<labeled_batch> all = all_of(whole), late = all_of(rest);
  REQUIRE(late.size() == 2);
  CHECK(same(late[0], all[2]));
  CHECK(same(late[1], all[3]));
}

TEST_CASE("a film that cannot be read is reported with its path when its batch is due", "[data]")
{
  const small_dataset some{12};
  std::filesystem::remove(some.films.films[5].path);
  const film_source source{some.films, {1, 8, 8}, {}};
  epoch_loader loader{source, {thorax::in_order(12), 4, 0, 0, std::nullopt}, 0, 3};
  const labeled_batch* first = loader.next();
  REQUIRE(first != nullptr);
  CHECK(first->indices == std::vector<std::size_t>{0, 1, 2, 3});
  try {
    (void)loader.next();
    FAIL("a film that is not there was read");
  }
  catch (const thorax::error& missing) {
    INFO(missing.what());
    CHECK(std::string{missing.what()}.find("5.png") != std::string::npos);
  }
  const labeled_batch* third = loader.next();
  REQUIRE(third != nullptr);
  CHECK(third->indices == std::vector<std::size_t>{8, 9, 10, 11});
}

TEST_CASE("a loader can be left in the middle of an epoch", "[data]")
{
  const small_dataset some{40};
  const film_source source{some.films, {3, 8, 8}, {}};
  for (int batches = 0; batches < 4; ++batches) {
    epoch_loader loader{source, some_epoch(40), 0, 2};
    for (int i = 0; i < batches; ++i) REQUIRE(loader.next() != nullptr);
  }
}

TEST_CASE("changes that make no sense are refused before the first batch", "[data]")
{
  const small_dataset some{4};
  const film_source source{some.films, {1, 8, 8}, {}};
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    INFO(bad);
    epoch_rule rule = some_epoch(4);
    rule.changes->shift = bad;
    CHECK(refuses(thorax::error_code::wrong_usage, "a shift from 0 to 1", [&] { epoch_loader{source, rule}; }));
  }
}

TEST_CASE("a loader whose threads cannot all be started says how many could", "[data]")
{
  if (!can_limit_memory) {
    std::cout << "skipped: no limit of memory under a sanitizer\n";
    return;
  }
  const small_dataset some{4};
  const film_source source{some.films, {1, 8, 8}, {}};
  child_process child{[&] {
    allow_only(std::size_t{100} << 20);
    try {
      const epoch_loader loader{source, some_epoch(4), 0, 5000};
    }
    catch (const thorax::error& refused) {
      const std::string sentence = refused.what();
      if (refused.code() == thorax::error_code::limit_exceeded && sentence.ends_with("; ask for fewer") &&
          sentence.starts_with("5000 threads that load films could not be started, only "))
        return;
    }
    throw std::runtime_error{"not refused"};
  }};
  CHECK(child.wait() == 0);
}
