// SPDX-License-Identifier: MIT
//
// thorax train: films become a network, or several, in phases, with nothing lost when it is stopped.

#include "commands.hpp"
#include "gpu.hpp"
#include "results.hpp"
#include "train_films.hpp"
#include "train_options.hpp"
#include "train_recipe.hpp"
#include "train_run.hpp"
#include "train_series.hpp"

#include <CLI/CLI.hpp>

#include <memory>  // make_shared

namespace thorax::program {

namespace {

void train(const train_options& options)
{
  if (options.backend == "cuda") on_gpu<void>(options.threads, [](const auto&) {});  // before films are read
  ensure_outside(options.out, options.data);
  if (!options.cache.empty()) ensure_outside(options.cache, options.data);
  const folded_films films = films_of(options);
  if (is_series(options)) train_series(options, films);
  else train_once(options, films);
}

}  // namespace

void add_train(CLI::App& commands)
{
  const auto options = std::make_shared<train_options>();
  CLI::App* command = commands.add_subcommand("train", "train a network on class folders of films");
  command->footer("A phase is FROM:EPOCHS:RATE[:cosine][:frozen-statistics][:warmup=EPOCHS]: train from that part\n"
                  "or weight on (`thorax summary --parts` lists them; everything means all). Without --phase,\n"
                  "chest_network and densenet201 train their head for 12 epochs at 1e-4, then their last 60 Keras\n"
                  "layers for 7 at 1e-5; the others train their head for 2 epochs and everything for 20, at 1e-3,\n"
                  "falling to 0.\n\n"
                  "--preset keras-parity is the recipe of the Keras project that thorax is compared with:\n"
                  "chest_network, size 300, --preprocessing keras, batches of 16, its augmentation and class weights,\n"
                  "at most 30 and 20 epochs of these two phases, --plateau 0.3:3:1e-7 --stop-after 6\n"
                  "--best-by accuracy. Give it ImageNet's features with --weights.\n"
                  "--preset best is what was best from random weights on films of other patients:\n"
                  "--phase everything:18:2e-3:cosine --label-smoothing 0.05 --rotation 12 --shift 0.06 --zoom 0.12\n"
                  "--no-class-weights, and 128 pixels a side where neither network nor weights are given. Options\n"
                  "beside a preset count more.\n\n"
                  "example: thorax train --data films --out run --phase classifier:2:1e-3 "
                  "--phase everything:20:1e-3:cosine\n\n"
                  "OUT gets weights.safetensors (the best so far), history.csv and history.svg, run.json, and\n"
                  "checkpoint.safetensors with the one before it; the same command, without --fresh, goes on where it\n"
                  "was stopped. With --stop-after, weights.safetensors is the best of the last phase by what is\n"
                  "watched, as Keras puts it back, and best_by_accuracy.safetensors (or best_by_loss) the best of all\n"
                  "phases.\n\n"
                  "While layers are frozen, what they make of a film is computed once for each of its --views and kept\n"
                  "on the disk: with --views 4, epochs after the fourth take seconds. The numbers are the same without\n"
                  "--cache-gb. OUT/features goes when the run is over; a folder given as --cache stays for other runs.\n\n"
                  "--folds 5 trains five networks, each validated on another fold, into OUT/fold_0 and so on, and pools\n"
                  "what each says about its fold; --ensemble 3 trains networks of three seeds into OUT/seed_1 and so on,\n"
                  "whose mean answers. OUT then has report.txt, metrics.json, predictions.csv and, of several folds,\n"
                  "folds.json.");
  add_train_options(*command, *options);
  command->callback([options, command] {
    apply_preset(*command, *options);
    train(*options);
  });
}

}  // namespace thorax::program
