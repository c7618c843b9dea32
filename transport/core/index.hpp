// Finds things by what they carry in themselves, such as a name: one word for each thing, and no copy of the key.
#pragma once

#include <tsl/robin_set.h>

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace hawser {

/// `KeyOf{}(thing)` is its key: unique, and unchanged while the thing is in the index. Things must stay where they are.
/// Never iterated. Threads: single-threaded.
template <typename Thing, typename KeyOf>
class Index {
 public:
  using Key = std::remove_cvref_t<std::invoke_result_t<KeyOf, const Thing&>>;

  Index() { things_.max_load_factor(kFilledMax); }

  /// nullptr where there is none.
  [[nodiscard]] Thing* find(const Key& key) const {
    const auto at = things_.find(key);
    return at == things_.end() ? nullptr : *at;
  }
  /// There must be none with its key.
  void insert(Thing& thing) { things_.insert(&thing); }
  void erase(const Key& key) { things_.erase(key); }
  void clear() { things_.clear(); }

 private:
  static constexpr float kFilledMax = 0.8F;

  struct Hash {
    std::size_t operator()(const Key& key) const { return std::hash<Key>{}(key); }
    std::size_t operator()(const Thing* thing) const { return (*this)(KeyOf{}(*thing)); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Thing* a, const Thing* b) const { return a == b || KeyOf{}(*a) == KeyOf{}(*b); }
    bool operator()(const Thing* thing, const Key& key) const { return KeyOf{}(*thing) == key; }
    bool operator()(const Key& key, const Thing* thing) const { return KeyOf{}(*thing) == key; }
  };
  // With hashes stored, others' keys are hardly ever looked at.
  static constexpr bool kStoresHashes = true;

  tsl::robin_set<Thing*, Hash, Equal, std::allocator<Thing*>, kStoresHashes> things_;
};

}  // namespace hawser
