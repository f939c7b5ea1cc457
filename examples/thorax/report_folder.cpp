// SPDX-License-Identifier: MIT

#include "report_folder.hpp"

#include "films.hpp"
#include "full_notice.hpp"
#include "words.hpp"

#include <thorax/base/file.hpp>                       // write_file
#include <thorax/evaluate/classification_report.hpp>  // classification_report
#include <thorax/evaluate/curve_plot.hpp>             // roc_svg
#include <thorax/evaluate/evaluation_json.hpp>        // evaluation_json
#include <thorax/evaluate/html_report.hpp>            // report_html, surest_mistakes
#include <thorax/evaluate/model_card.hpp>             // model_card
#include <thorax/evaluate/predictions_csv.hpp>        // predictions_csv
#include <thorax/evaluate/summary_table.hpp>          // summary_table, proportion_table
#include <thorax/explain/grad_cam.hpp>                // usual_part
#include <thorax/explain/notice.hpp>                  // with_notice
#include <thorax/explain/overlay.hpp>                 // overlay
#include <thorax/image/resize.hpp>                    // resized
#include <thorax/image/write.hpp>                     // encode_png
#include <thorax/plan/names.hpp>                      // find_part

#include <algorithm>  // max

namespace thorax::program {

namespace {

/// returns:  the film no larger than a page shows it
image shrunk(const image& film)
{
  constexpr int most = 360;
  const int longest = std::max(film.height, film.width);
  if (longest <= most) return film;
  const auto side = [&](int pixels) { return std::max(1, pixels * most / longest); };
  return resized(film, side(film.height), side(film.width));
}

std::vector<shown_mistake> mistakes_of(const predictions& said, const loaded_model& net, int most)
{
  std::vector<shown_mistake> shown;
  const bool has_map = net.can_explain(usual_part);
  for (const prediction* row : surest_mistakes(said, static_cast<std::size_t>(most))) {
    shown_mistake one{std::filesystem::path{row->path}.filename().string(),
                      said.findings[static_cast<std::size_t>(row->true_finding)],
                      said.findings[static_cast<std::size_t>(row->predicted)],
                      static_cast<double>(row->probabilities[static_cast<std::size_t>(row->predicted)])};
    if (has_map) {
      const image film = read_film(row->path).picture;
      const image small = shrunk(film);
      one.film = encode_png(with_notice(small));
      one.heat_map = encode_png(overlay(small, net.grad_cam(film, row->predicted, usual_part, score_kind::logit)));
    }
    shown.push_back(std::move(one));
  }
  return shown;
}

/// The lines above the numbers: what network this is, and what a reader has to know.
std::string introduction(const evaluation& whole)
{
  std::string text = wrapped(notice) + '\n' + wrapped(printable(whole.network));
  if (!whole.provenance.empty()) text += wrapped(printable(whole.provenance));
  if (!whole.temperature_from.empty())
    text += wrapped("temperature " + fixed_digits(whole.temperature, 4) + ", fitted on " +
                    printable(whole.temperature_from));
  if (whole.flips) text += wrapped(flips_in_words);
  for (const std::string& note : whole.notes) text += wrapped("note: " + printable(note));
  return text;
}

}  // namespace

std::string report_text(const evaluation& whole)
{
  std::string text = introduction(whole) + '\n';
  text +=
    summary_table(whole.found, printable(whole.split) + (whole.leaky ? " (leaky)" : ""), whole.trusted) + '\n';
  text += classification_report(whole.found.counts) + '\n' + proportion_table(whole.found);
  if (!whole.views.empty())
    text += "\noperating points; thresholds were chosen on these very films\n" + operating_table(whole.views);
  if (whole.prevalence)
    text += "\nat the stated prevalence, probabilities corrected\n" + prevalence_table(*whole.prevalence);
  if (whole.against) text += '\n' + wrapped(printable(comparison_sentence(*whole.against)));
  return text;
}

std::vector<std::string> report_files(const std::filesystem::path& folder)
{
  std::vector<std::string> files;
  for (const char* name :
       {"report.html", "report.txt", "model_card.md", "metrics.json", "predictions.csv", "roc.csv", "roc.svg",
        "precision_recall.csv", "precision_recall.svg", "reliability.csv", "reliability.svg"})
    files.push_back((folder / name).string());
  return files;
}

void write_report(const std::filesystem::path& folder, const evaluation& whole, const predictions& said,
                  const loaded_model& net, int most)
{
  const auto write = [&](const char* name, const std::string& text) { write_file(folder / name, text); };
  write("report.txt", report_text(whole));
  write("metrics.json", evaluation_json(whole));
  write("predictions.csv", predictions_csv(said));
  write("roc.csv", roc_csv(whole.curves));
  write("roc.svg", roc_svg(whole.curves));
  write("precision_recall.csv", precision_recall_csv(whole.curves));
  write("precision_recall.svg", precision_recall_svg(whole.curves));
  if (whole.trusted) {
    write("reliability.csv", reliability_csv(whole.trusted->top_bins));
    write("reliability.svg", reliability_svg(*whole.trusted));
  }
  if (net.metadata().size() == 1)  // several networks are no model of their own
    write("model_card.md", model_card(whole, *net.metadata().front(), full_notice));
  write("report.html", report_html(whole, full_notice, mistakes_of(said, net, most)));
}

}  // namespace thorax::program
