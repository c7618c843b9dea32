// Retained messages in memory: gone with the process.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "pubsub-api/src/session/state_store.hpp"
#include "pubsub-api/src/session/topic_names.hpp"

namespace hawser {

/// As big as the application's state: one message a key, however many keys it chooses.
class MemoryStore : public StateStore {
 public:
  bool fold(std::string_view topic, const RetainedMessage& message) override;
  void clear(std::string_view topic) override;
  void for_each(std::string_view topic, const std::function<void(const RetainedMessage&)>& visit) const override;
  [[nodiscard]] std::size_t size(std::string_view topic) const override;

 private:
  struct Entry {
    std::uint64_t lamport = 0;
    NodeId publisher;
    std::uint64_t number = 0;
    std::vector<std::byte> copy;  ///< the payload, unless it is shared; keeps its capacity from value to value
    Slice shared;                 ///< the payload, where it fills most of its packet anyway
    bool is_shared = false;

    [[nodiscard]] bool is_newer(const RetainedMessage& message) const;
    void set_payload(const RetainedMessage& message);
    [[nodiscard]] ByteView payload() const { return is_shared ? shared.bytes() : ByteView{copy}; }
  };
  using Entries = std::map<std::string, Entry, std::less<>>;  // By key; ordered, so that every member visits alike.

  TopicTable<Entries> topics_;
};

}  // namespace hawser
