// The tokens of a subject, one after the other.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace hawser {

inline constexpr std::string_view kAnyToken = "*";
inline constexpr std::string_view kAllTheRest = ">";

/// Threads: as a string_view; what it reads must outlive it.
class SubjectTokens {
 public:
  explicit SubjectTokens(std::string_view subject) : rest_(subject) {}

  /// The next one, which may be empty; nothing after the last.
  std::optional<std::string_view> next() {
    if (!rest_) return std::nullopt;
    const std::size_t dot = rest_->find('.');
    const std::string_view token = rest_->substr(0, dot);
    if (dot == std::string_view::npos) {
      rest_.reset();
    } else {
      rest_->remove_prefix(dot + 1);
    }
    return token;
  }

 private:
  std::optional<std::string_view> rest_;
};

}  // namespace hawser
