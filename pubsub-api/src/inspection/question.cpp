#include "pubsub-api/src/inspection/question.hpp"

#include <charconv>

namespace hawser {
namespace {

constexpr std::string_view kTopicWord = "topic ";

std::string escaped(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (const char byte : bytes) {
    if (byte >= ' ' && byte <= '~' && byte != '%') {
      text += byte;
      continue;
    }
    const auto value = static_cast<unsigned char>(byte);
    text += '%';
    text += kDigits[value >> 4U];
    text += kDigits[value & 15U];
  }
  return text;
}

// Nothing where a '%' is not followed by two digits.
std::optional<std::string> unescaped(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    unsigned value = static_cast<unsigned char>(text.front());
    std::size_t taken = 1;
    if (text.front() == '%') {
      taken = 3;
      if (text.size() < taken) return std::nullopt;
      const auto [end, error] = std::from_chars(text.data() + 1, text.data() + taken, value, 16);
      if (error != std::errc{} || end != text.data() + taken) return std::nullopt;
    }
    bytes += static_cast<char>(value);
    text.remove_prefix(taken);
  }
  return bytes;
}

}  // namespace

std::string to_line(const Question& question) {
  switch (question.kind) {
    case Question::Kind::groups: return "groups";
    case Question::Kind::topics: return "topics";
    case Question::Kind::flight: return "flight";
    case Question::Kind::topic: break;
  }
  return std::string{kTopicWord} + escaped(question.topic);
}

std::optional<Question> parse_question(std::string_view line) {
  if (line == "groups") return Question{Question::Kind::groups, {}};
  if (line == "topics") return Question{Question::Kind::topics, {}};
  if (line == "flight") return Question{Question::Kind::flight, {}};
  if (!line.starts_with(kTopicWord)) return std::nullopt;
  auto topic = unescaped(line.substr(kTopicWord.size()));
  if (!topic) return std::nullopt;
  return Question{Question::Kind::topic, std::move(*topic)};
}

}  // namespace hawser
