#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/no_more_descriptors.hpp"
#include "transport/io/event_loop.hpp"
#include "transport/io/host_identity.hpp"
#include "transport/io/named_thread.hpp"
#include "transport/io/steady_time.hpp"
#include "transport/wire/packer.hpp"

namespace hawser {
namespace {

using namespace std::chrono_literals;

std::string domain_of_test() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  return std::string{test->name()} + std::to_string(::getpid());
}

/// Writes down what the loop tells it, and is done when `is_enough` says so or a bound has passed.
class RecordingMachine : public LoopMachine {
 public:
  std::function<bool()> is_enough = [] { return false; };
  std::function<void(Time)> at_round_end = [](Time) {};
  std::vector<std::string> datagrams;
  std::vector<Endpoint> unreachable;
  std::vector<GroupId> unheard;
  std::string why_unheard;
  std::vector<NodeId> exited;
  std::vector<std::pair<NodeId, HostIdentity>> peers;
  Time deadline = kNever;
  int timeouts = 0;
  bool had_backlog = false;
  std::atomic<int> inputs{0};
  std::atomic<int> taken{0};  ///< of the inputs
  bool accepts = true;

  void on_datagram(Endpoint, const Buffer& datagram, Time) override {
    datagrams.emplace_back(reinterpret_cast<const char*>(datagram.data()), datagram.size());
  }
  void on_unreachable(Endpoint endpoint, Time) override { unreachable.push_back(endpoint); }
  void on_process_exit(const NodeId& node, Time) override { exited.push_back(node); }
  void on_unheard_group(GroupId group, const Error& why, bool) override {
    unheard.push_back(group);
    why_unheard = why.message;
  }
  void on_timeout(Time now) override {
    if (now >= bound_) return;
    ++timeouts;
    deadline = kNever;
  }
  void set_backlog(bool waiting, Time) override { had_backlog = had_backlog || waiting; }
  [[nodiscard]] Time next_deadline() const override { return std::min(deadline, bound_); }
  void on_round_end(Time now) override {
    if (accepts) taken += inputs.exchange(0);
    at_round_end(now);
  }
  Outbox& outbox() override { return outbox_; }
  [[nodiscard]] bool has_input() const override { return inputs.load() > 0; }
  [[nodiscard]] bool accepts_input() const override { return accepts; }
  [[nodiscard]] bool is_done() const override { return is_enough() || steady_now() >= bound_; }
  [[nodiscard]] std::vector<std::pair<NodeId, HostIdentity>> peers_on_this_host() override { return peers; }

  [[nodiscard]] bool ran_out_of_time() const { return steady_now() >= bound_; }

 private:
  Outbox outbox_;
  Time bound_ = steady_now() + 20s;  // Far beyond what anything here takes.
};

struct Loop {
  explicit Loop(LinkConfig wanted = {}) : link(std::move(wanted)) {}

  LinkConfig link;
  WakeUp wake_up;
  Endpoint endpoint;
  std::unique_ptr<EventLoop> loop = open();
  std::mutex mutex;

  void run(LoopMachine& machine) {
    EventLoop::Lock lock{mutex};
    loop->run(machine, lock);
  }
  void run_round(LoopMachine& machine) {
    EventLoop::Lock lock{mutex};
    loop->run_round(machine, lock);
  }

