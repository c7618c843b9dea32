// What is sent in the views of a MemoryCluster, and what those who leave a control view together must have of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tests/unit/memory_choices.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/view.hpp"

namespace hawser::test {

using MemoryPlace = std::pair<Rank, std::size_t>;  // a total message: its sender, and its number there

struct MemoryArrangement {
  GroupId group;
  std::vector<NodeId> old_members;
  std::vector<NodeId> members;
};

struct MemoryEntry {
  Buffer message;
  bool bulk = false;
  std::uint64_t as = 0;                            // which of its sender's messages in the group
  std::optional<MemoryArrangement> arrangement{};  // instead of a message
};

/// One view of one group, and all that is sent in it. Vectors are by rank.
struct MemoryStretch {
  struct Stream {
    std::vector<MemoryEntry> fifo;
    std::vector<MemoryEntry> total;
    std::size_t ordered = 0;   // of `total`
    std::size_t fifo_out = 0;  // so many have gone out for certain; the rest, where somebody has heard it
    std::size_t total_out = 0;
  };
  struct Received {
    std::size_t fifo = 0;
    std::size_t total = 0;
  };

  explicit MemoryStretch(View of)
      : view(std::move(of)),
        streams(view.members.size()),
        closed(view.members.size()),
        entered(view.members.size()),
        abandoned(view.members.size()),
        received(view.members.size(), std::vector<Received>(view.members.size())),
        total_at(view.members.size()) {}

  /// Every member of the view before is here: until then nobody sends.
  [[nodiscard]] bool is_open() const;
  /// All members' streams have ended, and `member` has heard all of them.
  [[nodiscard]] bool is_over_for(Rank member) const;
  /// A total message has no place in the order yet.
  [[nodiscard]] bool has_unordered() const;

  View view;
  std::vector<Rank> came_from;  // members of the view before, where this one was arranged
  std::vector<Stream> streams;
  std::vector<bool> closed;                     // sends nothing more
  std::vector<bool> entered;                    // has, or had, this view
  std::vector<bool> abandoned;                  // and dropped the group in it
  std::vector<std::vector<Received>> received;  // [by][of]
  std::vector<MemoryPlace> order;               // of total messages, as far as somebody has delivered them
  std::vector<std::size_t> total_at;            // so many of these each member has delivered
};

/// A message that went out.
struct MemorySent {
  std::shared_ptr<const MemoryStretch> stretch;
  Rank rank;
  bool is_total;
  std::size_t number;
  std::uint64_t as;  // which of those that it accepted

  [[nodiscard]] bool is_everywhere() const;
};

/// One control view, and the views of all groups in it.
struct MemoryRun {
  explicit MemoryRun(View view) : control(std::make_shared<MemoryStretch>(std::move(view))) {}

  std::shared_ptr<MemoryStretch> stretch_of(const View& view, const std::vector<NodeId>& old_members = {});

  std::shared_ptr<MemoryStretch> control;
  std::map<ViewId, std::shared_ptr<MemoryStretch>> stretches;  // of the other groups
  bool certain = false;  // somebody has installed it, or delivered what is only ordered if it is
};

/// What those who go on together deliver before they do.
struct MemoryCut {
  struct Stretch {
    std::vector<MemoryPlace> order;
    std::size_t common = 0;         // so many of `order` had been delivered by one of them already
    std::vector<std::size_t> ends;  // fifo, by rank
    std::vector<NodeId> reached_by;
  };
  std::map<ViewId, Stretch> stretches;  // views that one of them has reached

  /// One of those who come along, of `from` where that is a view, has reached `next`.
  [[nodiscard]] bool reaches(const View& next, const View* from) const;
  /// nullptr where nobody has reached it.
  [[nodiscard]] const Stretch* of(ViewId view) const {
    const auto at = stretches.find(view);
    return at == stretches.end() ? nullptr : &at->second;
  }
};

/// Of `movers`, those in `run` are `present`. Without `adversary`, only what one of these has delivered is saved of
/// what those who stay behind sent.
[[nodiscard]] MemoryCut cut_of(const MemoryRun& run, const std::vector<NodeId>& movers,
                               const std::vector<NodeId>& present, MemoryChoices* adversary);

}  // namespace hawser::test
