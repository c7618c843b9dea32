#include "examples/stock_ticker/feed_problems.hpp"

namespace ticker {

void FeedProblems::skipped(std::size_t line, std::string_view what) {
  ++skipped_count_;
  note(line, what, "skipped");
}

void FeedProblems::kept(std::size_t line, std::string_view what) {
  ++kept_count_;
  note(line, what, "published as it is");
}

std::vector<std::string> FeedProblems::words() const {
  std::vector<std::string> all = first_;
  if (!all.empty()) {
    all.push_back(path_ + ": " + std::to_string(skipped_count_) + " bad lines skipped, " + std::to_string(kept_count_) +
                  " lines with empty fields published as they are");
  }
  return all;
}

void FeedProblems::note(std::size_t line, std::string_view what, std::string_view outcome) {
  if (first_.size() == kWordsMax) return;
  first_.push_back(path_ + ":" + std::to_string(line) + ": " + std::string(what) + ": " + std::string(outcome));
}

}  // namespace ticker
