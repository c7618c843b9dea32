#include "pubsub-api/src/trace/trace_group.hpp"

namespace hawser {

Status TracedGroup::multicast(Order order, std::span<const ByteView> parts, Time now, Outbox& out) {
  Status accepted = group_.multicast(order, parts, now, out);
  if (accepted.ok() && trace_ != nullptr) {
    trace_->record({now, trace::HeavySent{group_.id(), order, digest_of(parts)}});
  }
  return accepted;
}

void TracedGroup::record_event(const GroupEvent& event, const View& view, Time now) {
  if (trace_ == nullptr) return;
  if (const auto* installed = std::get_if<ViewInstalled>(&event)) {
    trace_->record({now, trace::HeavyView{installed->group, installed->view, installed->transitional}});
  } else if (const auto* delivered = std::get_if<Delivered>(&event)) {
    HAWSER_CHECK(delivered->sender < view.members.size());
    trace_->record({now, trace::HeavyDelivered{delivered->group, view.members[delivered->sender], delivered->order,
                                               digest_of(delivered->payload.bytes())}});
  }
}

}  // namespace hawser
