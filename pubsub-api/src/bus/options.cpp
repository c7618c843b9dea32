#include "pubsub-api/src/bus/options.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "transport/link/impairment.hpp"

namespace hawser {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kDomainBytesMax = 64;
constexpr std::size_t kPayloadBytesLimit = std::size_t{64} << 20U;
constexpr std::size_t kQueueBytesMin = std::size_t{64} << 10U;
constexpr std::size_t kLongestPayloadsInSendQueueMin = 4;  // One in each of its parts: see reactor.cpp.
constexpr milliseconds kSilenceMin{50};
constexpr milliseconds kSilenceMax = std::chrono::minutes{1};
// A peer is heard this often before it is given up: at the least, and where nothing is said.
constexpr int kHeartbeatsPerSilenceMin = 8;
constexpr int kHeartbeatsPerSilence = 16;
constexpr milliseconds kHeartbeatMin{1};
constexpr milliseconds kAgeMax = std::chrono::years{200};

Error refused(std::string_view option, const std::string& value, const std::string& allowed) {
  return {Errc::invalid_argument, "Options::" + std::string{option} + " is " + value + "; allowed is " + allowed};
}

std::string in_milliseconds(milliseconds duration) { return std::to_string(duration.count()) + " ms"; }

std::optional<Error> refuse_queue(std::string_view option, std::size_t bytes) {
  if (bytes >= kQueueBytesMin) return std::nullopt;
  return refused(option, std::to_string(bytes), std::to_string(kQueueBytesMin) + " or more");
}

Status validate_times(const Options& options) {
  if (options.join_timeout <= milliseconds::zero()) {
    return refused("join_timeout", in_milliseconds(options.join_timeout), "1 ms or more");
  }
  if (options.silence_timeout < kSilenceMin || options.silence_timeout > kSilenceMax) {
    return refused("silence_timeout", in_milliseconds(options.silence_timeout),
                   in_milliseconds(kSilenceMin) + " to " + in_milliseconds(kSilenceMax));
  }
  if (options.heartbeat_interval == milliseconds::zero()) return Ok{};
  const milliseconds heartbeat_max = options.silence_timeout / kHeartbeatsPerSilenceMin;
  if (options.heartbeat_interval < kHeartbeatMin || options.heartbeat_interval > heartbeat_max) {
    return refused("heartbeat_interval", in_milliseconds(options.heartbeat_interval),
                   in_milliseconds(kHeartbeatMin) + " to " + in_milliseconds(heartbeat_max) +
                       " (an eighth of silence_timeout), or 0 for a sixteenth of it");
  }
  return Ok{};
}

Status validate_link(const Options& options) {
  if (options.transport == Transport::multicast && !options.peers.empty()) {
    return Error{Errc::invalid_argument,
                 "Options::peers is for unicast, and Options::transport is multicast: leave one of them out"};
  }
  if (options.impairment.empty()) return Ok{};
  const auto impairment = parse_impairment(options.impairment);
  if (impairment) return Ok{};
  return Error{Errc::invalid_argument, "Options::impairment: " + impairment.error().message};
}

}  // namespace

Status validate(const Options& options) {
  if (options.domain.empty() || options.domain.size() > kDomainBytesMax) {
    return refused("domain", "'" + options.domain + "'",
                   "a name of 1 to " + std::to_string(kDomainBytesMax) + " bytes");
  }
  if (options.payload_bytes_max == 0 || options.payload_bytes_max > kPayloadBytesLimit) {
    return refused("payload_bytes_max", std::to_string(options.payload_bytes_max),
                   "1 to " + std::to_string(kPayloadBytesLimit));
  }
  if (auto error = refuse_queue("send_queue_bytes_max", options.send_queue_bytes_max)) return *error;
  const std::size_t send_queue_min = kLongestPayloadsInSendQueueMin * options.payload_bytes_max;
  if (options.send_queue_bytes_max < send_queue_min) {
    return refused("send_queue_bytes_max", std::to_string(options.send_queue_bytes_max),
                   std::to_string(send_queue_min) + " (4 times payload_bytes_max) or more");
  }
  if (auto error = refuse_queue("subscription_queue_bytes_max", options.subscription_queue_bytes_max)) return *error;
  if (Status times = validate_times(options); !times) return times;
  if (options.voter_file.empty() && options.electorate > 0) {
    return refused("electorate", std::to_string(options.electorate), "0 without a voter_file");
  }
  return validate_link(options);
}

Status validate(const SubscribeOptions& options) {
  if (options.queue_bytes_max == 0 || options.queue_bytes_max >= kQueueBytesMin) return Ok{};
  return Error{Errc::invalid_argument,
               "SubscribeOptions::queue_bytes_max is " + std::to_string(options.queue_bytes_max) + "; allowed is " +
                   std::to_string(kQueueBytesMin) + " or more, or 0 for Options::subscription_queue_bytes_max"};
}

Status validate(const TopicOptions& options) {
  const milliseconds age = options.history.age;
  if (age >= milliseconds::zero() && age <= kAgeMax) return Ok{};
  return Error{Errc::invalid_argument, "TopicOptions::history.age is " + in_milliseconds(age) + "; allowed is 0 to " +
                                           in_milliseconds(kAgeMax)};
}

std::chrono::nanoseconds heartbeat_interval_of(const Options& options) {
  if (options.heartbeat_interval > milliseconds::zero()) return options.heartbeat_interval;
  return std::chrono::nanoseconds{options.silence_timeout} / kHeartbeatsPerSilence;
}

}  // namespace hawser
