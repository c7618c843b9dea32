#include "transport/io/event_loop.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <span>

#include "transport/io/steady_time.hpp"
#include "transport/io/system_error.hpp"

namespace hawser {
namespace {

// epoll's data for a descriptor: what it is, above the descriptor's number.
constexpr unsigned kTagShift = 32;
constexpr std::uint64_t kTagUnicast = std::uint64_t{1} << kTagShift;
constexpr std::uint64_t kTagGroup = std::uint64_t{2} << kTagShift;
constexpr std::uint64_t kTagWakeUp = std::uint64_t{3} << kTagShift;
constexpr std::uint64_t kTagProcess = std::uint64_t{4} << kTagShift;
constexpr std::uint64_t kTagMask = ~std::uint64_t{0} << kTagShift;

// Of one socket in one round. What is left stays in the socket, and the next round follows at once; meanwhile timers,
// acknowledgements and the application get their turn.
constexpr std::size_t kDatagramsPerRoundMax = 64;

// Peers come and go with views, so looking more often would find nothing new.
constexpr Duration kProcessWatchInterval = std::chrono::milliseconds{20};

// Somebody may have raised the limit.
constexpr Duration kJoinAgainInterval = std::chrono::seconds{5};

timespec to_timespec(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {static_cast<time_t>(seconds.count()), static_cast<long>((duration - seconds).count())};
}

}  // namespace

Result<std::unique_ptr<EventLoop>> EventLoop::create(std::unique_ptr<UdpMulticast> udp, WakeUp& wake_up,
                                                     LinkConfig link) {
  std::unique_ptr<EventLoop> loop{new EventLoop{std::move(udp), wake_up, std::move(link)}};
  if (!loop->epoll_ || !wake_up.descriptor()) return system_error("cannot open a descriptor for the event loop");
  if (auto added = loop->watch(wake_up.descriptor().get(), EPOLLIN | EPOLLET, kTagWakeUp); !added) {
    return added.error();
  }
  if (auto added = loop->watch(loop->udp_->unicast_socket(), EPOLLIN, kTagUnicast); !added) return added.error();
  if (auto joined = loop->join(kControlGroup); !joined) return joined.error();
  loop->fanout_.on_start(steady_now(), loop->link_out_);
  return loop;
}

EventLoop::EventLoop(std::unique_ptr<UdpMulticast> udp, WakeUp& wake_up, LinkConfig link)
    : udp_(std::move(udp)),
      wake_up_(wake_up),
      fanout_(std::move(link.unicast)),
      impairment_(link.impairment ? std::optional<Impairment>{*link.impairment} : std::nullopt),
      recorder_(link.recorder),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      processes_(epoll_.get(), kTagProcess) {}

Status EventLoop::join(GroupId group) {
  if (udp_->group_socket(group) >= 0) return Ok{};
  if (auto joined = udp_->join(group); !joined) return joined;
  if (udp_->group_socket(group) < 0) return Ok{};  // There is no multicast.
  const Status watched = watch(udp_->group_socket(group), EPOLLIN, kTagGroup);
  if (!watched) udp_->leave(group);
  return watched;
}

void EventLoop::leave(GroupId group) {
  refused_.erase(group);
  udp_->leave(group);
}

void EventLoop::join_refused(Time now) {
  if (now < join_again_at_) return;
  std::erase_if(refused_, [&](GroupId group) {
    if (!join(group)) return false;
    fanout_.on_heard_group(group, link_out_);
    return true;
  });
  join_again_at_ = refused_.empty() ? kNever : now + kJoinAgainInterval;
}

Status EventLoop::watch(int descriptor, std::uint32_t events, std::uint64_t tag) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag | static_cast<std::uint64_t>(descriptor);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0) return Ok{};
  return system_error("cannot watch a descriptor");
}

void EventLoop::run(LoopMachine& machine, Lock& lock) {
  while (!machine.is_done()) run_round(machine, lock);
}

void EventLoop::run_round(LoopMachine& machine, Lock& lock) {
  sleep(machine, lock);
  if (machine.is_done()) return send(machine);  // Another thread's run_inputs() has made it so.
  const Time now = steady_now();
  // Datagrams before timeouts: after a stall, what waits in the sockets shows that the others are alive.
  bool all_read = true;
  for (std::size_t i = 0; i < ready_count_; ++i) all_read = handle(ready_[i], machine, now) && all_read;
  release_impaired(machine, now);
  machine.set_backlog(!all_read, now);
  run_link_timers(machine, now);
  if (machine.next_deadline() <= now) machine.on_timeout(now);
  update_process_watch(machine, now);
  machine.on_round_end(now);
  send(machine);
}

bool EventLoop::run_inputs(LoopMachine& machine) {
  const Time now = steady_now();
  if (machine.is_done() || next_deadline(machine) <= now) return false;
  machine.on_round_end(now);
  hear(machine);
  route(machine);
  const bool all_sent = send_what_fits(control_) && send_what_fits(data_);
  const bool has_input = machine.accepts_input() && machine.has_input();
  if (!all_sent || has_input || machine.is_done() || next_deadline(machine) < sleeps_until_) wake_up_.force();
  return true;
}

void EventLoop::sleep(LoopMachine& machine, Lock& lock) {
  bool has_work = false;
  if (machine.accepts_input()) {
    has_work = machine.has_input();
    if (!has_work) {
      wake_up_.announce_sleep();
      has_work = machine.has_input();
    }
  }
  sleeps_until_ = has_work ? Time::min() : next_deadline(machine);
  lock.unlock();
  const int count = wait(sleeps_until_);
  wake_up_.awake();
  lock.lock();
  ready_count_ = count > 0 ? static_cast<std::size_t>(count) : 0;
}

