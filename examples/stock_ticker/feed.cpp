#include "examples/stock_ticker/feed.hpp"

#include <utility>

#include "examples/stock_ticker/csv_daily.hpp"
#include "examples/stock_ticker/csv_ticks.hpp"
#include "examples/stock_ticker/random_walk.hpp"

namespace ticker {
namespace {

using hawser::Result;

/// The first rows of another feed.
class FirstRows : public Feed {
 public:
  FirstRows(std::unique_ptr<Feed> whole, std::uint64_t rows_max) : whole_(std::move(whole)), rows_left_(rows_max) {}

  Result<std::optional<Row>> next() override {
    if (rows_left_ > 0) {
      --rows_left_;
      return whole_->next();
    }
    return read_to_end();
  }

  std::string_view price_of(std::string_view text) const override { return whole_->price_of(text); }
  const FeedProblems* problems() const override { return whole_->problems(); }

 private:
  // A truncated file is refused whether or not its good part would have been enough.
  Result<std::optional<Row>> read_to_end() {
    while (true) {
      auto row = whole_->next();
      if (!row) return row.error();
      if (!row->has_value()) return std::optional<Row>();
    }
  }

  std::unique_ptr<Feed> whole_;
  std::uint64_t rows_left_;
};

template <typename T>
Result<std::unique_ptr<Feed>> as_feed(Result<std::unique_ptr<T>> opened) {
  if (!opened) return opened.error();
  return std::unique_ptr<Feed>(std::move(opened).value());
}

Result<std::unique_ptr<Feed>> open_whole(const FeedChoice& choice) {
  switch (choice.kind) {
    case FeedChoice::Kind::ticks: return as_feed(CsvTicks::open(choice.path));
    case FeedChoice::Kind::daily: return as_feed(CsvDaily::open(choice.path));
    case FeedChoice::Kind::random_walk: break;
  }
  // With a limit, the walk goes on for as long as it is asked to; without, for its usual twenty seconds.
  const std::uint64_t rows = choice.rows_max > 0 ? choice.rows_max : RandomWalk::kRowsByDefault;
  return std::unique_ptr<Feed>(std::make_unique<RandomWalk>(choice.seed, rows));
}

}  // namespace

Result<std::unique_ptr<Feed>> open_feed(const FeedChoice& choice) {
  auto whole = open_whole(choice);
  if (!whole || choice.rows_max == 0 || choice.kind == FeedChoice::Kind::random_walk) return whole;
  return std::unique_ptr<Feed>(std::make_unique<FirstRows>(std::move(whole).value(), choice.rows_max));
}

}  // namespace ticker
