// What one topic of this node has to send: its own messages, numbered and stamped, and states for newcomers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hawser/topic.hpp"
#include "lwg/light_groups.hpp"
#include "pubsub-api/src/session/payload.hpp"
#include "pubsub-api/src/session/session_parts.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/result.hpp"
#include "transport/core/time.hpp"

namespace hawser {

/// Order is kept among the messages, and among the parts of a state; states go first, since somebody waits for them.
///
/// Messages wait until this node has the topic's state: only then is its Lamport clock past every stamp in it, so that
/// what is published now counts as later than what is retained.
class TopicOutput {
 public:
  /// `name` and `parts` must outlive it.
  TopicOutput(const std::string& name, SessionParts& parts) : name_(name), parts_(parts) {}

  /// Returns the message's number. It goes out at once, or waits: in parts.waiting's bytes.
  /// Errors: would_block  this queue is full, or the one below is.
  Result<std::uint64_t> publish(std::string_view key, const Payload& payload, Time now, LightOutbox& out);
  /// Where to: at every view of the topic.
  void set_group(LightGroupId group) { group_ = group; }
  /// What the topic was told, which counts for what it sends from here on.
  void set_options(const TopicOptions& options) { options_ = options; }
  /// From here on messages go out.
  void open() { open_ = true; }
  /// From here on they wait again.
  void close() { open_ = false; }
  /// While this node waits for the topic to be told what it has declared, messages wait, too: they are to be so.
  void set_undeclared(bool undeclared) { undeclared_ = undeclared; }

  /// Whether publishers are asked to wait: the last word counts.
  void say_flow(bool paused) { flow_word_ = paused; }
  void drop_flow() { flow_word_.reset(); }
  /// What this node has of the state that it waits for.
  void say_want(Buffer want) { want_ = std::move(want); }
  void drop_want() { want_.reset(); }
  void donate(std::vector<Buffer> state);
  /// Nobody waits for a state any more, or another gives it.
  void drop_donations();
  /// What this node brings along goes before its messages.
  void tell_news(std::vector<Buffer> news);
  void drop_news() { news_.clear(); }

  /// Sends what waits. False if the group below is full: nothing of any topic can go out now.
  bool send_waiting(Time now, LightOutbox& out);
  /// Something waits that may go out.
  [[nodiscard]] bool ready() const {
    return flow_word_ || want_ || !donated_.empty() || !news_.empty() || (may_send() && !waiting_.empty());
  }
  /// A message waits, whether it may go out or not; or news do.
  [[nodiscard]] bool has_messages() const { return !waiting_.empty() || !news_.empty(); }

  /// Lamport's rule on receiving.
  void observe(std::uint64_t lamport) { lamport_ = lamport > lamport_ ? lamport : lamport_; }
  /// Of a message with a time: this node's are not before it from here on.
  void observe_time(std::uint64_t time) { time_ = time > time_ ? time : time_; }
  [[nodiscard]] std::uint64_t lamport() const { return lamport_; }
  /// The last number given out, and the last that was sent.
  [[nodiscard]] std::uint64_t published() const { return number_; }
  [[nodiscard]] std::uint64_t sent() const { return waiting_.empty() ? number_ : waiting_.front().number - 1; }

 private:
  struct Waiting {
    std::uint64_t number = 0;
    std::string key;
    Slice payload;
    [[nodiscard]] std::size_t bytes() const { return key.size() + payload.size(); }
  };
  static std::size_t cost_of(std::size_t bytes) { return bytes + kWaitingMessageBytes; }

  Status keep(std::string_view key, const Payload& payload);
  Status send_data(std::uint64_t number, std::string_view key, const Payload& payload, Time now, LightOutbox& out);
  Status send(const Parts& message, Time now, LightOutbox& out);
  // The group below has refused so many bytes for now, and others' too. That members come and go, or that long messages
  // are on their way, concerns this topic alone.
  [[nodiscard]] bool is_below_full(const Status& sent, std::size_t bytes) const;
  bool send_flow(Time now, LightOutbox& out);
  bool send_want(Time now, LightOutbox& out);
  bool send_whole(std::vector<Buffer>& messages, Time now, LightOutbox& out);
  bool send_messages(Time now, LightOutbox& out);

  const std::string& name_;
  SessionParts& parts_;
  LightGroupId group_;
  [[nodiscard]] bool may_send() const { return open_ && !undeclared_ && news_.empty(); }

  bool open_ = false;
  bool undeclared_ = false;
  TopicOptions options_;
  std::uint64_t number_ = 0;
  std::uint64_t lamport_ = 0;
  std::uint64_t time_ = 0;  // milliseconds since 1970: the latest heard of, or sent
  std::optional<bool> flow_word_;
  std::uint64_t flow_words_ = 0;  // sent
  std::optional<Buffer> want_;
  std::vector<Waiting> waiting_;
  std::vector<Buffer> donated_;
  std::vector<Buffer> news_;
};

}  // namespace hawser
