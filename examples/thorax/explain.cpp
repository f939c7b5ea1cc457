// SPDX-License-Identifier: MIT
//
// thorax explain: where a network reacted to a film, as a picture.

#include "commands.hpp"
#include "films.hpp"
#include "not_empty.hpp"
#include "progress.hpp"
#include "results.hpp"
#include "words.hpp"

#include <thorax/evaluate/json_text.hpp>     // json_text
#include <thorax/evaluate/text_columns.hpp>  // fixed_digits
#include <thorax/explain/grad_cam.hpp>       // usual_part
#include <thorax/explain/overlay.hpp>        // overlay
#include <thorax/image/write.hpp>            // write_image
#include <thorax/model/verdict.hpp>          // most_likely

#include <CLI/CLI.hpp>

#include <algorithm>  // find
#include <iostream>
#include <memory>  // make_shared
#include <set>

namespace thorax::program {

namespace {

struct explain_options {
  model_options model;
  std::vector<std::filesystem::path> films;
  std::string finding;
  std::string part{usual_part};
  bool probability{};
  std::filesystem::path out{"heat_maps"};
  std::string json;
};

/// One film: what was asked, what came out, or why nothing did.
struct explanation {
  std::string film{};
  std::string reason{};  ///< empty unless the film could not be read
  std::string finding{};
  double probability{};
  heat_map map{};
  std::filesystem::path picture{};
  std::vector<std::string> remarks{};
};

int finding_named(const std::string& name, const std::vector<std::string>& known)
{
  const auto place = std::find(known.begin(), known.end(), name);
  if (place != known.end()) return static_cast<int>(place - known.begin());
  std::string expected;
  for (const std::string& each : known) expected += (expected.empty() ? "" : ", ") + each;
  throw error{error_code::wrong_usage, "'" + name + "' is no finding of these weights; expected " + expected};
}

/// Gives pictures names: the film's and the finding's, numbered where two films are called the same.
class picture_names {
public:
  /// No film that is to be explained is overwritten by the picture of another.
  picture_names(std::filesystem::path folder, const std::vector<std::filesystem::path>& films)
    : folder_{std::move(folder)}
  {
    for (const std::filesystem::path& film : films) used_.insert(film.stem().string());
  }

  std::filesystem::path operator()(const std::filesystem::path& film, std::string finding)
  {
    // A finding is named by the weights file: no name may lead out of the folder.
    for (char& letter : finding)
      if (letter == '/' || letter == '\0') letter = '_';
    const std::string stem = shortened(film.stem().string()) + "." + shortened(finding);
    std::string name = stem;
    for (int i = 2; !used_.insert(name).second; ++i) name = stem + "-" + std::to_string(i);
    return folder_ / (name + ".png");
  }

private:
  // A file's name has 255 bytes at most, a number and ".png" included.
  static std::string shortened(const std::string& name) { return name.substr(0, 110); }

