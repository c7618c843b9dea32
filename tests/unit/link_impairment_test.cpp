#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "transport/link/impairment.hpp"

namespace hawser {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Time kStart{1h};

ReceivedDatagram datagram(const std::string& text) {
  return {.from = {}, .bytes = Buffer::copy_of(std::as_bytes(std::span{text}))};
}

std::vector<std::string> released(Impairment& impairment, Time now) {
  std::vector<ReceivedDatagram> datagrams;
  impairment.release(now, datagrams);
  std::vector<std::string> texts;
  for (const auto& one : datagrams)
    texts.emplace_back(reinterpret_cast<const char*>(one.bytes.data()), one.bytes.size());
  return texts;
}

TEST(Impairment, IsReadFromText) {
  const auto config = parse_impairment("delay=5ms,jitter=200us,loss=1%,duplicate=0.1%,seed=7");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(*config, (ImpairmentConfig{5ms, 200us, 10'000, 1'000, 7}));
  EXPECT_EQ(parse_impairment("loss=100%,delay=1.5s")->delay, 1500ms);
}

TEST(Impairment, TextThatIsNoneIsRefusedByName) {
  for (const std::string wrong : {"", "delay", "delay=5", "delay=-5ms", "delay=11s", "loss=1", "loss=101%", "speed=1ms",
                                  "seed=x", "delay=nanms", "loss=1%%"}) {
    const auto config = parse_impairment("jitter=1ms," + wrong);
    ASSERT_FALSE(config.ok()) << wrong;
    EXPECT_EQ(config.error().code, Errc::invalid_argument);
    EXPECT_THAT(config.error().message, HasSubstr("'" + wrong + "'"));
  }
  EXPECT_FALSE(parse_impairment("loss=1%,loss=2%").ok());
  EXPECT_THAT(parse_impairment("loss=200%").error().message, HasSubstr("up to 100%"));
  EXPECT_THAT(parse_impairment("delay=11s").error().message, HasSubstr("up to 10s"));
}

TEST(Impairment, ADelayedDatagramComesWhenItsTimeHasComeAndInItsOrder) {
  Impairment impairment{{.delay = 5ms}};
  EXPECT_EQ(impairment.next_deadline(), kNever);
  impairment.on_datagram(datagram("a"), kStart);
  impairment.on_datagram(datagram("b"), kStart);
  EXPECT_EQ(impairment.next_deadline(), kStart + 5ms);
  EXPECT_THAT(released(impairment, kStart + 4ms), ElementsAre());
  EXPECT_THAT(released(impairment, kStart + 5ms), ElementsAre("a", "b"));
  EXPECT_EQ(impairment.next_deadline(), kNever);
}

TEST(Impairment, JitterLetsDatagramsOvertakeEachOtherWithinItsBounds) {
  Impairment impairment{{.delay = 5ms, .jitter = 2ms}};
  std::vector<std::string> sent;
  for (int i = 0; i < 100; ++i) {
    sent.push_back(std::to_string(i));
    impairment.on_datagram(datagram(sent.back()), kStart);
  }
  EXPECT_GE(impairment.next_deadline(), kStart + 5ms);
  const auto come = released(impairment, kStart + 7ms);
  EXPECT_NE(come, sent);
  EXPECT_THAT(come, ::testing::UnorderedElementsAreArray(sent));
}

TEST(Impairment, LosesAndDoublesTheShareThatItIsTold) {
  constexpr int kMany = 100'000;
  Impairment impairment{{.loss_per_million = 100'000, .doubled_per_million = 10'000}};
  for (int i = 0; i < kMany; ++i) impairment.on_datagram(datagram(""), kStart);
  EXPECT_NEAR(static_cast<double>(impairment.lost()), kMany * 0.1, kMany * 0.005);
  EXPECT_NEAR(static_cast<double>(impairment.doubled()), kMany * 0.9 * 0.01, kMany * 0.002);
  EXPECT_EQ(released(impairment, kStart).size(), kMany - impairment.lost() + impairment.doubled());
}

TEST(Impairment, TheSameSeedGivesTheSameFates) {
  const auto fates = [](std::uint64_t seed) {
    Impairment impairment{{.jitter = 1ms, .loss_per_million = 200'000, .doubled_per_million = 200'000, .seed = seed}};
    for (int i = 0; i < 100; ++i) impairment.on_datagram(datagram(std::to_string(i)), kStart);
    return released(impairment, kStart + 1ms);
  };
  EXPECT_EQ(fates(1), fates(1));
  EXPECT_NE(fates(1), fates(2));
}

TEST(Impairment, HoldsNoMoreThanItsBound) {
  Impairment impairment{{.delay = 5ms}};
  constexpr std::size_t kBytes = std::size_t{1} << 20U;
  for (std::size_t held = 0; held < Impairment::kHeldBytesMax + 3 * kBytes; held += kBytes) {
    impairment.on_datagram(datagram(std::string(kBytes, 'x')), kStart);
  }
  EXPECT_EQ(impairment.lost(), 3U);
}

}  // namespace
}  // namespace hawser