int EventLoop::wait(Time deadline) {
  const auto room = static_cast<int>(ready_.size());
  if (deadline == kNever) return ::epoll_wait(epoll_.get(), ready_.data(), room, -1);
  const Duration left = deadline == Time::min() ? Duration::zero() : deadline - steady_now();
  if (left <= Duration::zero()) return ::epoll_wait(epoll_.get(), ready_.data(), room, 0);
  const timespec timeout = to_timespec(left);
  const int count = ::epoll_pwait2(epoll_.get(), ready_.data(), room, &timeout, nullptr);
  if (count >= 0 || errno != ENOSYS) return count;
  // Before Linux 5.11: whole milliseconds, rounded up so that the deadline has come.
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return ::epoll_wait(epoll_.get(), ready_.data(), room, static_cast<int>(milliseconds));
}

bool EventLoop::handle(const epoll_event& event, LoopMachine& machine, Time now) {
  const int descriptor = static_cast<int>(event.data.u64 & ~kTagMask);
  switch (event.data.u64 & kTagMask) {
    case kTagUnicast:
      if ((event.events & EPOLLERR) != 0) report_unreachable(machine, now);
      return receive(descriptor, std::nullopt, machine, now);
    case kTagGroup: return receive(descriptor, udp_->group_of(descriptor), machine, now);
    case kTagProcess:
      if (const auto node = processes_.take_exited(descriptor)) machine.on_process_exit(*node, now);
      return true;
    default: return true;  // The wake-up has done its work by waking.
  }
}

bool EventLoop::receive(int socket, std::optional<GroupId> group, LoopMachine& machine, Time now) {
  std::size_t taken = 0;
  std::size_t count = 0;
  do {
    count = udp_->receive(socket, received_);
    for (ReceivedDatagram& datagram : received_) datagram.group = group;
    if (impairment_) {
      for (ReceivedDatagram& datagram : received_) impairment_->on_datagram(std::move(datagram), now);
      received_.clear();
    } else {
      hand_over(received_, machine, now);
    }
    taken += count;
  } while (count == udp_->receive_batch_size() && taken < kDatagramsPerRoundMax);
  return count < udp_->receive_batch_size();
}

void EventLoop::hand_over(std::vector<ReceivedDatagram>& datagrams, LoopMachine& machine, Time now) {
  for (const ReceivedDatagram& datagram : datagrams) {
    if (recorder_ != nullptr) recorder_->on_received(datagram, now);
    if (!fanout_.on_datagram(datagram, now, link_out_)) machine.on_datagram(datagram.from, datagram.bytes, now);
  }
  datagrams.clear();
}

void EventLoop::release_impaired(LoopMachine& machine, Time now) {
  if (!impairment_ || impairment_->next_deadline() > now) return;
  impairment_->release(now, released_);
  hand_over(released_, machine, now);
}

void EventLoop::run_link_timers(LoopMachine& machine, Time now) {
  join_refused(now);
  if (fanout_.next_deadline() > now) return;
  fanout_.on_timeout(now, link_out_);
  for (const ReachChange& change : fanout_.take_changes()) machine.on_reach_change(change);
}

Time EventLoop::next_deadline(const LoopMachine& machine) const {
  const Time held = impairment_ ? impairment_->next_deadline() : kNever;
  return std::min({machine.next_deadline(), fanout_.next_deadline(), held, join_again_at_});
}

void EventLoop::report_unreachable(LoopMachine& machine, Time now) {
  udp_->read_unreachable(unreachable_);
  for (const Endpoint endpoint : unreachable_) machine.on_unreachable(endpoint, now);
  unreachable_.clear();
}

void EventLoop::update_process_watch(LoopMachine& machine, Time now) {
  if (now < processes_due_) return;
  processes_due_ = now + kProcessWatchInterval;
  processes_.set(machine.peers_on_this_host(), exited_);
  for (const NodeId& node : exited_) machine.on_process_exit(node, now);
  exited_.clear();
}

void EventLoop::hear(LoopMachine& machine) {
  std::vector<AddressChange>& changes = machine.outbox().addresses;
  for (const AddressChange& change : changes) {
    if (!change.hears) {
      leave(change.group);
    } else if (const Status joined = join(change.group); !joined) {
      refused_.insert(change.group);
      join_again_at_ = std::min(join_again_at_, steady_now() + kJoinAgainInterval);
      fanout_.on_unheard_group(change.group);
      machine.on_unheard_group(change.group, joined.error(), fanout_.greets());
    }
    fanout_.on_address_change(change, link_out_);
  }
  changes.clear();
}

bool EventLoop::send_what_fits(std::vector<OutboundDatagram>& datagrams) {
  const std::size_t done = udp_->send_what_fits(datagrams);
  datagrams.erase(datagrams.begin(), datagrams.begin() + static_cast<std::ptrdiff_t>(done));
  return datagrams.empty();
}

void EventLoop::route(LoopMachine& machine) {
  Outbox& outbox = machine.outbox();
  take_to(control_, outbox.control);
  take_to(control_, link_out_.control);
  take_to(data_, outbox.data);
}

void EventLoop::take_to(std::vector<OutboundDatagram>& routed, std::vector<OutboundDatagram>& datagrams) {
  if (datagrams.empty()) return;
  const std::size_t before = routed.size();
  fanout_.route(datagrams, routed);
  if (recorder_ != nullptr) recorder_->on_sent(std::span{routed}.subspan(before), steady_now());
}

void EventLoop::send(LoopMachine& machine) {
  hear(machine);
  route(machine);
  if (!control_.empty()) udp_->send(control_);
  if (!data_.empty()) udp_->send(data_);
  control_.clear();
  data_.clear();
}

}  // namespace hawser
