// What is asked on a node's socket: one line, of a word and perhaps a topic.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hawser {

struct Question {
  enum class Kind { groups, topics, topic, flight };
  Kind kind = Kind::groups;
  std::string topic;  ///< where it is about one; any bytes
};

/// A longer line is no question.
inline constexpr std::size_t kQuestionBytesMax = 1024;

/// "groups", "topics", "flight" or "topic NAME", without a line end. In NAME each byte that is '%' or no printable
/// ASCII is written as %NN (RFC 3986, 2.1).
[[nodiscard]] std::string to_line(const Question& question);
/// Nothing where `line` is no question.
[[nodiscard]] std::optional<Question> parse_question(std::string_view line);

}  // namespace hawser
