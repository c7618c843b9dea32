// Light-weight groups by id.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/index.hpp"

namespace hawser {

/// Found in constant time, and iterated without a chain of cache misses, for there may be a hundred thousand. Entries
/// stay where they are until they are erased. The order follows from the calls, and means nothing.
template <typename Group>
class GroupTable {
 public:
  static constexpr bool kOrderMeansNothing = true;
  using Entry = std::pair<const LightGroupId, Group>;

 private:
  struct Placed : Entry {
    Placed(LightGroupId id, Group group, std::size_t at) : Entry(id, std::move(group)), place(at) {}
    std::size_t place;  // in `entries_`
  };
  struct IdOf {
    LightGroupId operator()(const Placed& entry) const { return entry.first; }
  };

 public:
  template <typename Value>
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = Value*;
    using reference = Value&;

    explicit Iterator(const std::unique_ptr<Placed>* at) : at_(at) {}
    Value& operator*() const { return **at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator{at_++}; }
    bool operator==(const Iterator&) const = default;

   private:
    const std::unique_ptr<Placed>* at_;
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
  [[nodiscard]] Entry* find(LightGroupId id) { return by_id_.find(id); }
  [[nodiscard]] const Entry* find(LightGroupId id) const { return by_id_.find(id); }

  /// There must be none of this id.
  Entry& insert(LightGroupId id, Group group) {
    Placed& entry = *entries_.emplace_back(std::make_unique<Placed>(id, std::move(group), entries_.size()));
    by_id_.insert(entry);
    return entry;
  }
  /// There must be one.
  void erase(LightGroupId id) { erase_at(by_id_.find(id)->place); }
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
    by_id_.clear();
    entries_.clear();
  }

 private:
  // The last one takes its place.
  void erase_at(std::size_t place) {
    by_id_.erase(entries_[place]->first);
    if (place + 1 < entries_.size()) {
      entries_[place] = std::move(entries_.back());
      entries_[place]->place = place;
    }
    entries_.pop_back();
  }

  std::vector<std::unique_ptr<Placed>> entries_;
  Index<Placed, IdOf> by_id_;
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
