#include "tests/bench/heavy_machine.hpp"

#include <algorithm>
#include <variant>

#include "tests/bench/received_stream.hpp"
#include "transport/io/host_identity.hpp"

namespace hawser::bench {
namespace {

constexpr GroupId kGroup{1};
// As the reactor of a Bus takes them in one round, so that figures of groups and of topics compare.
constexpr std::size_t kInputsPerRoundMax = 2048;
constexpr std::size_t kInputBytesPerRoundMax = std::size_t{1} << 18U;

}  // namespace

HeavyMachine::HeavyMachine(const NodeConfig& config, Order order, HeavySurroundings surroundings)
    : around_(surroundings), order_(order), node_(config, Rng{random_number()}) {}

void HeavyMachine::start(Time now) {
  node_.on_start(now, out_);
  hand_up();
}

void HeavyMachine::ask_for_group(Sequencer sequencer) {
  sequencer_ = sequencer;
  group_asked_ = true;
}

void HeavyMachine::on_datagram(Endpoint from, const Buffer& datagram, Time now) {
  node_.on_datagram(from, datagram, now, out_);
  hand_up();
}

void HeavyMachine::on_unreachable(Endpoint endpoint, Time now) {
  node_.on_unreachable(endpoint, now, out_);
  hand_up();
}

void HeavyMachine::on_process_exit(const NodeId& node, Time now) {
  node_.on_process_exit(node, now, out_);
  hand_up();
}

void HeavyMachine::on_timeout(Time now) {
  node_.on_timeout(now, out_);
  hand_up();
}

void HeavyMachine::on_unheard_group(GroupId /*group*/, const Error& why, bool /*by_unicast*/) {
  around_.diary.add({.what = "unheard", .node = why.message, .at_ns = monotonic_ns()});
}

void HeavyMachine::on_round_end(Time now) {
  if (leave_asked_) {
    node_.leave(now, out_);
    is_done_ = true;
  } else {
    form_group(now);
    take_inputs(now);
    node_.flush(now, out_);
  }
  hand_up();
}

void HeavyMachine::form_group(Time now) {
  if (!group_asked_.exchange(false)) return;
  std::vector<NodeId> members = node_.view_of(kControlGroup).members;
  const auto own = std::find(members.begin(), members.end(), node_.self());
  HAWSER_CHECK(own != members.end());
  members.erase(own);
  members.insert(sequencer_ == Sequencer::sender ? members.begin() : members.end(), node_.self());
  HAWSER_CHECK(node_.groups().arrange(kGroup, {}, members, now, out_).ok());  // Nothing else is in that queue.
}

void HeavyMachine::take_inputs(Time now) {
  is_blocked_ = !send_again(now);
  if (is_blocked_) return;
  HeavyGroup* group = node_.groups().find(kGroup);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < kInputsPerRoundMax && bytes < kInputBytesPerRoundMax; ++i) {
    const auto input = around_.queue.front();
    if (!input) break;
    if (group == nullptr || !group->multicast(order_, {&input->payload, 1}, now, out_)) {
      is_blocked_ = true;  // It keeps its place, and has its next chance in the next round.
      break;
    }
    bytes += input->payload.size();
    around_.queue.pop();
  }
  around_.queue.release();
}

// False while some of it has to wait.
bool HeavyMachine::send_again(Time now) {
  HeavyGroup* group = node_.groups().find(kGroup);
  for (; !unsent_.empty(); unsent_.pop_front()) {
    const ByteView payload = unsent_.front().bytes();
    if (group == nullptr || !group->multicast(order_, {&payload, 1}, now, out_)) return false;
  }
  return true;
}

void HeavyMachine::hand_up() {
  while (!out_.events.empty()) {
    events_.clear();
    events_.swap(out_.events);  // An event may bring further ones.
    for (const GroupEvent& event : events_) {
      std::visit([this](const auto& what) { on_event(what); }, event);
    }
  }
}

void HeavyMachine::on_event(const ViewInstalled& event) {
  const std::size_t members = event.view.members.size();
  if (event.group == kControlGroup) {
    for (UnsentMessage& message : node_.groups().resume(event.view.id)) {
      if (message.group == kGroup) unsent_.push_back(std::move(message.payload));
    }
    around_.diary.add({.what = "view", .members = members, .at_ns = monotonic_ns()});
    around_.in_control_view.set(members);
  } else if (event.group == kGroup) {
    around_.in_group_view.set(members);
  }
}

void HeavyMachine::on_event(const Delivered& event) {
  if (event.group == kGroup) on_message_(event.payload.bytes());
}

void HeavyMachine::on_event(const MemberSlow& event) {
  around_.diary.add({.what = "slow", .node = to_string(event.node), .at_ns = monotonic_ns()});
}

void HeavyMachine::on_event(const PeerFailed& event) {
  around_.diary.add(
      {.what = "failed: " + std::string{name_of(event.cause)}, .node = to_string(event.node), .at_ns = monotonic_ns()});
}

}  // namespace hawser::bench
