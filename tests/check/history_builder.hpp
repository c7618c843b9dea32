// Writes small histories by hand, for tests of the checkers.
//
//   HistoryBuilder run;
//   run.view(1, "A B C").multicasts("A", "m1", "A B");  // C misses it,
//   run.view(2, "A B C");                               // and goes on with the others:
//   EXPECT_THAT(run.broken(), ElementsAre(kHeavy.virtual_synchrony));
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history.hpp"

namespace hawser::check {

/// Nodes are one-word names, made at their first mention; several stand in one string: "A B C". What is not said is
/// filled in as a right run would have it; edit() then makes it wrong.
class HistoryBuilder {
 public:
  using Names = std::string_view;

  // Heavy-weight groups; all in the control group.

  /// All of `who` install a view of these members (of `who` where it is empty).
  HistoryBuilder& view(std::uint64_t epoch, Names who, Names members = {});
  HistoryBuilder& sends(Names sender, Names message, Order order = Order::fifo);
  HistoryBuilder& delivers(Names who, Names sender, Names message, Order order = Order::fifo);
  /// Sends, and all of `who` deliver it.
  HistoryBuilder& multicasts(Names sender, Names message, Names who, Order order = Order::fifo);

  // Light-weight groups; the id goes by the name.

  /// All of `who` install the view of change `number` in their heavy view, with these members (`who` where empty).
  HistoryBuilder& light_view(Names group, std::uint64_t number, Names who, Names members = {});
  /// All of `who` install what a crash left of their light view: themselves.
  HistoryBuilder& light_repair(Names group, Names who);
  HistoryBuilder& light_leaves(Names group, Names who);
  HistoryBuilder& light_sends(Names group, Names sender, Names message);
  HistoryBuilder& light_delivers(Names group, Names who, Names sender, Names message);
  HistoryBuilder& light_multicasts(Names group, Names sender, Names message, Names who);

  // Topics; a topic's light-weight group has its name.

  HistoryBuilder& subscribes(Names topic, Names who);
  HistoryBuilder& unsubscribes(Names topic, Names who);
  /// The publisher's next number.
  HistoryBuilder& publishes(Names topic, Names publisher);
  HistoryBuilder& receives(Names topic, Names who, Names publisher, std::uint64_t number);
  HistoryBuilder& receives_retained(Names topic, Names who, Names publisher, std::uint64_t number);
  /// At the node's current light view.
  HistoryBuilder& takes_state(Names topic, Names donor, std::uint64_t digest);
  HistoryBuilder& installs_state(Names topic, Names joiner, Names donor, std::uint64_t digest);
  HistoryBuilder& sees_gap(Names topic, Names who);
  HistoryBuilder& has_directory(Names who, std::uint64_t digest, bool synced = true);

  // Ends.

  HistoryBuilder& crashes(Names who);
  HistoryBuilder& leaves(Names who);
  /// Their last events were lost.
  HistoryBuilder& truncated(Names who);
  HistoryBuilder& settles();
  /// The next call happens at the same time as the last one.
  HistoryBuilder& at_once();

  /// Changes the node's last event of this kind.
  template <typename Event, typename Change>
  HistoryBuilder& edit(Names node, Change&& change) {
    auto& events = trace_of(node).events;
    for (auto at = events.rbegin(); at != events.rend(); ++at) {
      if (Event* event = std::get_if<Event>(&at->what)) return change(*event), *this;
    }
    return *this;
  }

  [[nodiscard]] static NodeId id(Names node);
  [[nodiscard]] static std::vector<NodeId> ids(Names nodes);
  [[nodiscard]] NodeTrace& trace_of(Names node);
  [[nodiscard]] const History& history() const { return history_; }
  /// The properties that do not hold, sorted.
  [[nodiscard]] std::vector<std::string> broken() const;

 private:
  /// Where a node is.
  struct State {
    std::optional<View> view;
    std::map<std::string, LightView, std::less<>> light;
    std::map<std::string, std::uint64_t, std::less<>> published;
  };
  template <typename Make>
  HistoryBuilder& record(Names who, Make&& make);
  HistoryBuilder& install_light(Names who, const trace::LightViewSeen& seen);
  HistoryBuilder& receive(Names topic, Names who, Names publisher, std::uint64_t number, bool retained);

  History history_;
  std::map<std::string, State, std::less<>> states_;
  Time now_{};
  bool at_once_ = false;
};

}  // namespace hawser::check
