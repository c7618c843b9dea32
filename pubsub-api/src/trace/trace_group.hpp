// A heavy-weight group whose traffic is put on record for the property checkers, at the interface where it is used.
#pragma once

#include "pubsub-api/src/trace/trace.hpp"
#include "transport/core/events.hpp"
#include "transport/heavy_group.hpp"

namespace hawser {

/// Passes everything on to `group`. `group` and `trace` must outlive it; without a trace nothing is recorded.
class TracedGroup : public HeavyGroup {
 public:
  TracedGroup(HeavyGroup& group, TraceSink* trace) : group_(group), trace_(trace) {}

  [[nodiscard]] GroupId id() const override { return group_.id(); }
  Status multicast(Order order, std::span<const ByteView> parts, Time now, Outbox& out) override;
  [[nodiscard]] std::uint64_t accepted() const override { return group_.accepted(); }
  [[nodiscard]] std::uint64_t stable() const override { return group_.stable(); }

  /// To be called with every event of the group, in order; `view` is the one installed before it.
  void record_event(const GroupEvent& event, const View& view, Time now);

 private:
  HeavyGroup& group_;
  TraceSink* trace_;
};

}  // namespace hawser
