// SPDX-License-Identifier: MIT
//
// weights_metadata: what travels with the weights so that nobody has to guess: network, input, findings,
// preprocessing, epsilon, provenance, golden sample. Written down in docs/reference/weights_format.md.

#pragma once

#include <thorax/base/error.hpp>                // error
#include <thorax/image/preprocessing.hpp>       // preprocessing
#include <thorax/image/resize.hpp>              // resize_kind, name_of
#include <thorax/model/golden_sample.hpp>       // golden_sample
#include <thorax/model/json_writer.hpp>         // json_array
#include <thorax/model/metadata_reader.hpp>     // metadata_reader
#include <thorax/model/safetensors.hpp>         // safetensors_file
#include <thorax/model/safetensors_writer.hpp>  // metadata_texts
#include <thorax/model/seen_films.hpp>          // seen_films
#include <thorax/tensor/extents.hpp>            // extents

#include <array>
#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>  // move
#include <vector>

namespace thorax {

/// The version of the metadata that this library writes, and the newest that it reads.
inline constexpr std::uint64_t weights_format_version = 1;

/// By what logits are divided before softmax, and on which films that was fitted.
struct softmax_temperature {
  double value{1};
  std::string fitted_on;  ///< for people: the folder and its fold
  std::uint64_t films{};  ///< how many
  std::string content;    ///< a key of what these films hold, see content_key

