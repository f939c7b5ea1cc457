// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_file.hpp"

#include "hdf5/hdf5_superblock.hpp"  // hdf5_signature_place
#include "hdf5/hdf5_walk.hpp"        // walk_hdf5

#include <thorax/base/error.hpp>         // error
#include <thorax/model/json_writer.hpp>  // shown

#include <algorithm>  // sort, lower_bound, reverse_copy
#include <bit>        // endian
#include <numeric>    // iota
#include <utility>    // move

namespace thorax::tools {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are read as they lie");

std::vector<std::byte> reversed(std::span<const std::byte> bytes, std::size_t width)
{
  std::vector<std::byte> little(bytes.size());
  for (std::size_t place = 0; place + width <= bytes.size(); place += width)
    std::reverse_copy(bytes.data() + place, bytes.data() + place + width, little.data() + place);
  return little;
}

}  // namespace

hdf5_file::hdf5_file(std::span<const std::byte> file, std::string name)
  : name_{std::move(name)}, objects_{walk_hdf5(file, name_)}, by_path_(objects_.size())
{
  std::iota(by_path_.begin(), by_path_.end(), std::size_t{0});
  std::sort(by_path_.begin(), by_path_.end(),
            [&](std::size_t a, std::size_t b) { return objects_[a].path < objects_[b].path; });
}

bool hdf5_file::looks_like(std::span<const std::byte> file) { return hdf5_signature_place(file).has_value(); }

const hdf5_object* hdf5_file::find(std::string_view path) const
{
  const auto place =
    std::lower_bound(by_path_.begin(), by_path_.end(), path,
                     [&](std::size_t i, std::string_view wanted) { return objects_[i].path < wanted; });
  return place != by_path_.end() && objects_[*place].path == path ? &objects_[*place] : nullptr;
}

foreign_tensor hdf5_file::tensor(const hdf5_object& dataset) const
{
  const std::string refusal = dataset.is_group ? "is a group, expected a dataset" : dataset.refusal;
  if (!refusal.empty()) throw error{error_code::does_not_fit, name_ + ": " + shown(dataset.path) + " " + refusal};
  foreign_tensor tensor{dataset.path, dataset.format, dataset.shape, {}, {}};
  const std::size_t width = bytes_of(dataset.format);
  tensor.numbers.resize(dataset.bytes.size() / width);
  if (!dataset.big_endian) unpack(dataset.format, dataset.bytes, tensor.numbers);
  else unpack(dataset.format, reversed(dataset.bytes, width), tensor.numbers);
  return tensor;
}

}  // namespace thorax::tools
