// SPDX-License-Identifier: MIT
//
// html_report: report.html, an evaluation as one page with its curves and the mistakes that the network was surest of.

#pragma once

#include <thorax/evaluate/curve_plot.hpp>  // roc_svg, precision_recall_svg, reliability_svg
#include <thorax/evaluate/evaluation.hpp>  // evaluation, comparison_sentence
#include <thorax/evaluate/html_measures.hpp>  // headline_html, findings_html
#include <thorax/evaluate/html_page.hpp>  // html_page, html_section

#include <algorithm>  // stable_sort, min
#include <cstddef>  // byte, size_t
#include <span>
#include <string>
#include <string_view>
#include <utility>  // pair
#include <vector>

namespace thorax {

/// A film that was answered otherwise than it is labelled, with its pictures.
struct shown_mistake {
  std::string name;  ///< of the film's file
  std::string label;
  std::string answer;
  double probability{};  ///< of the answer
  std::vector<std::byte> film{};  ///< PNG; empty: no picture is shown
  std::vector<std::byte> heat_map{};  ///< PNG, where the network reacted for its answer
};

/// returns:  the rows of films answered otherwise than labelled, the surest first, of equals as they stand; at most
///           `most` of them
/// throws:   as ensure_sound
inline std::vector<const prediction*> surest_mistakes(const predictions& films, std::size_t most)
{
  ensure_sound(films);
  std::vector<const prediction*> wrong;
  for (const prediction& film : films.rows)
    if (is_measured(film) && film.predicted != film.true_finding) wrong.push_back(&film);
  const auto sureness = [](const prediction* film) {
    return film->probabilities[static_cast<std::size_t>(film->predicted)];
  };
  std::stable_sort(wrong.begin(), wrong.end(),
                   [&](const prediction* a, const prediction* b) { return sureness(a) > sureness(b); });
  wrong.resize(std::min(wrong.size(), most));
  return wrong;
}

namespace detail {

inline std::string notice_html(std::span<const std::string_view> notice)
{
  std::string html = "<div class=\"notice\" role=\"note\">\n";
  for (std::size_t i = 0; i < notice.size(); ++i)
    html += i == 0 ? "<p><strong>" + markup_escaped(notice[i]) + "</strong></p>\n"
                   : "<p>" + markup_escaped(notice[i]) + "</p>\n";
  return html + "</div>\n";
}

inline std::string about_html(const evaluation& whole)
{
  const std::string n = std::to_string(whole.found.n) + " measured, " + std::to_string(whole.found.rejected) +
                        " rejected, " + std::to_string(whole.found.unlabeled) + " without a label";
  std::vector<std::pair<std::string, std::string>> rows{
    {"films", whole.split}, {"how many", n}, {"network", whole.network}};
  if (!whole.provenance.empty()) rows.emplace_back("origin of its weights", whole.provenance);
  rows.emplace_back("temperature", fixed_digits(whole.temperature, 4) +
                                     (whole.temperature_from.empty() ? ": the network's own probabilities"
                                                                     : ", fitted on " + whole.temperature_from));
  rows.emplace_back("mirror images",
                    whole.flips ? "answers are means over each film and its mirror image" : "not used");
  std::string html = "<dl>\n";
  for (const auto& [term, text] : rows) html += "<dt>" + term + "</dt><dd>" + markup_escaped(text) + "</dd>\n";
  html += "</dl>\n";
  for (const std::string& note : whole.notes)
    html += "<p class=\"mark\"><strong>Note.</strong> " + markup_escaped(note) + "</p>\n";
  return html;
}

inline std::string curves_html(const evaluation& whole)
{
  return "<div class=\"plots\">\n<figure>" + roc_svg(whole.curves) + "</figure>\n<figure>" +
         precision_recall_svg(whole.curves) +
         "</figure>\n</div>\n<p class=\"faint\">Keras' auc is another number: micro, of "
         "all pairs of film and finding, at 200 thresholds. Here it is " +
         fixed_digits(whole.found.auc_keras_micro200, 4) + "; compare it with Keras' logs only.</p>\n";
}

inline std::string calibration_html(const calibration& found, const score_intervals& likely)
{
  const auto row = [](std::string_view name, double number, const std::optional<bootstrap_interval>& drawn) {
    return "<dt>" + std::string{name} + "</dt><dd>" + fixed_digits(number, 3) +
           (drawn ? " <span class=\"faint\">" + range_text(drawn->range) + "</span>" : std::string{}) + "</dd>";
  };
  return "<div class=\"plots\">\n<figure>" + reliability_svg(found) + "</figure>\n<div>\n<dl>" +
         row("log loss", found.log_loss, likely.log_loss) + row("Brier score, 0 to 2", found.brier, likely.brier) +
         row("calibration error", found.ece, likely.ece) + row("mean over findings", found.classwise_ece, {}) +
         "</dl>\n<p class=\"faint\">95 % intervals by patients; few films make a calibration error too large. How "
         "far "
         "scores and the share of right answers lie apart. A score is a model's output, not the chance that a "
         "child is "
         "ill.</p>\n</div>\n</div>\n";
}

inline std::string mistake_html(const shown_mistake& shown)
{
  std::string html = "<figure>\n";
  if (!shown.film.empty())
    html += "<div class=\"pair\">" + html_picture(shown.film, "the film") +
            html_picture(shown.heat_map, "where the network reacted for " + shown.answer) + "</div>\n";
  return html + "<figcaption>labelled <b>" + markup_escaped(shown.label) + "</b>, classified as <b>" +
         markup_escaped(shown.answer) + "</b> with score " + fixed_digits(shown.probability, 3) + "<br>" +
         markup_escaped(shown.name) + "</figcaption>\n</figure>\n";
}

inline std::string mistakes_html(std::span<const shown_mistake> mistakes, std::size_t all)
{
  if (all == 0) return "<p>No film was answered otherwise than it is labelled.</p>\n";
  std::string html =
    "<p>" + std::to_string(mistakes.size()) + " of " + std::to_string(all) +
    ", those that the network was surest of. On the right, where it reacted for its answer: that does not "
    "show disease and can mislead. A label is a reader's opinion and may itself be wrong.</p>\n"
    "<div class=\"films\">\n";
  for (const shown_mistake& each : mistakes) html += mistake_html(each);
  return html + "</div>\n";
}

}  // namespace detail

/// returns:  the text of report.html: the notice first, then numbers with split and n. `notice` are paragraphs, of
///           which the first is the most important.
inline std::string report_html(const evaluation& whole, std::span<const std::string_view> notice,
                               std::span<const shown_mistake> mistakes)
{
  const std::string title =
    "Agreement with labels" + std::string{whole.leaky ? " (leaky)" : ""} + ": " + whole.split;
  std::string body = "<h1>Agreement with labels</h1>\n<p>" + markup_escaped(whole.split) +
                     (whole.leaky ? " (leaky): " : ": ") + std::to_string(whole.found.n) +
                     " films</p>\n<p class=\"faint\">" + markup_escaped(whole.network) + "</p>\n" +
                     detail::notice_html(notice);
  if (whole.leaky)
    body += "<p class=\"mark\"><strong>Leaky split.</strong> Films of one patient were on both sides of a split: "
            "every number here is too good.</p>\n";
  body += headline_html(whole);
  body += html_section("What was measured", detail::about_html(whole));
  body += html_section("By finding", findings_html(whole));
  body += html_section("Confusion matrix", confusion_html(whole.found.counts));
  body += html_section("Curves", detail::curves_html(whole));
  if (whole.trusted) body += html_section("Calibration", detail::calibration_html(*whole.trusted, whole.scores));
  if (!whole.views.empty()) body += html_section("Operating points", views_html(whole));
  if (whole.prevalence) body += html_section("At a stated prevalence", prevalence_html(*whole.prevalence));
  if (whole.against)
    body += html_section("Against another network",
                         "<p>" + markup_escaped(comparison_sentence(*whole.against)) + "</p>\n");
  const auto wrong = static_cast<std::size_t>(whole.found.n - whole.found.counts.correct());
  body += html_section("Surest mistakes", detail::mistakes_html(mistakes, wrong));
  return html_page(title, body);
}

}  // namespace thorax
