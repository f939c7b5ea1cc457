// SPDX-License-Identifier: MIT
//
// hdf5_checksum: the checksum of HDF5's newer structures, Bob Jenkins' lookup3 (specification, chapter I.A).

#pragma once

#include <cstddef>  // byte
#include <cstdint>  // uint32_t
#include <span>

namespace thorax::tools {

/// returns:  lookup3 ("hashlittle") of the bytes with the initial value 0
std::uint32_t hdf5_checksum(std::span<const std::byte> bytes);

/// returns:  whether `stored` is the checksum of the bytes; always true in a build for a fuzzer, which does not
///           find checksums and would never see what lies behind them
bool is_hdf5_checksum(std::uint32_t stored, std::span<const std::byte> bytes);

}  // namespace thorax::tools
