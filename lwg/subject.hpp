// Names of topics, and patterns that stand for many of them: the subjects of NATS.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

#include "transport/core/result.hpp"

namespace hawser {

/// A topic's name is a subject: tokens with dots between them, "market.depth.BTCUSDT".
inline constexpr std::size_t kSubjectBytesMax = 256;
inline constexpr std::size_t kSubjectTokensMax = 16;

/// Errors: invalid_argument  empty, longer than kSubjectBytesMax, with more than kSubjectTokensMax tokens or an empty
///                           one, or with a '*' or '>' in it: those are for patterns.
[[nodiscard]] Status check_topic(std::string_view topic);

/// Which topics a subscription is about: one; those that fit a subject with wildcards; or those with a common
/// beginning. Threads: as a string.
class Pattern {
 public:
  /// '*' stands for any one token, and '>', as the last one, for one or more: "market.*.BTCUSDT", "market.>". Without
  /// either it is the topic of that name.
  /// Errors: invalid_argument  as check_topic, or a wildcard beside other characters of a token, or a '>' before the
  /// end.
  static Result<Pattern> parse(std::string_view text);
  /// All topics whose names begin with these bytes, whatever the tokens; every topic where there are none.
  /// Errors: invalid_argument  longer than kSubjectBytesMax.
  static Result<Pattern> prefix(std::string_view bytes);

  enum class Kind : unsigned char { topic, wildcards, prefix };
  [[nodiscard]] Kind kind() const { return kind_; }
  /// As it was given.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// `topic` must be one by check_topic().
  [[nodiscard]] bool matches(std::string_view topic) const;

  auto operator<=>(const Pattern&) const = default;

 private:
  Pattern(Kind kind, std::string_view text) : kind_(kind), text_(text) {}

  Kind kind_;
  std::string text_;
};

}  // namespace hawser
