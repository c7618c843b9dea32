#include "pubsub-api/src/session/topic_options.hpp"

#include <string_view>

namespace hawser {
namespace {

// The words: a version. The order is the group's own.
constexpr std::string_view kWords = "\1";

}  // namespace

std::string_view to_string(TopicOrder order) noexcept { return order == TopicOrder::total ? "total" : "fifo"; }

Configuration configuration_of(const TopicOptions& options) { return {options.order == TopicOrder::total, kWords}; }

std::optional<TopicOptions> options_of(const Configuration& configuration) {
  if (!configuration.is_set() || configuration.words() != kWords) return std::nullopt;
  return TopicOptions{configuration.is_total() ? TopicOrder::total : TopicOrder::fifo};
}

}  // namespace hawser
