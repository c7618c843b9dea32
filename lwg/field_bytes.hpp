// The bytes of ids, where messages and snapshots have them in full. Little-endian, like every format here.
#pragma once

#include "lwg/light_view.hpp"
#include "transport/core/ids.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser {

inline constexpr std::size_t kNodeBytes = 14;
inline constexpr std::size_t kViewIdBytes = 16;

inline void write_node(Writer& out, const NodeId& node) {
  out.number(node.incarnation.value);
  out.number(node.endpoint.address);
  out.number(node.endpoint.port);
}

inline NodeId read_node(Reader& in) {
  NodeId node;
  node.incarnation.value = in.number<std::uint64_t>();
  node.endpoint.address = in.number<std::uint32_t>();
  node.endpoint.port = in.number<std::uint16_t>();
  return node;
}

inline void write_view_id(Writer& out, const ViewId& view) {
  out.number(view.epoch);
  out.number(view.digest);
}

inline ViewId read_view_id(Reader& in) {
  ViewId view;
  view.epoch = in.number<std::uint64_t>();
  view.digest = in.number<std::uint64_t>();
  return view;
}

}  // namespace hawser
