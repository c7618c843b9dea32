#include "examples/stock_ticker/feed_index.hpp"

#include <set>

namespace ticker {
namespace {

using hawser::Errc;
using hawser::Error;
using hawser::Result;

}  // namespace

void TopicRows::append(std::string_view row) {
  text_.append(row);
  ends_.push_back(text_.size());
}

std::string_view TopicRows::operator[](std::size_t index) const {
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(text_).substr(begin, ends_[index] - begin);
}

Result<FeedIndex> index_feed(Feed& feed, const std::vector<std::string>& topics) {
  FeedIndex index;
  for (const auto& topic : topics) index[topic];
  while (true) {
    const auto row = feed.next();
    if (!row) return row.error();
    if (!row->has_value()) return index;
    const auto found = index.find((*row)->topic);
    if (found != index.end()) found->second.append((*row)->text);
  }
}

Result<FeedTotals> count_feed(Feed& feed) {
  FeedTotals totals;
  std::set<std::string, std::less<>> topics;
  while (true) {
    const auto row = feed.next();
    if (!row) return row.error();
    if (!row->has_value()) break;
    ++totals.rows;
    totals.duration = (*row)->at;
    if (!topics.contains((*row)->topic)) topics.emplace((*row)->topic);
  }
  if (totals.rows == 0) return Error{Errc::bad_data, "the feed has not one good row"};
  totals.topics.assign(topics.begin(), topics.end());
  return totals;
}

}  // namespace ticker
