#include "pubsub-api/src/bus/reactor_events.hpp"

#include <utility>

#include "pubsub-api/src/bus/log.hpp"
#include "transport/io/named_thread.hpp"

namespace hawser {

Result<std::unique_ptr<BusEventThread>> BusEventThread::start(Handler handler) {
  std::unique_ptr<BusEventThread> events{new BusEventThread{std::move(handler)}};
  auto thread = start_thread("hawser-events", [raw = events.get()] { raw->run(); });
  if (!thread) return thread.error();
  events->thread_ = std::move(thread).value();
  return events;
}

BusEventThread::~BusEventThread() { stop(); }

void BusEventThread::push(BusEvent event) {
  bool dropped = false;
  {
    const std::lock_guard lock{mutex_};
    dropped = waiting_.size() >= kEventsMax;
    if (dropped) waiting_.pop_front();
    waiting_.push_back(std::move(event));
  }
  changed_.notify_one();
  if (dropped) log().warn("on_event is too slow: an event was dropped");
}

void BusEventThread::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void BusEventThread::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
    if (stopped_) return;
    const BusEvent event = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    handler_(event);
    lock.lock();
  }
}

}  // namespace hawser
