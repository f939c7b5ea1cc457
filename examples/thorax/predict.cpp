// SPDX-License-Identifier: MIT
//
// thorax predict: what a network says about films and folders of films.

#include "commands.hpp"
#include "films.hpp"
#include "not_empty.hpp"
#include "results.hpp"
#include "words.hpp"

#include <thorax/evaluate/json_text.hpp>        // json_text
#include <thorax/evaluate/predictions_csv.hpp>  // predictions_csv
#include <thorax/evaluate/text_columns.hpp>     // fixed_digits, right_aligned

#include <CLI/CLI.hpp>

#include <algorithm>  // max
#include <iostream>
#include <memory>  // make_shared

namespace thorax::program {

namespace {

struct predict_options {
  model_options model;
  std::vector<std::filesystem::path> films;
  std::string csv;
  std::string json;
  bool flips{};
};

/// returns:  what a reader has to know about the scores besides the notice; empty if there is nothing
std::string remarks_on(const loaded_model& net, bool flips)
{
  std::string text;
  if (!net.temperature_from().empty())
    text += wrapped("scores are calibrated: temperature " + fixed_digits(net.temperature(), 4) + ", fitted on " +
                    printable(net.temperature_from()));
  if (flips) text += wrapped(flips_in_words);
  return text;
}

/// A line a film, the path last because it may be long; the reason below a film that was rejected.
std::string table_of(const predictions& said)
{
  std::size_t width = std::string_view{"rejected"}.size();
  for (const std::string& finding : said.findings) width = std::max(width, finding.size());
  std::string table = left_aligned("finding", width) + "  score  film\n";
  for (const prediction& row : said.rows) {
    const auto place = static_cast<std::size_t>(row.predicted);
    table += left_aligned(row.rejected ? "rejected" : printable(said.findings[place]), width) + "  " +
             (row.rejected ? "     " : fixed_digits(static_cast<double>(row.probabilities[place]), 3)) + "  " +
             printable(row.path) + '\n';
    if (row.rejected) table += wrapped(printable(row.reason), width + 9);
  }
  return table;
}

void write_numbers(json_text& json, std::string_view name, const predictions& said,
                   const std::vector<float>& numbers)
{
  json.name(name).begin_object();
  for (std::size_t i = 0; i < numbers.size(); ++i)
    json.name(said.findings[i]).value(static_cast<double>(numbers[i]));
  json.end_object();
}

std::string json_of_predictions(const predictions& said, const loaded_model& net, bool flips)
{
  json_text json;
  json.begin_object();
  json.name("format").value("thorax predictions 1").name("notice").value(notice);
  json.name("network").value(net.name()).name("temperature").value(net.temperature());
  json.name("flips").value(flips).name("films").begin_array();
  for (const prediction& row : said.rows) {
    json.begin_object().name("path").value(row.path).name("rejected").value(row.rejected);
    if (row.rejected) json.name("reason").value(row.reason);
    else {
      json.name("finding").value(said.findings[static_cast<std::size_t>(row.predicted)]);
      write_numbers(json, "probabilities", said, row.probabilities);
      if (!row.logits.empty()) write_numbers(json, "logits", said, row.logits);
      json.name("remarks").begin_array();
      for (const std::string& remark : row.remarks) json.value(remark);
      json.end_array();
    }
    json.end_object();
  }
  return json.end_array().end_object().text();
}

void predict(const predict_options& options)
{
  ensure_has_place(options.csv);
  ensure_has_place(options.json);
  const std::vector<std::filesystem::path> films = films_named(options.films);
  ensure_apart({options.csv, options.json}, films);
  ensure_apart({options.csv, options.json}, options.model.weights);
  predictions said;
  for (const std::filesystem::path& path : films) said.rows.push_back({.path = path.string()});
  const loaded_model net{options.model};
  net.pool().pin_caller();  // if its own threads are pinned
  said.findings = net.findings();
  said.findings_exclude_each_other = net.findings_exclude_each_other();
  said.temperature = net.temperature();
  ask(net, said.rows, options.flips ? film_views::mirrored_too : film_views::itself);

  if (options.csv != "-" && options.json != "-")
    std::cout << wrapped(notice) << remarks_on(net, options.flips) << '\n' << table_of(said);
  if (!options.csv.empty()) write_result(options.csv, predictions_csv(said));
  if (!options.json.empty()) write_result(options.json, json_of_predictions(said, net, options.flips));
  if (const std::size_t rejected = rejected_of(said.rows); rejected > 0) {
    std::cerr << "thorax: " << rejected << " of " << said.rows.size() << " films could not be read\n";
    throw CLI::RuntimeError{1};
  }
}

}  // namespace

void add_predict(CLI::App& commands)
{
  const auto options = std::make_shared<predict_options>();
  CLI::App* command = commands.add_subcommand("predict", "say what the network makes of films");
  command->footer(
    "example: thorax predict --weights run/weights.safetensors --csv said.csv films\n\n"
    "Folders are searched for jpg, jpeg, png, pgm and dcm files, all the way down. A film that cannot\n"
    "be read has its line too, with the reason.");
  add_model_options(*command, options->model);
  command->add_option("--csv", options->csv,
                      "write one line a film: score and logit of every finding; - prints it")
    ->check(not_empty);
  command->add_option("--json", options->json, "the same as JSON; - prints it")->check(not_empty);
  command->add_flag("--flips", options->flips, flips_help);
  command->add_option("PATH", options->films, "films and folders of films")->required()->check(not_empty);
  command->callback([options] { predict(*options); });
}

}  // namespace thorax::program
