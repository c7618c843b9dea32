// Whose directory counts when a control view brings nodes together that do not share one: a vote of one message each.
// Source: DESIGN.md 5.6. Departs: two nodes are of one lineage if they came through every view together since they
// shared a directory, not merely if they had the same previous view; README.md shows why that matters.
//
//   voting        a vote is missing. Who has a directory keeps it, and applies what its own lineage does.
//   transferring  one lineage has won; its lowest-ranked member, the donor, is sending the directory to the others.
//   settled       every member of the view has the same directory.
//
// Invariant: members of a view that move on together are in the same phase at its end and agree on who has which
// directory, for both follow from messages in total order.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lwg/light_messages.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/core/view.hpp"

namespace hawser {

/// What the last vote of a round brought.
struct LineageDecision {
  enum class Outcome : std::uint8_t {
    founded,   ///< nobody had a directory: all begin with an empty one
    survives,  ///< this node's directory stays
    lost,      ///< this node's directory gives way to another, which follows
    awaits,    ///< this node had none; one follows
  };
  Outcome outcome = Outcome::awaits;
  bool donates = false;  ///< this node must send its directory to the others
};

/// Threads: single-threaded.
class Lineage {
 public:
  enum class Phase : std::uint8_t { voting, transferring, settled };

  explicit Lineage(const NodeId& self) : self_(self) {}

  /// The vote that this node must multicast; nothing where everyone is known to have this node's directory.
  std::optional<LineageVote> on_view(const View& view, std::span<const NodeId> transitional);
  /// A vote of this view, this node's own included.
  std::optional<LineageDecision> on_vote(const NodeId& from, const LineageVote& vote);
  /// The donor's last part is delivered: now everybody has the directory.
  void on_transferred();

  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] bool has_directory() const { return has_directory_; }
  /// Sorted: those who share this node's directory, itself included; where it has none, those who have the one that it
  /// is going to get.
  [[nodiscard]] std::span<const NodeId> peers() const { return peers_; }
  [[nodiscard]] bool is_peer(const NodeId& node) const;
  /// While transferring.
  [[nodiscard]] const NodeId& donor() const { return donor_; }
  void add_to(StateDigest& digest) const { digest.add(view_, phase_, has_directory_, peers_, votes_, donor_); }

 private:
  [[nodiscard]] bool all_votes_are_in() const;
  [[nodiscard]] std::optional<NodeId> surviving_lineage() const;
  void set_peers(std::vector<NodeId> peers);
  LineageDecision decide();

  NodeId self_;
  View view_;
  Phase phase_ = Phase::voting;
  bool has_directory_ = false;
  std::vector<NodeId> peers_;
  std::vector<std::optional<LineageVote>> votes_;  // by rank
  NodeId donor_;
};

}  // namespace hawser
