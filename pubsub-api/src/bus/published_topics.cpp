#include "pubsub-api/src/bus/published_topics.hpp"

namespace hawser {
namespace {

PublishedTopic* find_in(PublishedTopic* chain, std::string_view name) {
  while (chain != nullptr && chain->name != name) chain = chain->next_in_bucket;
  return chain;
}

}  // namespace

PublishedTopics::~PublishedTopics() {
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const PublishedTopic* topic = buckets_[i].load(std::memory_order_relaxed);
    while (topic != nullptr) {
      const std::unique_ptr<const PublishedTopic> gone{topic};
      topic = topic->next_in_bucket;
    }
  }
}

PublishedTopic& PublishedTopics::named(std::string_view name) {
  std::atomic<PublishedTopic*>& bucket = bucket_of(name);
  PublishedTopic* first = bucket.load(std::memory_order_acquire);
  if (PublishedTopic* known = find_in(first, name)) return *known;

  auto fresh = std::make_unique<PublishedTopic>(name);
  fresh->next_in_bucket = first;
  while (!bucket.compare_exchange_weak(fresh->next_in_bucket, fresh.get(), std::memory_order_acq_rel,
                                       std::memory_order_acquire)) {
    // Another thread was faster: with this very name, perhaps.
    if (PublishedTopic* known = find_in(fresh->next_in_bucket, name)) return *known;
  }
  return *fresh.release();
}

const PublishedTopic* PublishedTopics::find(std::string_view name) const {
  return find_in(bucket_of(name).load(std::memory_order_acquire), name);
}

void PublishedTopics::for_each(const std::function<void(const PublishedTopic&)>& visit) const {
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const PublishedTopic* topic = buckets_[i].load(std::memory_order_acquire);
    for (; topic != nullptr; topic = topic->next_in_bucket) visit(*topic);
  }
}

}  // namespace hawser
