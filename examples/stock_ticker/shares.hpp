// Who listens to what: each ticker gets a run of the sorted topics, and the runs overlap.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace ticker {

constexpr std::size_t kTickers = 4;
constexpr std::size_t kKilledTicker = 2;  ///< counted from 0: ticker 3
constexpr std::size_t kLateTicker = 3;    ///< counted from 0: ticker 4

/// The topics of ticker 0 to 3, in the given order; never empty where there is a topic. With four or more topics no
/// ticker has all of them, so each hears messages that it did not ask for; together the first three have all.
std::vector<std::string> topics_of_ticker(std::size_t ticker, std::span<const std::string> topics);

}  // namespace ticker
