#include "pubsub-api/src/bus/subscription_queue.hpp"

#include <utility>

namespace hawser {
namespace {

constexpr std::size_t kSpareBatchesMax = 8;

}  // namespace

std::string_view PublisherNames::of(const NodeId& publisher) {
  if (publisher == last_ && !last_name_.empty()) return last_name_;
  if (names_.size() >= kNamesMax && !names_.contains(publisher)) names_.clear();
  auto [at, is_new] = names_.try_emplace(publisher);
  if (is_new) at->second = to_string(publisher);
  last_ = publisher;
  last_name_ = at->second;
  return last_name_;
}

SubscriptionQueue::SubscriptionQueue(Handlers handlers, WhenFull when_full, std::size_t bytes_max,
                                     std::function<void()> on_relief)
    : handlers_(std::move(handlers)),
      on_relief_(std::move(on_relief)),
      when_full_(when_full),
      bytes_max_(bytes_max),
      open_(std::make_unique<SubscriptionBatch>()),
      backlog_(when_full, bytes_max) {}

// ---- The reactor ----

SubscriptionQueue::Wish SubscriptionQueue::hand_over() {
  if (open_->empty()) return Wish::nothing;
  open_->close();
  bool wake = false;
  Wish wished = Wish::nothing;
  {
    const std::lock_guard lock{mutex_};
    if (closed_) {
      open_->clear();
      return Wish::nothing;
    }
    backlog_.push(std::move(open_));
    if (!spare_.empty()) {
      open_ = std::move(spare_.back());
      spare_.pop_back();
    }
    wake = std::exchange(consumer_sleeps_, false);
    wished = wish();
  }
  if (wake) consumer_parker_.unpark();
  if (!open_) open_ = std::make_unique<SubscriptionBatch>();
  return wished;
}

// The other half is for what is on its way when the publishers hear of it.
SubscriptionQueue::Wish SubscriptionQueue::wish() {
  if (backlog_.is_over()) return Wish::end;
  if (when_full_ != WhenFull::block || is_paused_ || backlog_.bytes() <= bytes_max_ / 2) return Wish::nothing;
  is_paused_ = true;
  return Wish::pause;
}

// ---- The handler's thread ----

void SubscriptionQueue::run() {
  {
    const std::lock_guard lock{mutex_};
    running_ = true;
    consumer_ = std::this_thread::get_id();
  }
  SubscriptionPortion portion;
  while (take(portion)) tell(portion);
  {
    const std::lock_guard lock{mutex_};
    running_ = false;
  }
  ended_.notify_all();
}

bool SubscriptionQueue::take(SubscriptionPortion& portion) {
  if (portion.batch) portion.batch->clear();
  std::unique_lock lock{mutex_};
  if (portion.batch && spare_.size() < kSpareBatchesMax) spare_.push_back(std::move(portion.batch));
  while (!closed_ && backlog_.empty()) {
    consumer_sleeps_ = true;
    lock.unlock();
    consumer_parker_.park();
    lock.lock();
  }
  if (closed_) return false;
  portion = backlog_.take();
  note_relief(lock);
  return true;
}

void SubscriptionQueue::note_relief(std::unique_lock<std::mutex>& lock) {
  if (!is_paused_ || backlog_.bytes() > bytes_max_ / 4) return;
  is_paused_ = false;
  lock.unlock();
  if (on_relief_) on_relief_();
}

void SubscriptionQueue::tell(const SubscriptionPortion& portion) {
  for (const SubscriptionNotice& notice : portion.notices) call(notice);
  if (!portion.batch) return;
  for (const SubscriptionItem& item : portion.batch->items()) {
    item.kind == SubscriptionItem::Kind::notice ? call(portion.batch->notice(item)) : call(item);
  }
}

void SubscriptionQueue::call(const SubscriptionNotice& notice) {
  if (closed_.load(std::memory_order_relaxed)) return;
  const std::string_view topic = notice.topic == nullptr ? std::string_view{} : notice.topic->name;
  std::visit([&](const auto& what) { call(topic, what); }, notice.what);
}

void SubscriptionQueue::call(std::string_view topic, const TopicSynced& synced) {
  if (handlers_.on_synced)
    handlers_.on_synced({topic, synced.retained_messages, synced.state_lost, synced.received_messages});
}

void SubscriptionQueue::call(std::string_view topic, const TopicGap& gap) {
  if (!handlers_.on_gap) return;
  const std::string_view publisher = gap.publisher == NodeId{} ? std::string_view{} : names_.of(gap.publisher);
  handlers_.on_gap({topic, gap.cause, gap.messages, publisher, gap.first, gap.last});
}

void SubscriptionQueue::call(std::string_view pattern, const TopicsWatched& /*watched*/) {
  if (handlers_.on_watching) handlers_.on_watching({pattern});
}

void SubscriptionQueue::call(std::string_view /*topic*/, const SubscriptionEnded& /*ended*/) {
  if (handlers_.on_ended) handlers_.on_ended({});
}

void SubscriptionQueue::call(const SubscriptionItem& item) {
  if (closed_.load(std::memory_order_relaxed)) return;
  Message message;
  message.topic = item.topic->name;
  message.key = item.key_text();
  message.payload = {item.payload, item.payload_bytes};
  message.publisher = names_.of(item.publisher);
  message.number = item.number;
  message.retained = item.kind == SubscriptionItem::Kind::retained;
  message.time = std::chrono::system_clock::time_point{std::chrono::milliseconds{item.time}};
  handlers_.on_message(message);
  std::atomic<std::uint64_t>& handled = item.topic->handled;
  handled.store(handled.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);  // Nobody else writes it.
}

// ---- Any thread ----

void SubscriptionQueue::close() {
  {
    const std::lock_guard lock{mutex_};
    closed_ = true;
    backlog_.clear();
  }
  consumer_parker_.unpark();
}

void SubscriptionQueue::wait_until_silent() {
  std::unique_lock lock{mutex_};
  if (consumer_ == std::this_thread::get_id()) return;
  ended_.wait(lock, [this] { return !running_; });
}

}  // namespace hawser
