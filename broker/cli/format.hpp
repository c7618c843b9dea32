// How messages and events are printed: the fields that --help promises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "hawser/message.hpp"

namespace hawser::cli {

/// Each returns one line with its end.
std::string json_line(const Message& message);
std::string json_line(const Synced& synced);
std::string json_line(const Gap& gap);
std::string json_line(const Watching& watching);
std::string published_json_line(std::string_view topic, std::string_view key, std::uint64_t number, std::size_t bytes);

/// The payload and a line end, after the topic and a tab where `with_topic`. Bytes are not changed unless
/// `to_terminal`.
std::string text_line(const Message& message, bool with_topic, bool to_terminal);

/// For standard error.
std::string gap_words(const Gap& gap);

}  // namespace hawser::cli