  std::filesystem::path folder_;
  std::set<std::string> used_;
};

explanation explained(const loaded_model& net, const std::filesystem::path& path, const explain_options& options,
                      picture_names& names)
{
  explanation made{.film = path.string()};
  remarked_image film;
  try {
    film = read_film(path);
  }
  catch (const error& problem) {
    made.reason = problem.what();
    return made;
  }
  made.remarks = std::move(film.remarks);
  const image& picture = film.picture;
  const std::vector<float> probabilities = net.answer(picture, who_computes::all_threads).probabilities;
  const int finding = options.finding.empty() ? most_likely(probabilities, net.findings()).index
                                              : finding_named(options.finding, net.findings());
  made.finding = net.findings()[static_cast<std::size_t>(finding)];
  made.probability = static_cast<double>(probabilities[static_cast<std::size_t>(finding)]);
  made.map = net.grad_cam(picture, finding, options.part,
                          options.probability ? score_kind::probability : score_kind::logit);
  made.picture = names(path, made.finding);
  write_image(made.picture, overlay(picture, made.map));
  return made;
}

std::string text_of(const explanation& made)
{
  if (!made.reason.empty()) return printable(made.film) + "\n" + wrapped(printable("rejected: " + made.reason), 2);
  const std::string grid = std::to_string(made.map.height) + "x" + std::to_string(made.map.width);
  std::string text = printable(made.film) + "\n  " + printable(made.finding) + ", score " + fixed_digits(made.probability, 3) + "\n";
  if (made.map.is_empty())
    text += wrapped("the map of " + grid + " cells at " + made.map.part + " is empty: nothing there spoke for " +
                      printable(made.finding),
                    2);
  else text += wrapped("a map of " + grid + " cells at " + made.map.part, 2);
  return text + "  " + printable(made.picture.string()) + "\n";
}

std::string json_of_explanations(const std::vector<explanation>& all)
{
  json_text json;
  json.begin_object().name("format").value("thorax explanations 1").name("notice").value(notice);
  json.name("films").begin_array();
  for (const explanation& made : all) {
    json.begin_object().name("path").value(made.film).name("rejected").value(!made.reason.empty());
    if (!made.reason.empty()) {
      json.name("reason").value(made.reason).end_object();
      continue;
    }
    json.name("finding").value(made.finding).name("probability").value(made.probability);
    json.name("part").value(made.map.part).name("empty").value(made.map.is_empty());
    json.name("picture").value(made.picture.string()).name("cells").begin_array();
    for (int y = 0; y < made.map.height; ++y) {
      json.begin_array();
      for (int x = 0; x < made.map.width; ++x) json.value(static_cast<double>(made.map.at(y, x)));
      json.end_array();
    }
    json.end_array().name("remarks").begin_array();
    for (const std::string& remark : made.remarks) json.value(remark);
    json.end_array().end_object();
  }
  return json.end_array().end_object().text();
}

void explain(const explain_options& options)
{
  ensure_has_place(options.json);
  const std::vector<std::filesystem::path> films = films_named(options.films);
  ensure_apart({options.json}, films);
  ensure_apart({options.json}, options.model.weights);
  const loaded_model net{options.model};
  net.ensure_has_part(options.part);
  if (!options.finding.empty()) static_cast<void>(finding_named(options.finding, net.findings()));
  make_folder(options.out);
  const bool prints_json = options.json == "-";
  picture_names names{options.out, films};
  progress_line progress;
  std::vector<explanation> all;
  std::size_t rejected = 0;
  for (const std::filesystem::path& path : films) {
    all.push_back(explained(net, path, options, names));
    if (!all.back().reason.empty()) ++rejected;
    progress.clear();
    say_remarks(all.back().film, all.back().remarks);
    if (!prints_json && all.size() == 1) std::cout << wrapped(notice) << '\n';
    if (!prints_json) std::cout << text_of(all.back());
    progress.show("films", static_cast<int>(all.size()), static_cast<int>(films.size()));
  }
  progress.clear();
  if (!options.json.empty()) write_result(options.json, json_of_explanations(all));
  if (rejected == 0) return;
  std::cout.flush();
  std::cerr << "thorax: " << rejected << " of " << films.size() << " films could not be read\n";
  throw CLI::RuntimeError{1};
}

}  // namespace

void add_explain(CLI::App& commands)
{
  const auto options = std::make_shared<explain_options>();
  CLI::App* command = commands.add_subcommand("explain", "draw where a network reacted to films (Grad-CAM)");
  command->footer(
    "example: thorax explain --weights run/weights.safetensors --finding VIRAL --out maps film.png\n\n"
    "Each film becomes OUT/<its name>.<finding>.png. A map has no more cells than the part's maps;\n"
    "between their centers the picture is interpolated. An empty map is a result, not an error.\n"
    "Of several --weights it is the map of the mean of their scores, if their maps have the same cells.\n"
    "Heat maps are always computed in single precision, the score with --bf16 if that is given.");
  add_model_options(*command, options->model);
  command->add_option("--finding", options->finding, "explain this one (default: the one with the best score)")
    ->check(not_empty);
  command->add_option("--at", options->part, "part to ask; `thorax summary --parts` lists them")
    ->capture_default_str()
    ->check(not_empty);
  command->add_flag("--probability", options->probability, "score is the probability instead of the logit");
  command->add_option("--out", options->out, "folder for the pictures (default: heat_maps)")->check(not_empty);
  command->add_option("--json", options->json, "write the maps' cells as JSON; - prints it")->check(not_empty);
  command->add_option("FILM", options->films, "films and folders of films")->required()->check(not_empty);
  command->callback([options] { explain(*options); });
}

}  // namespace thorax::program
