// SPDX-License-Identifier: MIT

#include "foreign_file.hpp"

#include "hdf5/hdf5_file.hpp"
#include "torch/torch_file.hpp"

#include <thorax/base/error.hpp>         // error
#include <thorax/model/safetensors.hpp>  // safetensors_file

#include <utility>  // move

namespace thorax::tools {

namespace {

using bytes_view = std::span<const std::byte>;

/// The length of the header, which is below 2^56 in any file that exists, then the header.
bool looks_like_safetensors(bytes_view file)
{
  return file.size() > 8 && file[7] == std::byte{0} && file[8] == std::byte{'{'};
}

std::vector<foreign_tensor> tensors_of_hdf5(bytes_view bytes, const std::string& name)
{
  const hdf5_file file{bytes, name};
  std::vector<foreign_tensor> tensors;
  for (const hdf5_object& each : file.objects()) {
    if (each.is_group) continue;
    if (each.refusal.empty()) tensors.push_back(file.tensor(each));
    else tensors.push_back({each.path, each.format, each.shape, {}, each.refusal});
  }
  return tensors;
}

std::vector<foreign_tensor> tensors_of_safetensors(bytes_view bytes, const std::string& name)
{
  const safetensors_file file = safetensors_file::from_bytes(bytes, name);
  std::vector<foreign_tensor> tensors;
  for (const tensor_record& each : file.tensors()) {
    foreign_tensor copy{each.name, each.format, each.shape, {}, ""};
    if (has_numbers(each.format)) {
      copy.numbers.resize(each.size());
      unpack(each.format, file.bytes(each), copy.numbers);
    }
    tensors.push_back(std::move(copy));
  }
  return tensors;
}

}  // namespace

std::string_view name_of(foreign_kind kind)
{
  switch (kind) {
    case foreign_kind::keras_hdf5: return "weights of Keras (HDF5)";
    case foreign_kind::keras_archive: return "model of Keras (.keras)";
    case foreign_kind::torch_archive: return "checkpoint of PyTorch";
    case foreign_kind::torch_pickles: return "checkpoint of PyTorch before 1.6";
    case foreign_kind::safetensors: return "safetensors";
  }
  return "";
}

foreign_file::foreign_file(const std::filesystem::path& path)
  : foreign_file{std::optional<mapped_file>{path}, {}, "'" + path.string() + "'"}
{
}

foreign_file foreign_file::from_bytes(std::span<const std::byte> bytes, std::string name)
{
  return foreign_file{std::nullopt, bytes, std::move(name)};
}

foreign_file::foreign_file(std::optional<mapped_file> mapped, std::span<const std::byte> bytes, std::string name)
  : mapped_{std::move(mapped)}, name_{std::move(name)}, bytes_{mapped_ ? mapped_->bytes() : bytes}
{
  if (zip_archive::looks_like(bytes_)) open_archive();  // first: HDF5 may begin inside a file, and inside an archive
  else if (hdf5_file::looks_like(bytes_)) kind_ = foreign_kind::keras_hdf5;
  else if (is_legacy_torch(bytes_)) kind_ = foreign_kind::torch_pickles;
  else if (looks_like_safetensors(bytes_)) kind_ = foreign_kind::safetensors;
  else
    throw error{error_code::format_refused, name_ + ": expected weights as HDF5 (Keras), ZIP (PyTorch, Keras), old "
                                                    "PyTorch pickles or safetensors, found none of them; was a page or "
                                                    "a text saved instead of the file?"};
}

void foreign_file::open_archive()
{
  const zip_archive& archive = archive_.emplace(bytes_, name_);
  if (is_torch_zip(archive)) {
    kind_ = foreign_kind::torch_archive;
    return;
  }
  const zip_archive::member* const weights = archive.find("model.weights.h5");
  if (weights == nullptr)
    throw error{error_code::format_refused, name_ + ": a ZIP archive, expected one of PyTorch (data.pkl) or Keras "
                                                    "(model.weights.h5), found neither; import what is inside"};
  kind_ = foreign_kind::keras_archive;
  bytes_ = weights->bytes;
  if (const zip_archive::member* const config = archive.find("config.json"); config != nullptr)
    config_ = {reinterpret_cast<const char*>(config->bytes.data()), config->bytes.size()};
}

std::vector<foreign_tensor> foreign_file::tensors() const
{
  switch (kind_) {
    case foreign_kind::keras_hdf5:
    case foreign_kind::keras_archive: return tensors_of_hdf5(bytes_, name_);
    case foreign_kind::torch_archive: return read_torch_zip(*archive_, name_);
    case foreign_kind::torch_pickles: return read_legacy_torch(bytes_, name_);
    case foreign_kind::safetensors: return tensors_of_safetensors(bytes_, name_);
  }
  return {};
}

}  // namespace thorax::tools