  friend bool operator==(const softmax_temperature&, const softmax_temperature&) = default;
};

/// What a weights file says about itself. The defaults are what is assumed of a file from elsewhere: nothing
/// about network, input and findings; ImageNet's preprocessing and PyTorch's epsilon, as in timm's files.
struct weights_metadata {
  std::string network;                ///< the network's name; empty if the file does not say
  extents input;                      ///< of one sample; all zero if the file does not say
  std::vector<std::string> findings;  ///< class names in the order of the logits; empty likewise
  thorax::preprocessing preprocessing;
  double batch_norm_epsilon{1e-5};
  std::string provenance;  ///< free text: trained on what, by which command, converted from where
  std::optional<golden_sample> golden;
  std::optional<seen_films> seen;  ///< which films it was trained on and chosen by; nothing if the file does not say
  std::optional<softmax_temperature> temperature;  ///< nothing: the probabilities are those of the network itself
  metadata_texts other;  ///< texts under keys that this version does not know; kept when written again
};

namespace detail {

inline extents read_input(metadata_reader& reader)
{
  constexpr std::uint64_t most = 65536;
  const std::vector<std::uint64_t> sizes = reader.numbers<std::uint64_t>("thorax.input");
  bool fits = sizes.size() == 3;
  for (const std::uint64_t size : sizes) fits = fits && size > 0 && size <= most;
  if (!fits) reader.refuse("thorax.input", "expected channels, height and width from 1 to 65536");
  return {static_cast<int>(sizes[0]), static_cast<int>(sizes[1]), static_cast<int>(sizes[2])};
}

inline std::vector<std::string> read_findings(metadata_reader& reader)
{
  std::vector<std::string> findings = reader.strings("thorax.findings");
  const std::set<std::string_view> distinct{findings.begin(), findings.end()};
  if (findings.empty() || distinct.size() != findings.size() || distinct.contains(""))
    reader.refuse("thorax.findings", "expected at least one name, none empty, none twice");
  return findings;
}

inline std::array<float, 3> read_three(metadata_reader& reader, std::string_view key)
{
  const std::vector<float> numbers = reader.numbers<float>(key);
  if (numbers.size() != 3) reader.refuse(key, "expected 3 numbers, found " + std::to_string(numbers.size()));
  return {numbers[0], numbers[1], numbers[2]};
}

inline resize_kind read_resize(metadata_reader& reader)
{
  const std::string found = reader.text("thorax.resize");
  for (const resize_kind kind : {resize_kind::area, resize_kind::bilinear, resize_kind::nearest})
    if (name_of(kind) == found) return kind;
  reader.refuse("thorax.resize", "expected area, bilinear or nearest, found " + shown(found));
}

inline preprocessing read_preprocessing(metadata_reader& reader)
{
  preprocessing result;
  result.resize = read_resize(reader);
  const std::string order = reader.text("thorax.channel_order");
  if (order != "RGB") reader.refuse("thorax.channel_order", "expected RGB, found " + shown(order));
  result.mean = read_three(reader, "thorax.mean");
  result.deviation = read_three(reader, "thorax.deviation");
  for (const float deviation : result.deviation)
    if (!(deviation > 0)) reader.refuse("thorax.deviation", "expected numbers above 0");
  return result;
}

inline std::optional<golden_sample> read_golden(metadata_reader& reader, std::size_t findings)
{
  if (!reader.has("thorax.golden.seed")) return std::nullopt;
  golden_sample golden;
  golden.seed = reader.number<std::uint64_t>("thorax.golden.seed");
  golden.logits = reader.numbers<float>("thorax.golden.logits");
  golden.tolerance = reader.number<double>("thorax.golden.tolerance");
  if (golden.logits.size() != findings)
    reader.refuse("thorax.golden.logits", "expected " + std::to_string(findings) +
                                            " logits, one a finding, found " +
                                            std::to_string(golden.logits.size()));
  if (!(golden.tolerance > 0)) reader.refuse("thorax.golden.tolerance", "expected a number above 0");
  return golden;
}

inline std::optional<softmax_temperature> read_temperature(metadata_reader& reader)
{
  if (!reader.has("thorax.temperature")) return std::nullopt;
  softmax_temperature found;
  found.value = reader.number<double>("thorax.temperature");
  if (!(found.value > 0)) reader.refuse("thorax.temperature", "expected a number above 0");
  found.fitted_on = reader.text("thorax.temperature.fitted_on");
  found.films = reader.number<std::uint64_t>("thorax.temperature.films");
  found.content = reader.text("thorax.temperature.content");
  return found;
}

}  // namespace detail

/// Refuses a file whose metadata a newer version of this library has written.
///
/// returns:  whether the file says that it is a weights file of this library
/// throws:   error{format_refused}
inline bool has_weights_metadata(const safetensors_file& file)
{
  metadata_reader reader{file};
  if (!reader.has("thorax.format")) return false;
  const auto version = reader.number<std::uint64_t>("thorax.format");
  if (version < 1 || version > weights_format_version)
    reader.refuse("thorax.format", "expected version 1, found " + std::to_string(version) +
                                     "; a newer thorax can read this file or export it anew");
  return true;
}

/// returns:  what the file says about itself; the defaults, and all texts in `other`, if it comes from elsewhere
/// throws:   error{format_refused} naming the key that is missing or holds something else than it should
inline weights_metadata read_weights_metadata(const safetensors_file& file)
{
  weights_metadata metadata;
  metadata_reader reader{file};
  if (has_weights_metadata(file)) {
    reader.text("thorax.format");
    metadata.network = reader.text("thorax.network");
    metadata.input = detail::read_input(reader);
    metadata.findings = detail::read_findings(reader);
    metadata.preprocessing = detail::read_preprocessing(reader);
    metadata.batch_norm_epsilon = reader.number<double>("thorax.batch_norm_epsilon");
    if (!(metadata.batch_norm_epsilon > 0))
      reader.refuse("thorax.batch_norm_epsilon", "expected a number above 0");
    metadata.provenance = reader.text("thorax.provenance");
    metadata.golden = detail::read_golden(reader, metadata.findings.size());
    if (reader.has("thorax.seen")) metadata.seen = reader.value("thorax.seen", read_seen_films);
    metadata.temperature = detail::read_temperature(reader);
  }
  metadata.other = std::move(reader).rest();
  metadata.other.erase("thorax.checksum");
  return metadata;
}

/// returns:  the metadata as texts by key, all but the checksum
inline metadata_texts texts_of(const weights_metadata& metadata)
{
  const preprocessing& how = metadata.preprocessing;
  metadata_texts texts = metadata.other;
  const auto put = [&](const char* key, std::string text) { texts.insert_or_assign(key, std::move(text)); };
  put("thorax.format", json_of(weights_format_version));
  put("thorax.network", metadata.network);
  put("thorax.input",
      json_array(std::array{metadata.input.channels, metadata.input.height, metadata.input.width}));
  put("thorax.findings", json_array(metadata.findings));
  put("thorax.resize", std::string{name_of(how.resize)});
  put("thorax.channel_order", "RGB");
  put("thorax.mean", json_array(how.mean));
  put("thorax.deviation", json_array(how.deviation));
  put("thorax.batch_norm_epsilon", json_of(metadata.batch_norm_epsilon));
  put("thorax.provenance", metadata.provenance);
  if (metadata.golden) {
    put("thorax.golden.seed", json_of(metadata.golden->seed));
    put("thorax.golden.logits", json_array(metadata.golden->logits));
    put("thorax.golden.tolerance", json_of(metadata.golden->tolerance));
  }
  if (metadata.seen) put("thorax.seen", json_of(*metadata.seen));
  if (metadata.temperature) {
    put("thorax.temperature", json_of(metadata.temperature->value));
    put("thorax.temperature.fitted_on", metadata.temperature->fitted_on);
    put("thorax.temperature.films", json_of(metadata.temperature->films));
    put("thorax.temperature.content", metadata.temperature->content);
  }
  return texts;
}

}  // namespace thorax
