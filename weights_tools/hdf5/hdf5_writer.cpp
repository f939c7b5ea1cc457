// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_writer.hpp"

#include <thorax/base/error.hpp>  // error

#include <hdf5.h>

#include <algorithm>  // copy, max
#include <atomic>

namespace thorax::tools {

static_assert(sizeof(hsize_t) >= sizeof(std::size_t), "extents become libhdf5's");

namespace {

/// libhdf5 numbers its objects; a negative number is a failure.
hid_t checked(hid_t number)
{
  if (number < 0) throw error{error_code::file_unwritable, "libhdf5 could not make the file; is there enough memory?"};
  return number;
}

/// A number that is given back.
class handle {
public:
  using closing = herr_t (*)(hid_t);
  handle(hid_t number, closing close) : number_{checked(number)}, close_{close} {}
  handle(const handle&) = delete;
  handle& operator=(const handle&) = delete;
  ~handle() { close_(number_); }

  [[nodiscard]] hid_t number() const { return number_; }

private:
  hid_t number_;
  closing close_;
};

/// A file in memory that never reaches a disk, in the oldest form that holds it.
hid_t new_file()
{
  checked(H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr));  // failures are our sentences, not its traces
  constexpr std::size_t step = 1U << 20;
  const handle access{H5Pcreate(H5P_FILE_ACCESS), H5Pclose};
  checked(H5Pset_fapl_core(access.number(), step, false));
  checked(H5Pset_libver_bounds(access.number(), H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST));
  static std::atomic<int> made{0};  // libhdf5 opens no second file of a name, not even in memory
  const std::string name = "in memory " + std::to_string(made++);
  return H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.number());
}

void write_attribute(hid_t owner, const std::string& name, const handle& space, std::span<const std::string> texts)
{
  std::size_t width = 1;
  for (const std::string& each : texts) width = std::max(width, each.size());
  std::vector<char> padded(std::max<std::size_t>(1, width * texts.size()));
  for (std::size_t i = 0; i < texts.size(); ++i)
    std::copy(texts[i].begin(), texts[i].end(), padded.begin() + static_cast<std::ptrdiff_t>(i * width));
  const handle type{H5Tcopy(H5T_C_S1), H5Tclose};
  checked(H5Tset_size(type.number(), width));
  checked(H5Tset_strpad(type.number(), H5T_STR_NULLPAD));
  const handle attribute{
    H5Acreate2(owner, name.c_str(), type.number(), space.number(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose};
  if (!texts.empty()) checked(H5Awrite(attribute.number(), type.number(), padded.data()));
}

}  // namespace

/// What was opened is closed also if a later step of the constructor throws.
struct hdf5_writer::open_file {
  open_file() { checked(H5Pset_create_intermediate_group(links.number(), 1)); }

  handle file{new_file(), H5Fclose};
  handle links{H5Pcreate(H5P_LINK_CREATE), H5Pclose};
};

hdf5_writer::hdf5_writer() : open_{std::make_unique<open_file>()} {}

hdf5_writer::~hdf5_writer() = default;

void hdf5_writer::add_group(const std::string& path)
{
  const handle group{
    H5Gcreate2(open_->file.number(), path.c_str(), open_->links.number(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose};
}

void hdf5_writer::add_texts(const std::string& path, const std::string& name, const std::vector<std::string>& texts)
{
  const handle group{H5Gopen2(open_->file.number(), path.c_str(), H5P_DEFAULT), H5Gclose};
  const hsize_t count = texts.size();
  const handle space{H5Screate_simple(1, &count, nullptr), H5Sclose};
  write_attribute(group.number(), name, space, texts);
}

void hdf5_writer::add_text(const std::string& path, const std::string& name, const std::string& text)
{
  const handle group{H5Gopen2(open_->file.number(), path.c_str(), H5P_DEFAULT), H5Gclose};
  const handle space{H5Screate(H5S_SCALAR), H5Sclose};
  write_attribute(group.number(), name, space, {&text, 1});
}

void hdf5_writer::add_floats(const std::string& path, const std::vector<std::size_t>& shape,
                             std::span<const float> numbers)
{
  const std::vector<hsize_t> extents(shape.begin(), shape.end());
  const handle space{H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), H5Sclose};
  const handle creating{H5Pcreate(H5P_DATASET_CREATE), H5Pclose};
  checked(H5Pset_obj_track_times(creating.number(), false));  // else the same weights give other bytes each second
  const handle dataset{H5Dcreate2(open_->file.number(), path.c_str(), H5T_IEEE_F32LE, space.number(),
                                  open_->links.number(), creating.number(), H5P_DEFAULT),
                       H5Dclose};
  checked(H5Dwrite(dataset.number(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()));
}

std::vector<std::byte> hdf5_writer::bytes() const
{
  checked(H5Fflush(open_->file.number(), H5F_SCOPE_GLOBAL));
  const ssize_t size = H5Fget_file_image(open_->file.number(), nullptr, 0);
  checked(size);
  std::vector<std::byte> image(static_cast<std::size_t>(size));
  checked(H5Fget_file_image(open_->file.number(), image.data(), image.size()));
  return image;
}

}  // namespace thorax::tools
