// What the application at a node has seen: views, messages, and what it sent itself. Diaries are kept once and have
// numbers. What two of them must not say together is LwgChecker's to know; each pair of diaries is read once.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tests/unit/lwg_checker.hpp"

namespace hawser::small {

using DiaryNumber = std::uint32_t;

struct Keeper {
  NodeId node;
  DiaryNumber diary = 0;
  auto operator<=>(const Keeper&) const = default;
};

class Diaries {
 public:
  /// `one_order`: some group may be in total order.
  explicit Diaries(bool one_order) : one_order_(one_order) { number_of({}); }

  DiaryNumber add_view(DiaryNumber diary, const View& control);
  DiaryNumber add_sent(DiaryNumber diary, const std::string& name, std::uint64_t number);
  DiaryNumber add_event(DiaryNumber diary, const LightEvent& event);

  /// What two nodes' diaries say that must never be. Nothing where the pair was read before.
  [[nodiscard]] std::vector<std::string> contradictions(const Keeper& one, const Keeper& other);
  /// What all diaries of live nodes say that must not be the end.
  [[nodiscard]] std::vector<std::string> flaws_at_end(const std::vector<Keeper>& live,
                                                      const std::map<NodeId, std::set<std::string>>& wanted);
  /// How often a group was seen to switch, in all that flaws_at_end() was asked about.
  [[nodiscard]] std::uint64_t moves() const { return moves_; }
  [[nodiscard]] std::size_t size() const { return diaries_.size(); }
  [[nodiscard]] std::size_t pairs() const { return read_.size(); }

 private:
  struct Entry {
    enum class Kind : std::uint8_t { control, sent, event };
    Kind kind = Kind::event;
    View control{};
    std::string name{};  // of the group
    std::uint64_t number = 0;
    LightEvent event{};
  };
  using Diary = std::vector<std::uint32_t>;  // numbers of entries

  DiaryNumber add(DiaryNumber diary, Entry entry);
  DiaryNumber number_of(Diary diary);
  [[nodiscard]] bool commute(const Entry& one, const Entry& other) const;
  void read(const Keeper& keeper, test::LwgChecker& checker) const;
  void settle_sent(const Keeper& keeper, test::LwgChecker& checker) const;

  const bool one_order_;
  std::vector<Entry> entries_;
  std::unordered_map<std::uint64_t, std::uint32_t> entry_numbers_;  // by digest
  std::vector<Diary> diaries_;
  std::map<Diary, DiaryNumber> diary_numbers_;
  std::map<std::pair<DiaryNumber, std::uint32_t>, DiaryNumber> longer_;
  std::set<std::pair<Keeper, Keeper>> read_;
  std::uint64_t moves_ = 0;
};

}  // namespace hawser::small
