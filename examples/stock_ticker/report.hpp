// The lines between the orchestrator and its child processes: a word, then name=value pairs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ticker {

/// One line, in either direction. roles.hpp lists the words.
class Report {
 public:
  explicit Report(std::string word) : word_(std::move(word)) {}

  Report& with(const std::string& name, std::uint64_t value);
  Report& with(const std::string& name, std::string_view value);  ///< Any bytes.

  [[nodiscard]] const std::string& word() const { return word_; }
  /// 0 where there is no such value, or none that is a number.
  [[nodiscard]] std::uint64_t number(const std::string& name) const;
  /// Empty where there is no such value.
  [[nodiscard]] std::string text(const std::string& name) const;

  /// With its line end.
  [[nodiscard]] std::string line() const;
  /// Of a line without its end; nothing where it is none of ours.
  static std::optional<Report> parse(std::string_view line);

 private:
  std::string word_;
  std::map<std::string, std::string> values_;
};

}  // namespace ticker
