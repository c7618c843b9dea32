#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "pubsub-api/src/bus/options.hpp"
#include "transport/membership/failure_detector.hpp"
#include "transport/node.hpp"

namespace hawser {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(BusOptions, TheDefaultsAreFit) { EXPECT_TRUE(validate(Options{}).ok()); }

struct Refused {
  std::string option;
  std::string value;
  std::string allowed;
  std::function<void(Options&)> change;
};

TEST(BusOptions, WhatIsRefusedIsNamedWithItsValueAndWhatIsAllowed) {
  const std::vector<Refused> all = {
      {"domain", "''", "1 to 64 bytes", [](Options& o) { o.domain.clear(); }},
      {"domain", std::string(65, 'x'), "1 to 64 bytes", [](Options& o) { o.domain.assign(65, 'x'); }},
      {"payload_bytes_max", "0", "1 to 67108864", [](Options& o) { o.payload_bytes_max = 0; }},
      {"payload_bytes_max", "67108865", "1 to 67108864", [](Options& o) { o.payload_bytes_max = 67108865; }},
      {"send_queue_bytes_max", "100", "65536 or more", [](Options& o) { o.send_queue_bytes_max = 100; }},
      {"send_queue_bytes_max", "1048576", "67108864 (4 times payload_bytes_max) or more",
       [](Options& o) { o.send_queue_bytes_max = 1048576; }},
      {"subscription_queue_bytes_max", "0", "65536 or more", [](Options& o) { o.subscription_queue_bytes_max = 0; }},
      {"join_timeout", "0 ms", "1 ms or more", [](Options& o) { o.join_timeout = 0ms; }},
      {"silence_timeout", "49 ms", "50 ms to 60000 ms", [](Options& o) { o.silence_timeout = 49ms; }},
      {"silence_timeout", "60001 ms", "50 ms to 60000 ms", [](Options& o) { o.silence_timeout = 60001ms; }},
      {"heartbeat_interval", "32 ms", "1 ms to 31 ms (an eighth of silence_timeout), or 0 for a sixteenth of it",
       [](Options& o) { o.heartbeat_interval = 32ms; }},
      {"heartbeat_interval", "-1 ms", "1 ms to 6 ms",
       [](Options& o) {
         o.silence_timeout = 50ms;
         o.heartbeat_interval = -1ms;
       }},
  };
  for (const Refused& refused : all) {
    Options options;
    refused.change(options);
    const Status valid = validate(options);
    ASSERT_FALSE(valid.ok()) << refused.option;
    EXPECT_EQ(valid.error().code, Errc::invalid_argument);
    EXPECT_THAT(valid.error().message, HasSubstr("Options::" + refused.option + " is "));
    EXPECT_THAT(valid.error().message, HasSubstr(refused.value));
    EXPECT_THAT(valid.error().message, HasSubstr(refused.allowed));
  }
}

TEST(BusOptions, ASmallSendQueueGoesWithSmallPayloads) {
  Options options;
  options.payload_bytes_max = 1024;
  options.send_queue_bytes_max = 65536;
  EXPECT_TRUE(validate(options).ok());
}

TEST(BusOptions, HeartbeatsAreASixteenthOfTheSilenceUnlessToldOtherwise) {
  Options options;
  EXPECT_EQ(heartbeat_interval_of(options), 15625us);
  options.silence_timeout = 1s;
  EXPECT_EQ(heartbeat_interval_of(options), 62500us);
  options.heartbeat_interval = 125ms;
  EXPECT_TRUE(validate(options).ok()) << "an eighth";
  EXPECT_EQ(heartbeat_interval_of(options), 125ms);
}

TEST(BusOptions, TheTransportsDefaultsAreThoseOfABus) {
  const Options options;
  EXPECT_EQ(NodeConfig{}.silence_timeout, Duration{options.silence_timeout});
  EXPECT_EQ(NodeConfig{}.heartbeat_interval, heartbeat_interval_of(options));
  EXPECT_EQ(FailureDetectorTimes{}.silence_timeout, NodeConfig{}.silence_timeout);
  EXPECT_EQ(FailureDetectorTimes{}.heartbeat_interval, NodeConfig{}.heartbeat_interval);
}

TEST(BusOptions, PeersAndMulticastOnlyDoNotGoTogether) {
  Options options;
  options.peers = {"10.0.0.4"};
  EXPECT_TRUE(validate(options).ok());
  options.transport = Transport::multicast;
  const Status refused = validate(options);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("Options::peers"));
}

TEST(BusOptions, AnElectorateIsForVoters) {
  Options options;
  options.electorate = 3;
  const Status refused = validate(options);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("Options::electorate is 3; allowed is 0 without a voter_file"));
  options.voter_file = "vote";
  EXPECT_TRUE(validate(options).ok());
  options.electorate = 0;
  EXPECT_TRUE(validate(options).ok()) << "it comes later";
}

TEST(BusOptions, AnImpairmentThatIsNoneIsRefused) {
  Options options;
  options.impairment = "loss=lots";
  const Status refused = validate(options);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  EXPECT_THAT(refused.error().message, HasSubstr("Options::impairment: 'loss=lots'"));
}

}  // namespace
}  // namespace hawser
