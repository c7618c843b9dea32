#include "lwg/control_queue.hpp"

#include <array>
#include <utility>

#include "transport/core/check.hpp"

namespace hawser {

void ControlQueue::send(Order order, Use use, std::vector<std::byte> message, Time now, Outbox& out) {
  waiting_.push_back({order, use, std::move(message)});
  pump(now, out);
}

void ControlQueue::on_view() {
  std::erase_if(waiting_, [](const Waiting& waiting) { return waiting.use == Use::this_view; });
}

void ControlQueue::pump(Time now, Outbox& out) {
  while (!waiting_.empty()) {
    const Waiting& first = waiting_.front();
    const std::array<ByteView, 1> parts{ByteView{first.message}};
    const Status sent = group_.multicast(first.order, parts, now, out);
    if (!sent.ok()) {
      HAWSER_CHECK(sent.error().code != Errc::too_large);  // That would come back for ever.
      retry_at_ = now + kRetryInterval;
      return;
    }
    waiting_.pop_front();
  }
}

}  // namespace hawser
