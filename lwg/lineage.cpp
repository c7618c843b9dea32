#include "lwg/lineage.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "transport/core/fault.hpp"

namespace hawser {

std::optional<LineageVote> Lineage::on_view(const View& view, std::span<const NodeId> transitional) {
  view_ = view;
  votes_.assign(view.members.size(), std::nullopt);
  if (!has_directory_) peers_.clear();
  std::erase_if(peers_, [&](const NodeId& peer) {
    return std::find(transitional.begin(), transitional.end(), peer) == transitional.end();
  });
  const bool everybody_has_it = peers_.size() == view.members.size();
  phase_ = everybody_has_it ? Phase::settled : Phase::voting;
  if (everybody_has_it) return std::nullopt;
  return LineageVote{view.id, peers_.empty() ? std::nullopt : std::optional{peers_.front()}};
}

std::optional<LineageDecision> Lineage::on_vote(const NodeId& from, const LineageVote& vote) {
  const std::optional<Rank> rank = view_.rank_of(from);
  const bool stale = vote.round != view_.id;  // sent while the next view was under way, and went out in that
  if (stale || !rank || phase_ != Phase::voting) return std::nullopt;
  votes_[*rank] = vote;
  if (!all_votes_are_in()) return std::nullopt;
  return decide();
}

void Lineage::on_transferred() {
  has_directory_ = true;
  set_peers(view_.members);
  phase_ = Phase::settled;
}

bool Lineage::is_peer(const NodeId& node) const { return std::binary_search(peers_.begin(), peers_.end(), node); }

bool Lineage::all_votes_are_in() const {
  return std::all_of(votes_.begin(), votes_.end(), [](const auto& vote) { return vote.has_value(); });
}

// The lineage with most members in this view; of several the one with the lowest member. A lineage is named by its
// lowest member, so that is the first in the map.
std::optional<NodeId> Lineage::surviving_lineage() const {
  std::map<NodeId, std::size_t> sizes;
  for (const auto& vote : votes_) {
    if (vote && vote->lineage) ++sizes[*vote->lineage];
  }
  const auto most = std::max_element(sizes.begin(), sizes.end(),
                                     [](const auto& one, const auto& other) { return one.second < other.second; });
  if (most == sizes.end()) return std::nullopt;
  return most->first;
}

void Lineage::set_peers(std::vector<NodeId> peers) {
  peers_ = std::move(peers);
  std::sort(peers_.begin(), peers_.end());
}

LineageDecision Lineage::decide() {
  using Outcome = LineageDecision::Outcome;
  const std::optional<NodeId> survivor = surviving_lineage();
  if (!survivor) {
    on_transferred();
    return {Outcome::founded};
  }
  const bool had_directory = std::exchange(has_directory_, has_directory_ && peers_.front() == *survivor);
  if (HAWSER_FAULT("lwg_own_lineage_survives")) has_directory_ = had_directory;
  std::vector<NodeId> survivors;
  for (std::size_t rank = 0; rank < votes_.size(); ++rank) {
    if (votes_[rank] && votes_[rank]->lineage == survivor) survivors.push_back(view_.members[rank]);
  }
  donor_ = survivors.front();
  set_peers(std::move(survivors));
  phase_ = Phase::transferring;
  if (has_directory_) return {Outcome::survives, donor_ == self_};
  return {had_directory ? Outcome::lost : Outcome::awaits};
}

}  // namespace hawser
