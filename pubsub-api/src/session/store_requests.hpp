// What a session asks of the node's store, and what it hears of it. The store is a map from bytes to bytes, in the
// order of keys; its layout is the session's (store_layout.hpp).
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace hawser {

struct StoreRecord {
  std::string key;
  std::string value;
};

/// The keys from `first` on that are below `end`.
struct StoreRange {
  std::string first;
  std::string end;
};

/// One change, all or nothing: first what is erased, then what is put.
struct StoreBatch {
  std::vector<StoreRange> erased_ranges;
  std::vector<std::string> erased;
  std::vector<StoreRecord> puts;

  [[nodiscard]] bool empty() const { return erased_ranges.empty() && erased.empty() && puts.empty(); }
};

/// Carries out the batch; with `sync`, it and all before it are to outlive the machine's crash when it is answered.
struct StoreWrite {
  StoreBatch batch;
  bool sync = false;
};
/// All records of a range of keys, in their order, for each of these topics.
struct StoreRead {
  struct Wanted {
    std::string topic;
    StoreRange range;
  };
  std::vector<Wanted> topics;
};
/// To be carried out in order; each is answered, in order, unless the store fails.
using TopicStoreRequest = std::variant<StoreWrite, StoreRead>;

/// The answer to a StoreRead, in its order.
struct StoredTopic {
  std::string topic;
  std::vector<StoreRecord> records;
};

}  // namespace hawser
