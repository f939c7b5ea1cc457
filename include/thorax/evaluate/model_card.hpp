// SPDX-License-Identifier: MIT
//
// model_card: model_card.md, what is known of a network in the nine sections of Mitchell et al. 2019, "Model cards for
// model reporting". What is not known is said to be so.

#pragma once

#include <thorax/evaluate/evaluation.hpp>  // evaluation, comparison_sentence
#include <thorax/evaluate/text_columns.hpp>  // fixed_digits
#include <thorax/model/json_writer.hpp>  // json_array
#include <thorax/model/weights_metadata.hpp>  // weights_metadata

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thorax {

namespace detail {

/// returns:  the text without what Markdown would take for more than letters
inline std::string markdown_escaped(std::string_view text)
{
  constexpr std::string_view special = "\\`*_[]<>|#&";
  std::string safe;
  for (const char letter : text) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) {
      safe += ' ';
      continue;
    }
    if (special.find(letter) != std::string_view::npos) safe += '\\';
    safe += letter;
  }
  return safe;
}

inline std::string known(std::string_view text) { return text.empty() ? "not known" : markdown_escaped(text); }

inline std::string card_details(const evaluation& whole, const weights_metadata& metadata)
{
  const preprocessing& how = metadata.preprocessing;
  std::string findings;
  for (const std::string& each : metadata.findings)
    findings += (findings.empty() ? "" : ", ") + markdown_escaped(each);
  return "- Network: " + known(whole.network) + "\n- Answers: " + (findings.empty() ? "not known" : findings) +
         ", one of them for each film\n- Films are resized (" + std::string{name_of(how.resize)} +
         ") to the network's input, proportions are lost; mean " + json_array(how.mean) + ", deviation " +
         json_array(how.deviation) + "\n- Temperature: " + fixed_digits(whole.temperature, 4) +
         (whole.temperature_from.empty() ? ", not fitted"
                                         : ", fitted on " + markdown_escaped(whole.temperature_from)) +
         "\n- Version, date, license and contact: not known, unless the origin says them\n";
}

inline std::string card_results(const evaluation& whole)
{
  const metrics& found = whole.found;
  const auto range = [](const std::optional<interval>& each) {
    return each ? fixed_digits(each->low, 3) + " to " + fixed_digits(each->high, 3) : std::string{"undefined"};
  };
  const auto number = [](const std::optional<double>& each) {
    return each ? fixed_digits(*each, 3) : std::string{"undefined"};
  };
  std::string text = "On " + markdown_escaped(whole.split) + ", n = " + std::to_string(found.n) +
                     (whole.leaky ? ", **leaky** split: every number is too good" : "") +
                     ":\n\n| measure | value | 95 % |\n| --- | ---: | --- |\n";
  text += "| accuracy | " + fixed_digits(found.accuracy, 3) + " | " + range(found.accuracy_95) + " |\n";
  if (found.by_patients) {
    text += "| accuracy, by patients | " + fixed_digits(found.accuracy, 3) + " | " +
            range(found.by_patients->accuracy.range) + " |\n";
    text += "| macro F1, by patients | " + fixed_digits(found.macro_f1, 3) + " | " +
            range(found.by_patients->macro_f1.range) + " |\n";
    text += "| macro AUC, exact, by patients | " + number(found.macro_auc_ovr) + " | " +
            range(found.by_patients->macro_auc_ovr.range) + " |\n";
  }
  text += "\n| finding | films | precision | 95 % | recall | 95 % | AUC |\n| --- | ---: | ---: | --- | ---: | --- "
          "| ---: |\n";
  for (const finding_metrics& one : found.findings)
    text += "| " + markdown_escaped(one.finding) + " | " + std::to_string(one.support) + " | " +
            fixed_digits(one.precision, 3) + " | " + range(one.precision_95) + " | " +
            fixed_digits(one.recall, 3) + " | " + range(one.recall_95) + " | " + number(one.auc_ovr) + " |\n";
  if (whole.trusted)
    text += "\nCalibration error " + fixed_digits(whole.trusted->ece, 3) + ", Brier score " +
            fixed_digits(whole.trusted->brier, 3) + " (0 to 2), log loss " +
            fixed_digits(whole.trusted->log_loss, 3) + ".\n";
  if (whole.against) text += '\n' + markdown_escaped(comparison_sentence(*whole.against)) + '\n';
  return text;
}

inline std::string card_caveats(const evaluation& whole)
{
  std::string text = "- Labels are readers' opinions; agreement with them is all that is measured.\n"
                     "- Thresholds in the report were chosen on the films that they are judged on.\n"
                     "- Films of other hospitals, devices, ages or diseases were not measured.\n";
  for (const std::string& note : whole.notes) text += "- " + markdown_escaped(note) + "\n";
  return text;
}

}  // namespace detail

/// returns:  the text of model_card.md. `notice` are paragraphs about what the network must not be used for.
inline std::string model_card(const evaluation& whole, const weights_metadata& metadata,
                              std::span<const std::string_view> notice)
{
  std::string warnings;
  for (const std::string_view paragraph : notice) warnings += detail::markdown_escaped(paragraph) + "\n\n";
  const std::string origin = detail::known(metadata.provenance);
  const std::array<std::array<std::string, 2>, 9> sections{{
    {"Model details", detail::card_details(whole, metadata)},
    {"Intended use", "Research and teaching. Every medical use is out of scope.\n\n" + warnings},
    {"Factors",
     "The films carry no field for age, sex or device, so results by such groups cannot be given: that they are "
     "not listed does not mean that they are equal. Results are given by finding.\n"},
    {"Metrics",
     "Agreement with labels: accuracy, precision, recall, F1, exact areas under the curve, calibration error. "
     "Intervals are Wilson's, films taken for independent, and percentiles of draws of patients where it says so. "
     "All numbers are in metrics.json.\n"},
    {"Evaluation data", detail::known(whole.split) + ": " + std::to_string(whole.found.n) + " films measured, " +
                          std::to_string(whole.found.rejected) + " rejected, " +
                          std::to_string(whole.found.unlabeled) +
                          " without a label. How the films were chosen and who labelled them: not known here.\n"},
    {"Training data", "What the weights say of their origin: " + origin + "\n"},
    {"Quantitative analyses", detail::card_results(whole)},
    {"Ethical considerations",
     "Films are of people, often of children. Do not pass on films that identify a person. A wrong answer "
     "that is believed can harm; a heat map can make it look right.\n"},
    {"Caveats and recommendations", detail::card_caveats(whole)},
  }};
  std::string text = "# Model card: " + detail::known(whole.network) + "\n";
  for (const auto& [heading, body] : sections) {
    text += "\n## " + heading + "\n\n" + body;
    while (text.ends_with("\n\n")) text.pop_back();
  }
  return text;
}

}  // namespace thorax
