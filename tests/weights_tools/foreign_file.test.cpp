// SPDX-License-Identifier: MIT

#include "foreign_file.hpp"

#include <thorax/base/file.hpp>

#include "support/catch.hpp"
#include "support/imported_networks.hpp"
#include "support/refuses.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <map>
#include <string>

using namespace thorax;
using namespace thorax::tests;
using thorax::tools::foreign_file;
using thorax::tools::foreign_kind;

TEST_CASE("a file is known by its bytes, whatever it is called", "[weights_tools]")
{
  const std::map<std::string, foreign_kind> kinds{{"keras_2018.h5", foreign_kind::keras_hdf5},
                                                  {"keras_deep.weights.h5", foreign_kind::keras_hdf5},
                                                  {"keras_nested.keras", foreign_kind::keras_archive},
                                                  {"torchvision.pth", foreign_kind::torch_archive},
                                                  {"torchvision_legacy.pth", foreign_kind::torch_pickles},
                                                  {"timm.safetensors", foreign_kind::safetensors}};
  const temporary_folder folder;
  for (const auto& [name, kind] : kinds) {
    INFO(name);
    const std::filesystem::path copy = folder / "weights.txt";
    std::filesystem::copy_file(imported_folder + name, copy, std::filesystem::copy_options::overwrite_existing);
    const foreign_file file{copy};
    CHECK(file.kind() == kind);
    CHECK(file.config().empty() == (kind != foreign_kind::keras_archive));
    CHECK(file.tensors().size() > 20);
  }
}

TEST_CASE("what is none of these files is refused", "[weights_tools]")
{
  const temporary_folder folder;
  const auto refused = [&](const std::string& text, const std::string& words) {
    const std::filesystem::path path = folder / "file";
    write_file(path, text);
    CHECK(refuses(error_code::format_refused, words, [&] { foreign_file{path}; }));
  };
  refused("", "found none of them");
  refused("<html><body>404</body></html>", "found none of them");
  refused("PK\x03\x04 and then nothing of the kind", "'");
  refused("\x89PNG\r\n\x1a\n", "found none of them");
  CHECK(refuses(error_code::file_unreadable, "cannot open", [&] { foreign_file{folder / "missing"}; }));
}
