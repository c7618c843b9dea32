// What past a topic's contents have in common with what another member has, or had: so that whoever comes back with
// what it had is sent only what is new since.
//
// Contents of one lineage differ by what has been received alone: of two, the one that covers the other's positions has
// all that is in the other, unless something later has taken its place. In fifo order a lineage goes on from view to
// view, since what members keep follows from the set of messages they have received. In total order it also depends on
// their order, on which two that were in one view, and not in the next together, need not agree to the end. There each
// view begins a new one; a donor knows the last few, and whoever has been in one of those views as a member has up to
// its beginning what the donor had then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lwg/light_view.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// Threads: single-threaded.
class TopicLineage {
 public:
  /// Views in total order that a donor knows.
  static constexpr std::size_t kKnownMax = 32;

  /// Nothing is in common with anybody.
  void clear() { ids_.clear(); }
  /// At the view in which it begins.
  void found(const LightView& view) { ids_ = {id_of(view)}; }
  /// Another view in total order.
  void pass(const LightView& view) { add(id_of(view)); }
  /// Something has come that not only adds to what was there: a gap before this message of the node, or these news of
  /// it. Members that take the same such steps, in any order, have the same lineage after them.
  enum class Step : std::uint8_t { gap = 1, news = 2 };
  void branch(Step step, const NodeId& node, std::uint64_t number);
  /// One of another member's, from the earliest to the latest.
  void add(std::uint64_t id);

  [[nodiscard]] bool empty() const { return ids_.empty(); }
  /// 0: none.
  [[nodiscard]] std::uint64_t latest() const { return ids_.empty() ? 0 : ids_.back(); }
  [[nodiscard]] bool has(std::uint64_t id) const;
  /// From the earliest to the latest.
  [[nodiscard]] const std::vector<std::uint64_t>& all() const { return ids_; }

 private:
  static std::uint64_t id_of(const LightView& view);

  std::vector<std::uint64_t> ids_;
};

}  // namespace hawser
