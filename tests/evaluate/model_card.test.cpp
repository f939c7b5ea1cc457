// SPDX-License-Identifier: MIT

#include <thorax/evaluate/model_card.hpp>

#include "evaluate/golden_predictions.hpp"
#include "support/catch.hpp"

#include <array>
#include <string>
#include <string_view>

namespace {

constexpr std::array<std::string_view, 1> notice{"Not a medical device."};

bool holds(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

thorax::evaluation chest()
{
  thorax::evaluation whole = thorax::evaluation_of(golden::predictions_of(golden::rules()[2]));
  whole.split = "films, fold 0";
  whole.network = "small_densenet for films of 64x64 pixels";
  return whole;
}

}  // namespace

TEST_CASE("a card has the nine sections in their order", "[evaluate]")
{
  const std::string card = thorax::model_card(chest(), {}, notice);
  std::size_t before = 0;
  for (const char* heading :
       {"Model details", "Intended use", "Factors", "Metrics", "Evaluation data", "Training data",
        "Quantitative analyses", "Ethical considerations", "Caveats and recommendations"}) {
    const std::size_t at = card.find("\n## " + std::string{heading} + "\n\n");
    REQUIRE(at != std::string::npos);
    CHECK(at > before);
    before = at;
  }
  CHECK(card.find("\n\n\n") == std::string::npos);
  CHECK(holds(card, "Not a medical device."));
}

TEST_CASE("what nobody knows is called not known, and groups without a field are named", "[evaluate]")
{
  const std::string unknown = thorax::model_card(chest(), {}, notice);
  CHECK(holds(unknown, "What the weights say of their origin: not known"));
  CHECK(holds(unknown, "no field for age, sex or device"));
  thorax::weights_metadata metadata;
  metadata.provenance = "trained on *phantoms*\nby nobody";
  CHECK(holds(thorax::model_card(chest(), metadata, notice), "trained on \\*phantoms\\* by nobody"));
}

TEST_CASE("numbers stand with split, n and interval, and with the word leaky if the split was", "[evaluate]")
{
  thorax::evaluation whole = chest();
  whole.notes = {"one | two"};
  std::string card = thorax::model_card(whole, {}, notice);
  CHECK(holds(card, "On films, fold 0, n = 524:\n"));
  CHECK(holds(card, "| accuracy | " + thorax::fixed_digits(whole.found.accuracy, 3) + " | " +
                      thorax::fixed_digits(whole.found.accuracy_95.low, 3) + " to "));
  CHECK(holds(card, "- one \\| two\n"));
  CHECK(!holds(card, "leaky"));
  whole.leaky = true;
  CHECK(holds(thorax::model_card(whole, {}, notice), "**leaky** split"));
}
