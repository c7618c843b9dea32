// Retained messages in memory: gone with the process.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pubsub-api/src/session/state_store.hpp"

namespace hawser {

/// As big as the application's state: one message a key, however many keys it chooses.
class MemoryTopicStore : public TopicStore {
 public:
  bool fold(const RetainedMessage& message) override;
  void set_unlogged(const RetainedMessage& message) override;
  void clear() override { entries_.clear(); }
  void for_each(const std::function<void(const RetainedMessage&)>& visit) const override;
  [[nodiscard]] std::size_t size() const override { return entries_.size(); }

 private:
  struct Entry {
    std::uint64_t lamport = 0;
    NodeId publisher;
    std::uint64_t number = 0;
    RetainedPayload payload;
    std::uint64_t time = 0;
    bool logged = false;
    bool ordered = false;  ///< by its place in the total order, not by its stamp

    [[nodiscard]] bool is_newer(const RetainedMessage& message) const;
  };
  std::map<std::string, Entry, std::less<>> entries_;  // By key; ordered, so that every member visits alike.
};

class MemoryStore : public StateStore {
 public:
  std::unique_ptr<TopicStore> open(std::string_view /*topic*/) override { return std::make_unique<MemoryTopicStore>(); }
};

}  // namespace hawser