  std::unique_ptr<EventLoop> open() {
    auto udp = UdpMulticast::open({.domain = domain_of_test(), .multicast = link.unicast.sends_multicast});
    EXPECT_TRUE(udp.ok());
    endpoint = (*udp)->endpoint();
    auto made = EventLoop::create(std::move(udp).value(), wake_up, link);
    EXPECT_TRUE(made.ok());
    return std::move(made).value();
  }
};

OutboundDatagram datagram_to(Destination destination, std::string_view text) {
  return {destination, Buffer::copy_of(std::as_bytes(std::span{text}))};
}

TEST(IoEventLoop, CallsTheMachineWhenItsDeadlineHasCome) {
  Loop loop;
  RecordingMachine machine;
  const Time deadline = steady_now() + 2ms;
  machine.deadline = deadline;
  machine.is_enough = [&] { return machine.timeouts > 0; };
  loop.run(machine);
  EXPECT_EQ(machine.timeouts, 1);
  EXPECT_GE(steady_now(), deadline);
}

TEST(IoEventLoop, SendsControlBeforeData) {
  Loop a;
  Loop b;
  RecordingMachine sender;
  sender.outbox().data.push_back(datagram_to(Destination::to_group(kControlGroup), "data"));
  sender.outbox().control.push_back(datagram_to(Destination::to_group(kControlGroup), "control"));
  sender.deadline = Time{};
  a.run_round(sender);
  EXPECT_TRUE(sender.outbox().control.empty());
  EXPECT_TRUE(sender.outbox().data.empty());

  RecordingMachine receiver;
  receiver.is_enough = [&] { return receiver.datagrams.size() == 2; };
  b.run(receiver);
  EXPECT_EQ(receiver.datagrams, (std::vector<std::string>{"control", "data"}));
}

TEST(IoEventLoop, HandsOverWhatIsDelayedWhenItsTimeHasCome) {
  Loop a;
  Loop b{LinkConfig{.unicast = {}, .impairment = ImpairmentConfig{.delay = 5ms}}};
  RecordingMachine sender;
  sender.outbox().data.push_back(datagram_to(Destination::to_group(kControlGroup), "late"));
  sender.deadline = Time{};
  const Time sent = steady_now();
  a.run_round(sender);

  RecordingMachine receiver;
  receiver.is_enough = [&] { return !receiver.datagrams.empty(); };
  b.run(receiver);
  EXPECT_EQ(receiver.datagrams, std::vector<std::string>{"late"});
  EXPECT_GE(steady_now() - sent, 5ms);
}

TEST(IoEventLoop, SendsByUnicastToWhoeverHasGreetedWithoutMulticast) {
  Loop a{LinkConfig{.unicast = {.self = {Incarnation{1}, {}}, .candidates = {}}}};
  Loop b{LinkConfig{.unicast = {.self = {Incarnation{2}, {}}, .sends_multicast = false, .candidates = {a.endpoint}}}};
  RecordingMachine receiver;
  receiver.deadline = Time{};
  b.run_round(receiver);  // Greets.

  RecordingMachine sender;
  sender.at_round_end = [&](Time) { sender.outbox().data.push_back(datagram_to(Destination::to_group({9}), "x")); };
  receiver.outbox().addresses.push_back({GroupId{9}, true});
  // The machine's own bounds end both where it does not come.
  receiver.is_enough = [&] { return !receiver.datagrams.empty(); };
  sender.is_enough = [&] { return receiver.is_enough(); };
  while (!receiver.is_enough() && !receiver.ran_out_of_time()) {
    sender.deadline = Time{};
    a.run_round(sender);
    receiver.deadline = Time{};
    b.run_round(receiver);
  }
  ASSERT_FALSE(receiver.datagrams.empty());
  EXPECT_EQ(receiver.datagrams[0], "x");
}

TEST(IoEventLoop, HearsTheGroupsThatItsMachineWants) {
  constexpr GroupId kGroup{17};
  Loop a;
  Loop b;
  RecordingMachine receiver;
  receiver.outbox().addresses.push_back({kGroup, true});
  receiver.deadline = Time{};
  b.run_round(receiver);
  EXPECT_TRUE(receiver.outbox().addresses.empty());
  EXPECT_TRUE(receiver.unheard.empty());

  RecordingMachine sender;
  sender.outbox().data.push_back(datagram_to(Destination::to_group(kGroup), "hello"));
  sender.deadline = Time{};
  a.run_round(sender);
  receiver.is_enough = [&] { return receiver.datagrams.size() == 1; };
  b.run(receiver);
  EXPECT_EQ(receiver.datagrams, (std::vector<std::string>{"hello"}));

  receiver.outbox().addresses.push_back({kGroup, false});
  receiver.is_enough = [] { return false; };
  receiver.deadline = Time{};
  b.run_round(receiver);
  EXPECT_EQ(b.loop->udp().group_socket(kGroup), -1);
}

TEST(IoEventLoop, AGroupWhoseSocketIsRefusedComesByUnicast) {
#if defined(__has_feature)
#if __has_feature(undefined_behavior_sanitizer)
  GTEST_SKIP() << "the sanitizer needs descriptors of its own, and there are none";
#endif
#endif
  constexpr GroupId kGroup{17};
  Loop a{LinkConfig{.unicast = {.self = {Incarnation{1}, {}}, .candidates = {}}}};
  Loop b{LinkConfig{.unicast = {.self = {Incarnation{2}, {}}, .candidates = {}}}};
  RecordingMachine receiver;
  receiver.outbox().addresses.push_back({kGroup, true});
  receiver.deadline = Time{};
  {
    const test::NoMoreDescriptors full;
    b.run_round(receiver);
  }
  EXPECT_EQ(receiver.unheard, std::vector<GroupId>{kGroup});
  EXPECT_NE(receiver.why_unheard.find("ulimit -n"), std::string::npos) << receiver.why_unheard;
  EXPECT_EQ(b.loop->udp().group_socket(kGroup), -1);

  wire::Packer packer{0, Incarnation{1}, 1472};
  RecordingMachine sender;
  sender.at_round_end = [&](Time) {
    packer.send(Destination::to_group(kControlGroup), wire::Heartbeat{}, sender.outbox());
    packer.write_header(sender.outbox().control.back().bytes);
    sender.outbox().data.push_back(datagram_to(Destination::to_group(kGroup), "x"));
  };
  const auto has_come = [&] {
    return std::find(receiver.datagrams.begin(), receiver.datagrams.end(), "x") != receiver.datagrams.end();
  };
  while (!has_come() && !receiver.ran_out_of_time()) {
    sender.deadline = Time{};
    a.run_round(sender);
    receiver.deadline = Time{};
    b.run_round(receiver);
  }
  EXPECT_TRUE(has_come());
}

TEST(IoEventLoop, TellsWhichPeersPortIsClosed) {
  Loop a;
  Endpoint gone;
  {
    const Loop b;
    gone = b.endpoint;
  }
  RecordingMachine machine;
  machine.outbox().control.push_back(datagram_to(Destination::to_node(gone), "anybody there?"));
  machine.deadline = Time{};
  machine.is_enough = [&] { return !machine.unreachable.empty(); };
  a.run(machine);
  EXPECT_EQ(machine.unreachable, std::vector<Endpoint>{gone});
}

/// A process that does nothing until it is killed.
class SleepingProcess {
 public:
  SleepingProcess() : id_(::fork()) {
    if (id_ == 0) {
      for (;;) ::pause();
    }
  }
  ~SleepingProcess() { kill(); }
  void kill() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
    id_ = 0;
  }
  [[nodiscard]] HostIdentity host() const {
    HostIdentity host = host_identity();
    host.process_id = static_cast<std::uint32_t>(id_);
    return host;
  }

