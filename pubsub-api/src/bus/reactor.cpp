#include "pubsub-api/src/bus/reactor.hpp"

#include <algorithm>
#include <utility>

#include "pubsub-api/src/bus/log.hpp"
#include "pubsub-api/src/bus/options.hpp"
#include "pubsub-api/src/session/topic_options.hpp"
#include "transport/core/name_table.hpp"
#include "transport/io/host_identity.hpp"
#include "transport/io/named_thread.hpp"
#include "transport/io/steady_time.hpp"
#include "transport/wire/datagram.hpp"

namespace hawser {
namespace {

// Of Options::send_queue_bytes_max half is for what the reactor has not taken yet, and a quarter each for what the
// topics and the group below keep waiting. Each of these has room for a longest message and its headers.
constexpr std::size_t kQueueShares = 2;
constexpr std::size_t kLowerQueueShares = 4;
constexpr std::size_t kHeadersRoom = std::size_t{64} << 10U;
// Messages that come this far apart are sent one by one.
constexpr Duration kRareInterval = std::chrono::microseconds{50};

NodeConfig node_config(const Options& options, const NodeId& self, const UdpMulticast& udp) {
  NodeConfig config;
  config.self = self;
  config.domain = options.domain;
  config.host = host_identity();
  config.datagram_bytes_max = udp.datagram_bytes_max();
  config.receive_buffer_bytes = udp.receive_buffer_bytes();
  config.send_queue_bytes_max = options.send_queue_bytes_max / kLowerQueueShares + kHeadersRoom;
  config.silence_timeout = options.silence_timeout;
  config.heartbeat_interval = heartbeat_interval_of(options);
  return config;
}

LinkConfig link_config(const Options& options, const NodeId& self, const LinkPlan& plan, FlightRecorder& recorder) {
  LinkConfig config;
  config.recorder = &recorder;
  config.unicast = {.self = self,
                    .domain = wire::domain_digest(options.domain),
                    .sends_multicast = plan.udp.multicast,
                    .greets = plan.greets,
                    .candidates = plan.candidates,
                    .multicast_silence = Duration{options.silence_timeout} * 3 / 8};  // Three heartbeats or more.
  if (!options.impairment.empty()) {
    config.impairment = *parse_impairment(options.impairment);
    // Each node's own fates: else a multicast would be lost at all of them or at none.
    config.impairment->seed = mix64(config.impairment->seed ^ self.endpoint.port);
  }
  return config;
}

}  // namespace

Result<std::shared_ptr<Reactor>> Reactor::start(const Options& options) {
  const auto plan = plan_link(options);
  if (!plan) return plan.error();
  log().log(plan->is_second_choice ? spdlog::level::warn : spdlog::level::info, "{}", plan->sentence);
  auto udp = UdpMulticast::open(plan->udp);
  if (!udp) return udp.error();
  const NodeId self{Incarnation{random_number()}, (*udp)->endpoint()};
  const std::shared_ptr<Reactor> reactor{new Reactor{options, self}};
  if (auto opened = reactor->open(options, *plan, std::move(udp).value()); !opened) return opened.error();
  auto thread = start_thread("hawser-reactor", [raw = reactor.get()] { raw->run(); });
  if (!thread) return thread.error();
  reactor->thread_ = std::move(thread).value();
  return reactor;
}

Reactor::Reactor(const Options& options, const NodeId& self)
    : self_(self), queue_(options.send_queue_bytes_max / kQueueShares), flight_file_(recorder_, options.domain, self) {}

Reactor::~Reactor() { stop(); }

Status Reactor::open(const Options& options, const LinkPlan& plan, std::unique_ptr<UdpMulticast> udp) {
  if (options.on_event) {
    auto events = BusEventThread::start(options.on_event);
    if (!events) return events.error();
    events_ = std::move(events).value();
  }
  if (!options.trace_file.empty()) {
    auto trace = TraceFile::create(options.trace_file, self_);
    if (!trace) return trace.error();
    trace_ = std::move(trace).value();
  }
  std::optional<VotingState> voting;
  if (!options.voter_file.empty()) {
    auto file = VoterFile::open(options.voter_file, options.electorate);
    if (!file) return file.error();
    voting = file->state();
    auto voter = VoterWriter::start(std::move(file).value(), wake_up_);
    if (!voter) return voter.error();
    voter_ = std::move(voter).value();
  }
  if (!options.store.empty()) {
    auto database = TopicDatabase::open(options.store, TopicDatabase::Mode::write);
    if (!database) return database.error();
    auto store = StoreThread::start(std::move(database).value(), wake_up_);
    if (!store) return store.error();
    store_ = std::move(store).value();
  }
  auto loop = EventLoop::create(std::move(udp), wake_up_, link_config(options, self_, plan, recorder_));
  if (!loop) return loop.error();
  loop_ = std::move(loop).value();
  NodeConfig config = node_config(options, self_, loop_->udp());
  config.voting = std::move(voting);
  log().info("{} joins domain '{}': datagrams of {} bytes, receive buffers of {}", to_string(self_), options.domain,
             config.datagram_bytes_max, config.receive_buffer_bytes);
  machine_ = std::make_unique<ReactorMachine>(
      config, Rng{random_number()},
      ReactorSurroundings{queue_, requests_, events_.get(), trace_.get(), loop_->udp().send_counters(), recorder_,
                          voter_.get(), store_.get()},
      Promise{in_view_});
  return Ok{};
}

void Reactor::run() {
  EventLoop::Lock lock{machine_mutex_};
  machine_->start(steady_now());
  loop_->run(*machine_, lock);
  last_statistics_ = machine_->statistics();
  requests_.end(*machine_);
  while (!queue_.empty()) queue_.pop();  // Whoever waits for a command is told that the bus is closed.
  const SendCounters sent = loop_->udp().send_counters();
  log().info("{} has left; {} datagrams sent, {} dropped for lack of room", to_string(self_), sent.sent, sent.dropped);
  machine_.reset();
  store_.reset();  // Another node may take it over.
  loop_.reset();   // A closed port tells the others at once.
}

bool Reactor::wait_for_view(std::chrono::milliseconds timeout) {
  return in_view_->wait_for(timeout) == Answer::Outcome::done;
}

Result<std::uint64_t> Reactor::publish(std::string_view name, std::string_view key, ByteView payload) {
  PublishedTopic& topic = topics_.named(name);
  if (topic.held.load(std::memory_order_relaxed)) {
    return Error{Errc::would_block, "a subscriber has too much to handle, and asks publishers to wait: publish to '" +
                                        std::string{name} + "' again later"};
  }
  const auto number = queue_.push(topic, key, payload);
  if (!number) return Error{Errc::would_block, "Options::send_queue_bytes_max is reached: publish again later"};
  if (wake_up_.may_sleep() && !send_on_this_thread()) wake_up_.notify();
  return *number;
}

// Waking the reactor takes longer than its work on one message. So where messages are rare and it sleeps, this thread
// does that work in its place. In a burst the reactor does better: it fills packets.
bool Reactor::send_on_this_thread() {
  const Time now = steady_now();
  const Time before = last_publish_at_.exchange(now, std::memory_order_relaxed);
  if (now - before < kRareInterval) return false;
  const EventLoop::Lock lock{machine_mutex_, std::try_to_lock};
  return lock && loop_ && loop_->run_inputs(*machine_);
}

void Reactor::subscribe(SubscriberId subscriber, std::vector<Pattern> patterns, const Start& start,
                        std::shared_ptr<SubscriptionQueue> queue) {
  requests_.push(SubscribeCommand{subscriber, std::move(patterns), start, std::move(queue)}, queue_);
}

void Reactor::resume(SubscriberId subscriber) { requests_.push(ResumeCommand{subscriber}, queue_); }

void Reactor::unsubscribe(SubscriberId subscriber) { requests_.push(UnsubscribeCommand{subscriber}, queue_); }

Status Reactor::declare(std::string_view topic, const TopicOptions& options, std::chrono::milliseconds timeout) {
  const std::string name{topic};
  const auto answer = std::make_shared<Answer>();
  const auto in_force = std::make_shared<TopicDeclared>();
  requests_.push(DeclareCommand{name, options, in_force, Promise{answer}}, queue_);
  const auto outcome = answer->wait_for(timeout);
  if (!outcome)
    return Error{Errc::timeout, "declare: no answer about '" + name + "' in the given time; it may come yet"};
  if (*outcome == Answer::Outcome::closed) return Error{Errc::closed, "declare: the bus has left"};
  if (in_force->options == options) return Ok{};
  if (!in_force->options) {
    return Error{Errc::conflict, "'" + name + "' was declared by a node with a later version of Hawser"};
  }
  return Error{
      Errc::conflict,
      "'" + name + "' was declared before, with " + difference(*in_force->options, options) +
          ": declare the same, or wait until nobody is in the topic, and no store that tells it anew, any more"};
}

Status Reactor::flush(std::chrono::milliseconds timeout) {
  const auto answer = std::make_shared<Answer>();
  requests_.push(FlushCommand{Promise{answer}}, queue_);  // Dropped where the reactor has ended, which answers, too.
  const auto outcome = answer->wait_for(timeout);
  if (!outcome) return Error{Errc::timeout, "flush: not everybody has received everything in the given time"};
  if (*outcome == Answer::Outcome::closed) return Error{Errc::closed, "flush: the bus has left"};
  return Ok{};
}

Status Reactor::leave(std::chrono::milliseconds timeout) {
  const auto answer = std::make_shared<Answer>();
  requests_.push(LeaveCommand{Promise{answer}}, queue_);
  const auto outcome = answer->wait_for(timeout);
  stop();
  if (outcome == Answer::Outcome::done) return Ok{};
  return Error{Errc::timeout, "leave: the others had not received everything in the given time"};
}

bool Reactor::look(ReactorRequests::Look look) { return requests_.look(std::move(look)); }

std::uint64_t Reactor::published(std::string_view topic) const {
  const PublishedTopic* known = topics_.find(topic);
  return known == nullptr ? 0 : known->last_number.load(std::memory_order_relaxed);
}

void Reactor::stop() {
  requests_.stop();
  const std::lock_guard lock{thread_mutex_};
  if (thread_.joinable()) thread_.join();
  if (events_) events_->stop();
}

Statistics Reactor::statistics() {
  Statistics statistics;
  const bool running = requests_.look([&](ReactorMachine& machine) { statistics = machine.statistics(); });
  if (!running) statistics = last_statistics_;
  NameTable<TopicStatistics> topics;
  for (const TopicStatistics& topic : statistics.topics) {
    TopicStatistics& known = topics[topic.topic];
    known.delivered += topic.delivered;
    known.filtered += topic.filtered;
  }
  topics_.for_each([&](const PublishedTopic& topic) {
    TopicStatistics& known = topics[topic.name];
    known.published = topic.last_number.load(std::memory_order_relaxed);
    statistics.published += known.published;
  });
  statistics.topics.clear();
  for (auto& [name, topic] : topics) {
    topic.topic = name;
    statistics.topics.push_back(std::move(topic));
  }
  std::sort(statistics.topics.begin(), statistics.topics.end(),
            [](const TopicStatistics& a, const TopicStatistics& b) { return a.topic < b.topic; });
  return statistics;
}

}  // namespace hawser
