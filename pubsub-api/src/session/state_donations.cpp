#include "pubsub-api/src/session/state_donations.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "pubsub-api/src/session/state_transfer.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
namespace {

TopicPositions least_of(const TopicPositions& one, const TopicPositions& other) {
  TopicPositions least;
  for (const StatePosition& position : one.all()) {
    least.raise(position.publisher, std::min(position.number, other.of(position.publisher)));
  }
  return least;
}

}  // namespace

void StateDonations::add(const TopicContents& contents, std::uint64_t lamport, const StateCut& cut,
                         std::vector<NodeId> tell_first) {
  const bool is_wanted_whole = tell_first.empty();
  waiting_.push_back({.cut = cut,
                      .whole = encode_state(contents, lamport, cut),
                      .positions = contents.positions,
                      .lineage = contents.lineage,
                      .not_told = std::move(tell_first),
                      .is_wanted_whole = is_wanted_whole,
                      .base = std::nullopt});
}

void StateDonations::on_want(const NodeId& newcomer, const StateWant& want) {
  const auto donation =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const Donation& one) { return one.cut == want.cut; });
  if (donation == waiting_.end() || std::erase(donation->not_told, newcomer) == 0) return;
  const StateHolding holding = holding_of(want);
  if (!holding.is_within(donation->positions, donation->lineage)) {
    donation->is_wanted_whole = true;
  } else if (!donation->base || HAWSER_FAULT("session_difference_for_the_last_alone")) {
    donation->base = holding.base;
  } else {
    donation->base = least_of(*donation->base, holding.base);
  }
}

void StateDonations::on_view(const LightViewInstalled& event) {
  const std::vector<NodeId>& anew = event.newcomers;
  const auto is_gone = [&](const NodeId& node) {
    return !event.view.contains(node) || std::find(anew.begin(), anew.end(), node) != anew.end();
  };
  for (Donation& donation : waiting_) std::erase_if(donation.not_told, is_gone);
}

std::vector<Buffer> StateDonations::take_ready() {
  std::vector<Buffer> ready;
  while (!waiting_.empty() && waiting_.front().not_told.empty()) {
    std::vector<Buffer> messages = messages_of(waiting_.front());
    waiting_.pop_front();
    std::move(messages.begin(), messages.end(), std::back_inserter(ready));
  }
  return ready;
}

std::vector<Buffer> StateDonations::messages_of(Donation& donation) {
  if (donation.is_wanted_whole) return std::move(donation.whole);
  if (!donation.base) return {};
  return encode_difference(donation.whole, *donation.base, donation.cut);
}

}  // namespace hawser
