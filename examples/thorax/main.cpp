// SPDX-License-Identifier: MIT
//
// thorax: train, evaluate, calibrate, predict and explain on a command line.

#include "command_line.hpp"
#include "commands.hpp"

#include <CLI/CLI.hpp>

int main(int argc, char** argv)
{
  CLI::App app{"A DenseNet for chest films: train it, measure it, ask it, see where it reacted.", "thorax"};
  thorax::program::prepare(app);
  app.footer("Try it without any film of your own:\n"
             "  thorax phantoms --out films\n"
             "  thorax train --data films --out run\n"
             "  thorax predict --weights run/weights.safetensors films");
  thorax::program::add_split(app);
  thorax::program::add_train(app);
  thorax::program::add_evaluate(app);
  thorax::program::add_calibrate(app);
  thorax::program::add_predict(app);
  thorax::program::add_explain(app);
  thorax::program::add_phantoms(app);
  thorax::program::add_summary(app);
  return thorax::program::run(app, argc, argv);
}
