#include "tests/bench/heavy_node.hpp"

#include <utility>

#include "hawser/options.hpp"
#include "transport/io/host_identity.hpp"
#include "transport/io/named_thread.hpp"
#include "transport/io/steady_time.hpp"
#include "transport/link/impairment.hpp"
#include "transport/wire/datagram.hpp"

namespace hawser::bench {
namespace {

// The shares of a Bus: half of the bytes wait for the loop, a quarter for the group's credit.
const std::size_t kQueueBytesMax = Options{}.send_queue_bytes_max / 2;
const std::size_t kGroupQueueBytesMax = Options{}.send_queue_bytes_max / 4;
// Messages that come this far apart are sent one by one, as a Bus does it.
constexpr Duration kRareInterval = std::chrono::microseconds{50};

NodeConfig node_config(const HeavyNodeSpec& spec, const NodeId& self, const UdpMulticast& udp) {
  NodeConfig config;
  config.self = self;
  config.domain = spec.domain;
  config.host = host_identity();
  config.datagram_bytes_max = udp.datagram_bytes_max();
  config.receive_buffer_bytes = udp.receive_buffer_bytes();
  config.send_queue_bytes_max = kGroupQueueBytesMax;
  config.silence_timeout = spec.silence_timeout;
  config.heartbeat_interval = spec.heartbeat_interval;
  return config;
}

// Unicast is asked for when six of a Bus's heartbeats are missing, as there.
Result<LinkConfig> link_config(const HeavyNodeSpec& spec, const NodeId& self) {
  LinkConfig config;
  config.unicast = {
      .self = self, .domain = wire::domain_digest(spec.domain), .multicast_silence = spec.silence_timeout * 3 / 8};
  if (spec.impairment.empty()) return config;
  const auto impairment = parse_impairment(spec.impairment);
  if (!impairment) return impairment.error();
  config.impairment = *impairment;
  config.impairment->seed = random_number();
  return config;
}

}  // namespace

HeavyNode::HeavyNode(const HeavyNodeSpec& spec)
    : queue_(kQueueBytesMax), messages_(topics_.named("messages")), diary_(spec.on_entry) {}

Result<std::unique_ptr<HeavyNode>> HeavyNode::join(const HeavyNodeSpec& spec, std::chrono::milliseconds timeout) {
  std::unique_ptr<HeavyNode> node{new HeavyNode{spec}};
  if (auto started = node->start(spec); !started) return started.error();
  if (auto all = node->in_control_view_.wait_for(spec.members, timeout, "members in the view"); !all) {
    return all.error();
  }
  return node;
}

Status HeavyNode::start(const HeavyNodeSpec& spec) {
  members_ = spec.members;
  auto udp = UdpMulticast::open({.domain = spec.domain, .interface = spec.interface});
  if (!udp) return udp.error();
  self_ = {Incarnation{random_number()}, (*udp)->endpoint()};
  auto link = link_config(spec, self_);
  if (!link) return link.error();
  auto loop = EventLoop::create(std::move(udp).value(), wake_up_, std::move(link).value());
  if (!loop) return loop.error();
  loop_ = std::move(loop).value();
  machine_ = std::make_unique<HeavyMachine>(node_config(spec, self_, loop_->udp()), spec.order,
                                            HeavySurroundings{queue_, diary_, in_control_view_, in_group_view_});
  auto thread = start_thread("heavy-node", [this] {
    EventLoop::Lock lock{mutex_};
    machine_->start(steady_now());
    loop_->run(*machine_, lock);
  });
  if (!thread) return thread.error();
  thread_ = std::move(thread).value();
  return Ok{};
}

HeavyNode::~HeavyNode() {
  if (!thread_.joinable()) return;
  machine_->ask_to_leave();
  wake_up_.force();
  thread_.join();
}

void HeavyNode::listen(std::function<void(ByteView)> on_message) {
  const EventLoop::Lock lock{mutex_};
  machine_->set_handler(std::move(on_message));
}

Status HeavyNode::form_group(Sequencer sequencer, std::chrono::milliseconds timeout) {
  machine_->ask_for_group(sequencer);
  wake_up_.force();
  return in_group_view_.wait_for(members_, timeout, "members in the group");
}

bool HeavyNode::multicast(ByteView payload) {
  const bool taken = queue_.push(messages_, {}, payload).has_value();
  if (taken && wake_up_.may_sleep() && !send_on_this_thread()) wake_up_.notify();
  return taken;
}

// As a Bus does it: where messages are rare and the loop sleeps, waking it would take longer than its work.
bool HeavyNode::send_on_this_thread() {
  const Time now = steady_now();
  const Time before = std::exchange(last_multicast_at_, now);
  if (now - before < kRareInterval) return false;
  const EventLoop::Lock lock{mutex_, std::try_to_lock};
  return lock && loop_->run_inputs(*machine_);
}

NodeCounters HeavyNode::counters() {
  const EventLoop::Lock lock{mutex_};
  return machine_->counters();
}

}  // namespace hawser::bench
