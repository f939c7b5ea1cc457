// SPDX-License-Identifier: MIT

#include "keras/keras_names.hpp"

#include <array>
#include <charconv>  // from_chars
#include <optional>

namespace thorax::tools {

namespace {

/// A cursor that reads fixed words and small numbers.
class name_reader {
public:
  explicit name_reader(std::string_view text) : rest_{text} {}

  bool accept(std::string_view word)
  {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  std::optional<int> number()
  {
    int value = 0;
    const auto [end, problem] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (problem != std::errc{} || value < 1 || value > 9999 || rest_.front() == '0') return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  [[nodiscard]] bool ended() const { return rest_.empty(); }

private:
  std::string_view rest_;
};

struct word_pair {
  std::string_view keras;
  std::string_view ours;
};

constexpr std::array<word_pair, 4> in_dense_layer{
  {{"_0_bn", "norm1"}, {"_1_conv", "conv1"}, {"_1_bn", "norm2"}, {"_2_conv", "conv2"}}};
constexpr std::array<word_pair, 2> in_transition{{{"_bn", "norm"}, {"_conv", "conv"}}};
constexpr std::array<word_pair, 4> alone{{{"conv1_conv", "features.conv0"},
                                          {"conv1_bn", "features.norm0"},
                                          {"bn", "features.norm5"},
                                          {"predictions", "classifier"}}};
// Of keras-applications before 2019.
constexpr std::array<word_pair, 3> alone_once{
  {{"conv1/conv", "features.conv0"}, {"conv1/bn", "features.norm0"}, {"fc1000", "classifier"}}};

std::string dense_layer_of(std::string_view name)
{
  name_reader reader{name};
  if (!reader.accept("conv")) return "";
  const std::optional<int> block = reader.number();
  if (!block || *block < 2 || !reader.accept("_block")) return "";
  const std::optional<int> layer = reader.number();
  if (!layer) return "";
  for (const word_pair& each : in_dense_layer)
    if (name_reader rest = reader; rest.accept(each.keras) && rest.ended())
      return "features.denseblock" + std::to_string(*block - 1) + ".denselayer" + std::to_string(*layer) + "." +
             std::string{each.ours};
  return "";
}

std::string transition_of(std::string_view name)
{
  name_reader reader{name};
  if (!reader.accept("pool")) return "";
  const std::optional<int> pool = reader.number();
  if (!pool || *pool < 2) return "";
  for (const word_pair& each : in_transition)
    if (name_reader rest = reader; rest.accept(each.keras) && rest.ended())
      return "features.transition" + std::to_string(*pool - 1) + "." + std::string{each.ours};
  return "";
}

std::string keras_dense_layer(std::string_view path)
{
  name_reader reader{path};
  if (!reader.accept("features.denseblock")) return "";
  const std::optional<int> block = reader.number();
  if (!block || !reader.accept(".denselayer")) return "";
  const std::optional<int> layer = reader.number();
  if (!layer || !reader.accept(".")) return "";
  for (const word_pair& each : in_dense_layer)
    if (name_reader rest = reader; rest.accept(each.ours) && rest.ended())
      return "conv" + std::to_string(*block + 1) + "_block" + std::to_string(*layer) + std::string{each.keras};
  return "";
}

std::string keras_transition(std::string_view path)
{
  name_reader reader{path};
  if (!reader.accept("features.transition")) return "";
  const std::optional<int> transition = reader.number();
  if (!transition || !reader.accept(".")) return "";
  for (const word_pair& each : in_transition)
    if (name_reader rest = reader; rest.accept(each.ours) && rest.ended())
      return "pool" + std::to_string(*transition + 1) + std::string{each.keras};
  return "";
}

}  // namespace

std::pair<std::string, std::size_t> split_number(std::string_view word)
{
  const std::size_t line = word.rfind('_');
  if (line == std::string_view::npos || line + 1 == word.size()) return {std::string{word}, 0};
  std::size_t number = 0;
  const char* const end = word.data() + word.size();
  const auto [stop, problem] = std::from_chars(word.data() + line + 1, end, number);
  if (problem != std::errc{} || stop != end) return {std::string{word}, 0};
  return {std::string{word.substr(0, line)}, number};
}

std::string part_of_keras_name(std::string_view name)
{
  for (const word_pair& each : alone_once)
    if (name == each.keras || name.ends_with("/" + std::string{each.keras})) return std::string{each.ours};
  if (const std::size_t slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  for (const word_pair& each : alone)
    if (name == each.keras) return std::string{each.ours};
  std::string path = dense_layer_of(name);
  return path.empty() ? transition_of(name) : path;
}

std::string keras_name_of_part(std::string_view path)
{
  for (const word_pair& each : alone)
    if (path == each.ours) return std::string{each.keras};
  std::string name = keras_dense_layer(path);
  return name.empty() ? keras_transition(path) : name;
}

}  // namespace thorax::tools
