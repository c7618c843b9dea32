#include "lwg/control_queue.hpp"

#include <array>
#include <utility>

#include "transport/core/check.hpp"

namespace hawser {

void ControlQueue::send(GroupId heavy, Order order, std::vector<std::byte> message, Time now, Outbox& out) {
  waiting_.emplace_back(Message{heavy, order, std::move(message)});
  pump(now, out);
}

void ControlQueue::arrange(GroupId heavy, std::vector<NodeId> old_members, std::vector<NodeId> members, Time now,
                           Outbox& out) {
  waiting_.emplace_back(Arrangement{heavy, std::move(old_members), std::move(members)});
  pump(now, out);
}

void ControlQueue::pump(Time now, Outbox& out) {
  while (!waiting_.empty()) {
    const Status sent = std::visit([&](const auto& first) { return try_send(first, now, out); }, waiting_.front());
    if (!sent.ok()) {
      HAWSER_CHECK(sent.error().code != Errc::too_large);  // That would come back for ever.
      retry_at_ = now + kRetryInterval;
      return;
    }
    waiting_.pop_front();
  }
}

// A group that this node is not in any more has no use for its word.
Status ControlQueue::try_send(const Message& message, Time now, Outbox& out) {
  HeavyGroup* group = message.heavy == kControlGroup ? &groups_.control() : groups_.find(message.heavy);
  if (group == nullptr) return Ok{};
  const std::array<ByteView, 1> parts{ByteView{message.bytes}};
  return group->multicast(message.order, parts, now, out);
}

Status ControlQueue::try_send(const Arrangement& arrangement, Time now, Outbox& out) {
  return groups_.arrange(arrangement.heavy, arrangement.old_members, arrangement.members, now, out);
}

}  // namespace hawser
