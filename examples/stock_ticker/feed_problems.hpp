// What was wrong with a feed's file, line by line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ticker {

/// Counts every problem and keeps the words of the first ones, so that a file of rubbish does not fill the memory.
class FeedProblems {
 public:
  static constexpr std::size_t kWordsMax = 20;

  explicit FeedProblems(std::string path) : path_(std::move(path)) {}

  /// The line cannot be used and is left out.
  void skipped(std::size_t line, std::string_view what);
  /// The line lacks something but is published as it is.
  void kept(std::size_t line, std::string_view what);

  [[nodiscard]] std::size_t skipped_count() const { return skipped_count_; }
  [[nodiscard]] std::size_t kept_count() const { return kept_count_; }
  /// "FILE:LINE: what", for the first kWordsMax problems, and one more line with the totals where there were any.
  [[nodiscard]] std::vector<std::string> words() const;

 private:
  void note(std::size_t line, std::string_view what, std::string_view outcome);

  std::string path_;
  std::vector<std::string> first_;
  std::size_t skipped_count_ = 0;
  std::size_t kept_count_ = 0;
};

}  // namespace ticker
