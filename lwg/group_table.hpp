// Light-weight groups by id.
#pragma once

#include <tsl/robin_map.h>

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "transport/core/ids.hpp"

namespace hawser {

/// Found in constant time, and iterated without a chain of cache misses, for there may be a hundred thousand. Entries
/// stay where they are until they are erased. The order follows from the calls, and means nothing.
template <typename Group>
class GroupTable {
 public:
  static constexpr bool kOrderMeansNothing = true;
  using Entry = std::pair<const LightGroupId, Group>;

  template <typename Value>
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = Value*;
    using reference = Value&;

    explicit Iterator(const std::unique_ptr<Entry>* at) : at_(at) {}
    Value& operator*() const { return **at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator{at_++}; }
    bool operator==(const Iterator&) const = default;

   private:
    const std::unique_ptr<Entry>* at_;
  };

  [[nodiscard]] Iterator<Entry> begin() { return Iterator<Entry>{entries_.data()}; }
  [[nodiscard]] Iterator<Entry> end() { return Iterator<Entry>{entries_.data() + entries_.size()}; }
  [[nodiscard]] Iterator<const Entry> begin() const { return Iterator<const Entry>{entries_.data()}; }
  [[nodiscard]] Iterator<const Entry> end() const { return Iterator<const Entry>{entries_.data() + entries_.size()}; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }

  /// In the order of iteration. Whoever goes through the places downwards, with inserting and erasing between its
  /// steps, meets everything that stays; the one that has taken the place of an erased one, perhaps twice.
  [[nodiscard]] const Entry& at(std::size_t place) const { return *entries_[place]; }

  /// nullptr where there is none.
  [[nodiscard]] Entry* find(LightGroupId id) {
    const auto at = by_id_.find(id);
    return at == by_id_.end() ? nullptr : at->second.entry;
  }
  [[nodiscard]] const Entry* find(LightGroupId id) const {
    const auto at = by_id_.find(id);
    return at == by_id_.end() ? nullptr : at->second.entry;
  }
  [[nodiscard]] bool contains(LightGroupId id) const { return by_id_.contains(id); }

  /// There must be none of this id.
  Entry& insert(LightGroupId id, Group group) {
    Entry& entry = *entries_.emplace_back(std::make_unique<Entry>(id, std::move(group)));
    by_id_.emplace(id, Found{&entry, entries_.size() - 1});
    return entry;
  }
  /// There must be one.
  void erase(LightGroupId id) { erase_at(by_id_.at(id).place); }
  /// Erases every group for which `is_over` says so, having been asked once about each.
  template <typename IsOver>
  void erase_if(IsOver is_over) {
    for (std::size_t place = 0; place < entries_.size();) {
      if (!is_over(*entries_[place])) {
        ++place;
      } else {
        erase_at(place);
      }
    }
  }
  void clear() {
    entries_.clear();
    by_id_.clear();
  }

 private:
  struct Found {
    Entry* entry = nullptr;
    std::size_t place = 0;  // in `entries_`
  };

  // The last one takes its place.
  void erase_at(std::size_t place) {
    by_id_.erase(entries_[place]->first);
    if (place + 1 < entries_.size()) {
      entries_[place] = std::move(entries_.back());
      by_id_[entries_[place]->first].place = place;
    }
    entries_.pop_back();
  }

  std::vector<std::unique_ptr<Entry>> entries_;
  tsl::robin_map<LightGroupId, Found> by_id_;  // never iterated
};

/// The same groups, whatever their order.
template <typename Group>
bool operator==(const GroupTable<Group>& a, const GroupTable<Group>& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [id, group] : a) {
    const auto* other = b.find(id);
    if (other == nullptr || !(other->second == group)) return false;
  }
  return true;
}

}  // namespace hawser
