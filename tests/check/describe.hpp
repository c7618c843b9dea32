// Events and nodes in words, for the history around a violation.
#pragma once

#include <string>
#include <string_view>

#include "index.hpp"

namespace hawser::check {

/// "n1" for the first trace's node, and so on.
std::string label(NodeIndex node);
std::string label(const Index& index, const NodeId& node);

/// "[n1 n2]"
std::string list(const Index& index, std::span<const NodeId> nodes);

/// Names a message by the first half of its digest.
std::string message_name(MessageDigest digest);

/// "1.9f02c1d4/7 on 1.9f02c1d4": era and heavy view.
std::string light_view_name(const Era& era, ViewId heavy_view);

/// What happened, in one line, without its time.
std::string describe(const Index& index, const TraceEvent& event);

/// "n2 delivers m9f02c1d4 of n1"
std::string delivery_name(const Layer& layer, const Delivery& delivery);

/// The view of a stay, in words.
std::string view_name(const Index& index, const Layer& layer, StayIndex stay);

}  // namespace hawser::check