 private:
  pid_t id_;
};

const NodeId kPeer{Incarnation{1}, Endpoint{0x7f000001, 4000}};

TEST(IoEventLoop, TellsWhenAPeersProcessIsKilled) {
  Loop loop;
  RecordingMachine machine;
  SleepingProcess peer;
  machine.peers = {{kPeer, peer.host()}};
  machine.deadline = Time{};
  loop.run_round(machine);  // Begins to watch.
  EXPECT_TRUE(machine.exited.empty());

  peer.kill();
  machine.is_enough = [&] { return !machine.exited.empty(); };
  loop.run(machine);
  EXPECT_EQ(machine.exited, std::vector<NodeId>{kPeer});
}

TEST(IoEventLoop, TellsOfAPeerWhoseProcessIsGoneAlready) {
  Loop loop;
  RecordingMachine machine;
  SleepingProcess peer;
  machine.peers = {{kPeer, peer.host()}};
  peer.kill();
  machine.deadline = Time{};
  machine.is_enough = [&] { return !machine.exited.empty(); };
  loop.run(machine);
  EXPECT_EQ(machine.exited, std::vector<NodeId>{kPeer});
}

TEST(IoEventLoop, ThreadsWakeItWithoutAMiss) {
  constexpr int kInputs = 1000;
  Loop loop;
  RecordingMachine machine;
  machine.is_enough = [&] { return machine.taken.load() >= kInputs; };
  // Each input is brought when the one before is taken, so every wake-up that is missed would be waited for.
  std::thread application{[&] {
    for (int i = 0; i < kInputs && !machine.ran_out_of_time(); ++i) {
      machine.inputs = 1;
      loop.wake_up.notify();
      while (machine.taken.load() <= i && !machine.ran_out_of_time()) std::this_thread::yield();
    }
  }};
  loop.run(machine);
  application.join();
  EXPECT_EQ(machine.taken.load(), kInputs);
}

