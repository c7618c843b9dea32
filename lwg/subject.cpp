#include "lwg/subject.hpp"

#include <optional>

#include "lwg/subject_tokens.hpp"

namespace hawser {
namespace {

Error refused(std::string_view subject, const std::string& why) {
  return {Errc::invalid_argument, "'" + std::string{subject} + "' " + why};
}

bool is_wildcard(std::string_view token) { return token == kAnyToken || token == kAllTheRest; }

bool has_wildcard(std::string_view text) { return text.find_first_of("*>") != std::string_view::npos; }

/// What topics and patterns have in common.
std::optional<Error> refuse_form(std::string_view subject) {
  if (subject.empty() || subject.size() > kSubjectBytesMax) {
    return Error{Errc::invalid_argument, "a topic's name has 1 to " + std::to_string(kSubjectBytesMax) +
                                             " bytes; this has " + std::to_string(subject.size())};
  }
  std::size_t count = 0;
  SubjectTokens tokens{subject};
  while (const auto token = tokens.next()) {
    ++count;
    if (token->empty()) {
      return refused(subject, "has nothing for token " + std::to_string(count) +
                                  ": leave out the dot at the beginning or end, or the second of two");
    }
  }
  if (count <= kSubjectTokensMax) return std::nullopt;
  return refused(subject, "has " + std::to_string(count) + " tokens between its dots; allowed are " +
                              std::to_string(kSubjectTokensMax));
}

}  // namespace

Status check_topic(std::string_view topic) {
  if (const auto error = refuse_form(topic)) return *error;
  if (!has_wildcard(topic)) return Ok{};
  return refused(topic, "is no topic's name: '*' and '>' are for the patterns of subscriptions");
}

Result<Pattern> Pattern::parse(std::string_view text) {
  if (const auto error = refuse_form(text)) return *error;
  if (!has_wildcard(text)) return Pattern{Kind::topic, text};
  bool at_end = false;
  SubjectTokens tokens{text};
  while (const auto token = tokens.next()) {
    if (at_end) return refused(text, "has a '>' before its end: it stands for all the rest, so nothing may follow");
    if (has_wildcard(*token) && !is_wildcard(*token)) {
      return refused(text, "has a wildcard beside other characters: '*' and '>' stand for whole tokens");
    }
    at_end = *token == kAllTheRest;
  }
  return Pattern{Kind::wildcards, text};
}

Result<Pattern> Pattern::prefix(std::string_view bytes) {
  if (bytes.size() <= kSubjectBytesMax) return Pattern{Kind::prefix, bytes};
  return Error{Errc::invalid_argument, "a prefix has at most " + std::to_string(kSubjectBytesMax) +
                                           " bytes; this has " + std::to_string(bytes.size())};
}

bool Pattern::matches(std::string_view topic) const {
  if (kind_ == Kind::topic) return topic == text_;
  if (kind_ == Kind::prefix) return topic.starts_with(text_);
  SubjectTokens wanted{text_};
  SubjectTokens given{topic};
  while (const auto want = wanted.next()) {
    const auto token = given.next();
    if (!token) return false;
    if (*want == kAllTheRest) return true;
    if (*want != kAnyToken && *want != *token) return false;
  }
  return !given.next();
}

}  // namespace hawser
