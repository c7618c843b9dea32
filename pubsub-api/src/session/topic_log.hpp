// A topic's history: its newest messages, within bounds. Every member that has received the same keeps the same.
//
// In total order they stand as they came, and what is oldest goes first. In fifo order, in which members hear two
// publishers' messages in different orders, they stand by (time, lamport, publisher), where a publisher's time is never
// behind what it has heard. What goes is always a beginning of that, and nothing comes back behind what has gone (the
// *floor*): so what is kept follows from the set of messages received, whatever their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <tuple>
#include <vector>

#include "hawser/topic.hpp"
#include "pubsub-api/src/session/retained_message.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// Nothing is too much.
inline constexpr History kUnbounded{.messages = UINT64_MAX, .bytes = UINT64_MAX, .age = {}};

/// Threads: single-threaded.
class TopicLog {
 public:
  /// What members must agree on besides the messages.
  struct Floor {
    std::uint64_t time = 0;  ///< of the highest that has gone, by (time, lamport, publisher)
    std::uint64_t lamport = 0;
    NodeId publisher;
    std::uint64_t newest = 0;  ///< the highest time of any message
  };
  using Dropped = std::function<void(const RetainedMessage&)>;

  /// Places in total order begin in the middle of these, and go to both sides.
  static constexpr std::uint64_t kPlaceMin = std::uint64_t{1} << 32U;
  static constexpr std::uint64_t kPlaceMax = std::uint64_t{1} << 63U;
  static constexpr std::uint64_t kMiddle = std::uint64_t{1} << 62U;
  /// Counted for each message besides its key and payload.
  static constexpr std::size_t kMessageBytes = 64;

  void set_bounds(const History& bounds) { bounds_ = bounds; }
  /// Drops what is out of bounds: add() does that, too.
  void trim(const Dropped& dropped);
  /// A message that was sent while the topic keeps a history. Calls `dropped` for those that go, maybe this one too.
  void add(const RetainedMessage& message, const Dropped& dropped);
  /// One that came late in total order, and is not the last of its key: as if it had come before all that is here, so
  /// that the last of a key in the history's order is the last of it.
  void add_before(const RetainedMessage& message, const Dropped& dropped);
  /// From the oldest on, those for which `goes` is true; they do not count as gone out of bounds.
  void drop_if(const std::function<bool(const RetainedMessage&)>& goes, const Dropped& dropped);
  void clear();
  /// All that is here is in total order from here on, or none of it. True where that makes a difference.
  bool set_ordered(bool ordered);

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  /// As the bounds count them.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] const Floor& floor() const { return floor_; }
  /// As another member has it, before its messages are added.
  void raise_floor(const Floor& floor);
  /// Adds the messages of a log of what was received after everything here, with the same bounds.
  void append(const TopicLog& later, const Dropped& dropped);
  /// From the oldest on. What it is shown stays valid until the next change.
  void for_each(const std::function<void(const RetainedMessage&)>& visit) const;
  /// Only where it is not empty; valid as long.
  [[nodiscard]] RetainedMessage last() const { return entries_.back().message(); }

  /// From here on, what changes is noted for take_changed(); what is there now is not news.
  void track_changes();
  void stop_tracking();
  using Added = std::function<void(const RetainedMessage&)>;
  /// Without key and payload. `all_before`: it stands for all that were before it, too.
  using Gone = std::function<void(const RetainedMessage&, bool all_before)>;
  /// Shows what is new since the last call, and what has gone of what was there then.
  void take_changed(const Added& added, const Gone& gone);

 private:
  struct Entry {
    std::uint64_t time = 0;
    std::uint64_t lamport = 0;
    NodeId publisher;
    std::uint64_t number = 0;
    bool ordered = false;
    bool seen = false;        ///< by take_changed()
    std::uint64_t order = 0;  ///< RetainedMessage::place
    std::string key;
    RetainedPayload payload;

    [[nodiscard]] auto place() const { return std::tie(time, lamport, publisher); }
    [[nodiscard]] RetainedMessage message() const;
    [[nodiscard]] std::size_t bytes() const { return kMessageBytes + key.size() + payload.bytes().size(); }
  };

  using Entries = std::list<Entry>;
  void insert(Entries::const_iterator at, const RetainedMessage& message, std::uint64_t place, const Dropped& dropped);
  [[nodiscard]] bool is_over() const;
  void drop_oldest(const Dropped& dropped);
  enum class Turn { oldest, any };
  Entries::iterator erase(Entries::iterator at, Turn turn, const Dropped& dropped);
  void note_gone(const Entry& entry, Turn turn);

  History bounds_;
  Entries entries_;  // costs nothing while empty, as it mostly is
  std::size_t bytes_ = 0;
  Floor floor_;
  bool dropped_ordered_ = false;         // since the last clear()
  std::uint64_t first_place_ = kMiddle;  // of those in total order: the next one before all
  std::uint64_t next_place_ = kMiddle + 1;
  bool tracked_ = false;
  std::size_t unseen_ = 0;             // of entries_, while tracked
  std::vector<RetainedMessage> gone_;  // seen ones, the oldest at their time
  bool all_gone_ = false;              // The last of gone_ stands for all before it.
  std::vector<RetainedMessage> gone_out_of_turn_;
};

/// A digest of the log and its floor: equal on members that have the same.
[[nodiscard]] std::uint64_t digest_of_log(const TopicLog& log);

}  // namespace hawser