TEST(IoEventLoop, ThreadsCanForceARoundWhileNoInputIsAccepted) {
  Loop loop;
  RecordingMachine machine;
  machine.accepts = false;
  std::atomic<bool> stop{false};
  machine.is_enough = [&] { return stop.load(); };
  std::thread application{[&] {
    machine.inputs = 1;
    stop = true;
    loop.wake_up.force();
  }};
  loop.run(machine);
  application.join();
  EXPECT_FALSE(machine.ran_out_of_time());
}

TEST(IoEventLoop, ThreadsTakeItsPlaceForInputsWhileItSleeps) {
  Loop loop;
  RecordingMachine machine;
  std::atomic<std::thread::id> last_round_by;
  machine.at_round_end = [&](Time) { last_round_by = std::this_thread::get_id(); };
  std::atomic<bool> is_over{false};
  machine.is_enough = [&] { return is_over.load(); };
  std::thread reactor{[&] { loop.run(machine); }};
  while (!loop.wake_up.may_sleep() && !machine.ran_out_of_time()) std::this_thread::yield();
  {
    const EventLoop::Lock lock{loop.mutex};
    machine.outbox().data.push_back(datagram_to(Destination::to_group(kControlGroup), "data"));
    EXPECT_TRUE(loop.loop->run_inputs(machine));
    EXPECT_EQ(last_round_by.load(), std::this_thread::get_id());
    EXPECT_TRUE(machine.outbox().data.empty()) << "sent";

    machine.deadline = Time{};
    EXPECT_FALSE(loop.loop->run_inputs(machine)) << "timeouts come first";
    machine.deadline = steady_now() + 5ms;
    EXPECT_TRUE(loop.loop->run_inputs(machine)) << "and wakes the loop, which has an earlier deadline now";
  }
  const auto timeouts = [&] {
    const EventLoop::Lock lock{loop.mutex};
    return machine.timeouts;
  };
  while (timeouts() == 0 && !machine.ran_out_of_time()) std::this_thread::yield();
  EXPECT_EQ(timeouts(), 1);
  EXPECT_EQ(last_round_by.load(), reactor.get_id());
  is_over = true;
  loop.wake_up.force();
  reactor.join();
}

TEST(IoEventLoop, ThisProcessKnowsItsHost) {
  const HostIdentity host = host_identity();
  EXPECT_NE(host.boot_id, 0U);
  EXPECT_NE(host.network_namespace, 0U);
  EXPECT_EQ(host.process_id, static_cast<std::uint32_t>(::getpid()));
  EXPECT_EQ(host, host_identity());
}

TEST(IoEventLoop, ThreadsOfTheLibraryAreNamedAndDeafToSignals) {
  std::string name(16, '\0');
  sigset_t mask;
  ::sigemptyset(&mask);
  auto thread = start_thread("hawser-with-a-long-name", [&] {
    ::pthread_getname_np(::pthread_self(), name.data(), name.size());
    ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  });
  ASSERT_TRUE(thread.ok());
  thread.value().join();
  EXPECT_STREQ(name.c_str(), "hawser-with-a-l");
  EXPECT_EQ(::sigismember(&mask, SIGINT), 1);
  sigset_t own;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &own);
  EXPECT_EQ(::sigismember(&own, SIGINT), 0);
}

}  // namespace
}  // namespace hawser
