// SPDX-License-Identifier: MIT

#include "hdf5/hdf5_walk.hpp"

#include "hdf5/hdf5_attribute.hpp"   // hdf5_attributes
#include "hdf5/hdf5_dataset.hpp"     // find_elements
#include "hdf5/hdf5_datatype.hpp"    // read_datatype, read_dataspace
#include "hdf5/hdf5_group.hpp"       // hdf5_link
#include "hdf5/hdf5_message.hpp"     // visit_messages
#include "hdf5/hdf5_space.hpp"       // hdf5_space
#include "hdf5/hdf5_superblock.hpp"  // read_hdf5_superblock

#include <cstdint>  // uint64_t
#include <optional>
#include <utility>  // move

namespace thorax::tools {

namespace {

// Keras nests a few models in each other, not dozens.
constexpr int most_depth = 32;

/// The messages of one object, in whatever order its header has them.
struct object_parts {
  std::optional<hdf5_cursor> dataspace;
  std::optional<hdf5_cursor> datatype;
  std::optional<hdf5_cursor> layout;
  bool is_group{};
  bool has_shared_type{};
  bool has_filters{};
  std::vector<hdf5_link> links;
};

class walker {
public:
  walker(std::span<const std::byte> file, const std::string& name, const hdf5_superblock& block)
    : space_{{name, {}, block.offset_bytes, block.length_bytes},
             file.first(block.end).subspan(block.base),
             block.base},
      attributes_{space_}
  {
    space_.claim(0, block.bytes, "the superblock");
    if (block.extension) read_extension(*block.extension);
    walk(block.root, {}, 0);
  }

  std::vector<hdf5_object> take_objects() { return std::move(objects_); }

private:
  // What the newer superblock has to say beyond its fields (specification, chapter II.C).
  void read_extension(std::uint64_t address)
  {
    visit_messages(space_, address, [&](const hdf5_message& message) {
      if (message.kind == hdf5_message_kind::driver)
        space_.context().unsupported(
          "it is one part of a file that is split over several; join them with h5repart");
      if (message.kind == hdf5_message_kind::cache_image)
        space_.context().unsupported(
          "parts of it are only in a cache; rewrite the file with: h5repack in.h5 out.h5");
    });
  }

  void walk(std::uint64_t address, std::string path, int depth)
  {
    space_.enter(path);
    if (depth > most_depth)
      space_.context().unsupported("expected groups within groups up to " + std::to_string(most_depth) +
                                   " deep, found more");
    hdf5_object object;
    object_parts parts;
    visit_messages(space_, address, [&](const hdf5_message& message) { take(message, object, parts); });
    object.path = std::move(path);
    object.is_group = parts.is_group;
    if (depth == 0 && !object.is_group)
      space_.context().unsupported("expected the root to be a group, found none");
    if (!object.is_group) describe_dataset(parts, object);
    else if (!parts.dataspace && !parts.layout) sort_links(space_, parts.links);
    else space_.context().unsupported("it is a group and a dataset at once; was the file changed?");
    const std::size_t place = objects_.size();
    objects_.push_back(std::move(object));
    for (const hdf5_link& link : parts.links)
      walk(link.address, path_of(objects_[place].path, link.name), depth + 1);
  }

  std::string path_of(const std::string& group, const std::string& member)
  {
    space_.charge(sizeof(hdf5_object) + group.size() + 1 + member.size());
    return group.empty() ? member : group + '/' + member;
  }

  void take(const hdf5_message& message, hdf5_object& object, object_parts& parts)
  {
    if (message.is_shared) return take_shared(message, parts);
    switch (message.kind) {
    case hdf5_message_kind::dataspace:
      return set(parts.dataspace, message.body);
    case hdf5_message_kind::datatype:
      return set(parts.datatype, message.body);
    case hdf5_message_kind::layout:
      return set(parts.layout, message.body);
    case hdf5_message_kind::filters:
      parts.has_filters = true;
      return;
    case hdf5_message_kind::external_files:
      space_.context().unsupported(
        "its numbers are in other files, which are not opened; save the weights again as one "
        "file");
    case hdf5_message_kind::attribute:
      return attributes_.read(message.body, object.texts);
    case hdf5_message_kind::attribute_info:
      return attributes_.read_dense(message.body, object.texts);
    case hdf5_message_kind::link:
      parts.is_group = true;
      return read_link(space_, message.body, parts.links);
    case hdf5_message_kind::link_info:
      parts.is_group = true;
      return read_dense_links(space_, message.body, parts.links);
    case hdf5_message_kind::symbol_table:
      parts.is_group = true;
      return read_symbol_table(space_, message.body, parts.links);
    default:
      return;  // fill values, times, comments: of no use here
    }
  }

  // A datatype with a name of its own is shared by many datasets; everything else is only rarely shared.
  void take_shared(const hdf5_message& message, object_parts& parts)
  {
    switch (message.kind) {
    case hdf5_message_kind::datatype:
      parts.has_shared_type = true;
      return;
    case hdf5_message_kind::dataspace:
    case hdf5_message_kind::link_info:
    case hdf5_message_kind::link:
    case hdf5_message_kind::external_files:
    case hdf5_message_kind::layout:
    case hdf5_message_kind::filters:
    case hdf5_message_kind::attribute:
    case hdf5_message_kind::symbol_table:
    case hdf5_message_kind::attribute_info:
      space_.context().unsupported(
        "a part of it is shared with other objects, which is not read; save the weights "
        "again without shared messages");
    default:
      return;
    }
  }

  static void set(std::optional<hdf5_cursor>& part, const hdf5_cursor& body)
  {
    if (part) body.refuse("the object has two of its kind");
    part = body;
  }

  void describe_dataset(object_parts& parts, hdf5_object& object)
  {
    if (!parts.dataspace && !parts.layout && (parts.datatype || parts.has_shared_type)) {
      object.refusal = "is a datatype, expected a dataset";
      return;
    }
    if (!parts.dataspace || !parts.layout || (!parts.datatype && !parts.has_shared_type))
      space_.context().unsupported("expected a group or a dataset, found neither; was the file changed?");
    const hdf5_dataspace extents = read_dataspace(*parts.dataspace);
    object.shape = extents.shape;
    if (!parts.datatype) {
      object.refusal = "has a type with a name of its own, which is not read; save it with a plain type";
      return;
    }
    const hdf5_datatype type = read_datatype(*parts.datatype);
    object.big_endian = type.big_endian;
    if (type.format) object.format = *type.format;
    const hdf5_elements elements = find_elements(space_, *parts.layout, type, extents);
    object.refusal = elements.refusal;
    if (object.refusal.empty() && parts.has_filters)
      object.refusal = "is compressed; rewrite the file with: h5repack -l CONTI -f NONE in.h5 out.h5";
    if (object.refusal.empty() && extents.is_null) object.refusal = "has no elements, not even a shape";
    if (object.refusal.empty()) object.refusal = refusal_of(type);
    if (object.refusal.empty()) object.bytes = elements.bytes;
  }

  hdf5_space space_;
  hdf5_attributes attributes_;
  std::vector<hdf5_object> objects_;
};

}  // namespace

std::vector<hdf5_object> walk_hdf5(std::span<const std::byte> file, const std::string& name)
{
  const hdf5_superblock block = read_hdf5_superblock(file, name);
  return walker{file, name, block}.take_objects();
}

}  // namespace thorax::tools
