// SPDX-License-Identifier: MIT
//
// thorax-weights: weights from everywhere in, one trusted file out, and back.

#include "command_line.hpp"
#include "commands.hpp"

#include <CLI/CLI.hpp>

int main(int argc, char** argv)
{
  CLI::App app{"Weights of Keras, PyTorch and timm become a file of thorax, and the other way round.", "thorax-weights"};
  thorax::program::prepare(app);
  app.footer("Weights of Keras or PyTorch for three findings of your own:\n"
             "  thorax-weights import densenet201.h5 --network chest_network \\\n"
             "    --findings BACTERIAL,NORMAL,VIRAL --out chest.safetensors");
  thorax::tools::add_import(app);
  thorax::tools::add_export(app);
  thorax::tools::add_inspect(app);
  thorax::tools::add_verify(app);
  thorax::tools::add_embed(app);
  return thorax::program::run(app, argc, argv);
}
