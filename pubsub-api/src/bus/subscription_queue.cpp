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

SubscriptionQueue::SubscriptionQueue(Handlers handlers, std::size_t bytes_max)
    : handlers_(std::move(handlers)), bytes_max_(bytes_max), open_(std::make_unique<SubscriptionBatch>()) {}

// ---- The reactor ----

void SubscriptionQueue::hand_over() {
  if (open_->empty()) return;
  open_->close();
  bool wake = false;
  {
    const std::lock_guard lock{mutex_};
    if (closed_) {
      open_->clear();
      return;
    }
    waiting_bytes_ += open_->bytes();
    waiting_.push_back(std::move(open_));
    while (waiting_bytes_ > bytes_max_ && waiting_.size() > 1) drop_oldest();
    if (!spare_.empty()) {
      open_ = std::move(spare_.back());
      spare_.pop_back();
    }
    wake = std::exchange(consumer_sleeps_, false);
  }
  if (wake) consumer_parker_.unpark();
  if (!open_) open_ = std::make_unique<SubscriptionBatch>();
}

void SubscriptionQueue::drop_oldest() {
  const std::unique_ptr<SubscriptionBatch> batch = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_bytes_ -= batch->bytes();
  for (const SubscriptionItem& item : batch->items()) {
    if (!item.is_message()) {
      notices_.push_back(item);
    } else {
      --item.topic->added;
      if (++item.topic->lost == 1) losers_.push_back(item.topic);
    }
  }
}

// ---- The handler's thread ----

void SubscriptionQueue::run() {
  {
    const std::lock_guard lock{mutex_};
    running_ = true;
    consumer_ = std::this_thread::get_id();
  }
  Portion portion;
  while (take(portion)) tell(portion);
  {
    const std::lock_guard lock{mutex_};
    running_ = false;
  }
  ended_.notify_all();
}

bool SubscriptionQueue::take(Portion& portion) {
  if (portion.batch) portion.batch->clear();
  std::unique_lock lock{mutex_};
  if (portion.batch && spare_.size() < kSpareBatchesMax) spare_.push_back(std::move(portion.batch));
  while (!closed_ && waiting_.empty()) {
    consumer_sleeps_ = true;
    lock.unlock();
    consumer_parker_.park();
    lock.lock();
  }
  if (closed_) return false;
  portion.lost = take_lost();
  portion.notices = std::exchange(notices_, {});
  portion.batch = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_bytes_ -= portion.batch->bytes();
  return true;
}

std::vector<SubscriptionItem> SubscriptionQueue::take_lost() {
  std::vector<SubscriptionItem> gaps;
  for (SubscribedTopic* topic : losers_) {
    SubscriptionItem& gap = gaps.emplace_back();
    gap.kind = SubscriptionItem::Kind::gap;
    gap.cause = Gap::Cause::queue_full;
    gap.topic = topic;
    gap.number = std::exchange(topic->lost, 0);
  }
  losers_.clear();
  return gaps;
}

void SubscriptionQueue::tell(const Portion& portion) {
  for (const SubscriptionItem& gap : portion.lost) call(gap);
  for (const SubscriptionItem& notice : portion.notices) call(notice);
  for (const SubscriptionItem& item : portion.batch->items()) call(item);
}

void SubscriptionQueue::call(const SubscriptionItem& item) {
  if (closed_.load(std::memory_order_relaxed)) return;
  const std::string_view topic = item.topic->name;
  switch (item.kind) {
    case SubscriptionItem::Kind::message:
    case SubscriptionItem::Kind::retained: return call_with_message(item);
    case SubscriptionItem::Kind::synced:
      if (handlers_.on_synced) handlers_.on_synced({topic, item.number, item.state_lost});
      return;
    case SubscriptionItem::Kind::gap:
      if (handlers_.on_gap) handlers_.on_gap({topic, item.cause, item.number});
      return;
    case SubscriptionItem::Kind::watching:
      if (handlers_.on_watching) handlers_.on_watching({topic});
      return;
  }
}

void SubscriptionQueue::call_with_message(const SubscriptionItem& item) {
  Message message;
  message.topic = item.topic->name;
  message.key = {reinterpret_cast<const char*>(item.key), item.key_bytes};
  message.payload = {item.payload, item.payload_bytes};
  message.publisher = names_.of(item.publisher);
  message.number = item.number;
  message.retained = item.kind == SubscriptionItem::Kind::retained;
  handlers_.on_message(message);
  std::atomic<std::uint64_t>& handled = item.topic->handled;
  handled.store(handled.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);  // Nobody else writes it.
}

// ---- Any thread ----

void SubscriptionQueue::close() {
  {
    const std::lock_guard lock{mutex_};
    closed_ = true;
    waiting_.clear();
    waiting_bytes_ = 0;
  }
  consumer_parker_.unpark();
}

void SubscriptionQueue::wait_until_silent() {
  std::unique_lock lock{mutex_};
  if (consumer_ == std::this_thread::get_id()) return;
  ended_.wait(lock, [this] { return !running_; });
}

}  // namespace hawser
