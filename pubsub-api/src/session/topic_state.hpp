// One topic on this node as a member of its light-weight group: the retained state, how it comes here and goes to
// newcomers, and what local subscribers are handed in which order: snapshot… synced, live…
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lwg/light_groups.hpp"
#include "pubsub-api/src/session/session.hpp"
#include "pubsub-api/src/session/session_parts.hpp"
#include "pubsub-api/src/session/session_store.hpp"
#include "pubsub-api/src/session/state_donations.hpp"
#include "pubsub-api/src/session/state_join_buffer.hpp"
#include "pubsub-api/src/session/state_sync.hpp"
#include "pubsub-api/src/session/state_transfer.hpp"
#include "pubsub-api/src/session/topic_contents.hpp"
#include "pubsub-api/src/session/topic_news.hpp"
#include "pubsub-api/src/session/topic_output.hpp"
#include "pubsub-api/src/session/topic_shadow.hpp"

namespace hawser {

/// Threads: single-threaded.
class TopicState final : public Stored {
 public:
  /// All but `handle` must outlive it.
  TopicState(TopicHandle handle, const std::string& name, SessionParts& parts, TopicOutput& output,
             const std::vector<TopicSubscriber>& subscribers);

  void on_view(const LightViewInstalled& event, Time now, SessionOutbox& out);
  void on_message(const NodeId& sender, Slice message, Time now, SessionOutbox& out);
  /// What the store has of it; nothing where that is nothing. False where that makes no sense: it is left alone.
  bool on_read(std::vector<StoreRecord> records);
  void on_store_failed();
  void write_changes(StoreBatch& batch) override;
  void on_left(const LightViewLeft& event, Time now, SessionOutbox& out);

  /// Whether local subscribers are there to be handed anything.
  void set_heard(bool heard) { heard_ = heard; }
  /// What is wanted of the state, which is here, to this subscriber, or to all. For one of several it is recorded.
  void hand_state(SubscriberId to, const Start& start, bool recorded, Time now, SessionOutbox& out,
                  std::size_t received = 0);

  [[nodiscard]] TopicHandle handle() const { return handle_; }
  [[nodiscard]] bool in_view() const { return sync_.in_view(); }
  [[nodiscard]] bool synced() const { return sync_.synced(); }
  /// There is a store, and what it has of the topic is not known here yet.
  [[nodiscard]] bool unread() const { return unread_ && !is_refused_; }
  /// It has brought something that the others do not have yet, and that no store of this node has.
  [[nodiscard]] bool owes_news() const { return former_ != nullptr && !former_->is_in_store; }
  /// What the topic was told, as of this node's last view of it, or else as its store has it.
  [[nodiscard]] const Configuration& configuration() const { return configuration_; }
  /// … as of its last view.
  [[nodiscard]] bool is_told() const { return is_told_; }
  /// Of what is retained here.
  [[nodiscard]] std::uint64_t digest() const { return contents_.digest(); }
  /// Messages handed to local subscribers.
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }

 private:
  // What is needed only until the state is here.
  struct Joining {
    explicit Joining(ByteBudget& budget) : heard(budget) {}
    StateArrival arrival;
    StateJoinBuffer heard;
    StateCut cut;
    bool owes_want = false;               // Of `cut`.
    LightView view;                       // The latest.
    std::optional<LightView> kept_since;  // The first, from the cut on, in which the topic is to outlive its nodes.
  };

  void set_options(const Configuration& configuration);
  [[nodiscard]] History bounds() const;
  void await(const LightView& view);
  void note_view(const LightView& view);
  void note_view(const LightView& view, Joining& joining) const;
  void note_installed(const StateCut& cut, const Joining& joining);
  void settle_want();
  void keep(const RetainedMessage& message);
  void note_changed();
  void observe(const RetainedMessage& message);
  void on_data(const NodeId& sender, Slice message, Time now, SessionOutbox& out);
  void deliver(HeardMessage message, Time now, SessionOutbox& out);
  void deliver_data(HeardMessage message, Time now, SessionOutbox& out);
  void deliver_news(const HeardMessage& message, Time now, SessionOutbox& out);
  void on_want(const NodeId& newcomer, ByteView message);
  void on_state(const NodeId& donor, const Slice& message, Time now, SessionOutbox& out);
  void install(const Joining& joining, const StateCut& cut, const NodeId& donor, Time now, SessionOutbox& out);
  void install(const StateDifference& difference, Time now, SessionOutbox& out);
  std::size_t install(const StateArrival::Part& part);
  void install(StateItem& item);
  void found(bool state_lost, Time now, SessionOutbox& out);
  void catch_up(StateJoinBuffer& heard, Time now, SessionOutbox& out);
  void donate(const StateCut& cut, Time now);
  void drop_donations();
  void hand_past(const TopicMessage& message, SubscriberId to, bool recorded, Time now, SessionOutbox& out);
  void hand_state_to_all(Time now, SessionOutbox& out, std::size_t received = 0);
  void adopt_former(Time now, SessionOutbox& out);
  void install_former();
  void settle_former();
  void keep_former();
  void drop_shadow();
  void renew_shadow();
  [[nodiscard]] bool is_kept() const;
  TopicPositions& seen();
  void note_own_seen();
  void hand_news(const std::map<std::string, TopicMessage>& changed, Time now, SessionOutbox& out);
  void visit_from(const Start& start, Time now, const TopicValues::Visit& visit) const;
  void visit_last(const TopicValues::Visit& visit) const;

  static TopicMessage copy_of(const RetainedMessage& message);
  void hand(TopicMessage message, Time now, SessionOutbox& out);
  void tell_synced(std::size_t messages, bool state_lost, SessionOutbox& out) const;
  void tell_gap(const TopicGap& gap, Time now, SessionOutbox& out) const;

  TopicHandle handle_;
  const std::string& name_;
  SessionParts& parts_;
  TopicOutput& output_;
  const std::vector<TopicSubscriber>& subscribers_;
  Configuration configuration_;
  bool is_told_ = false;
  TopicOptions options_;
  TopicContents contents_;
  StateSync sync_;
  StateDonations donations_;
  std::unique_ptr<TopicPositions> seen_;    // What is no loss to this node; null where that is what `contents_` cover.
  std::unique_ptr<FormerContents> former_;  // What this node brings along, until the others have it.
  std::uint64_t news_told_ = 0;             // Messages of it.
  std::unique_ptr<TopicShadow> shadow_;     // Where the store is kept in step.
  bool unread_;
  bool is_refused_ = false;           // What the store has of it makes no sense here.
  std::unique_ptr<Joining> joining_;  // While in a view and not synced.
  bool heard_ = false;
  std::uint64_t delivered_ = 0;
};

}  // namespace hawser
