#include "broker/cli/format.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>

namespace hawser::cli {
namespace {

Message message(std::string_view topic, std::string_view key, std::string_view payload) {
  return {.topic = topic,
          .key = key,
          .payload = std::as_bytes(std::span(payload)),
          .publisher = "127.0.0.1:40001#9f",
          .number = 7,
          .retained = false};
}

TEST(CliFormat, WritesAMessageAsOneObject) {
  EXPECT_EQ(json_line(message("a.b", "", "say \"hi\"\n")),
            R"({"type":"message","topic":"a.b","publisher":"127.0.0.1:40001#9f","number":7,"retained":false,)"
            R"("payload":"say \"hi\"\n"})"
            "\n");
}

TEST(CliFormat, WritesTheKeyWhereThereIsOne) {
  EXPECT_EQ(json_line(message("a", "k", "")),
            R"({"type":"message","topic":"a","key":"k","publisher":"127.0.0.1:40001#9f","number":7,"retained":false,)"
            R"("payload":""})"
            "\n");
}

TEST(CliFormat, WritesTheTimeWhereThereIsOne) {
  Message timed = message("a", "", "x");
  timed.time = std::chrono::system_clock::time_point{std::chrono::milliseconds{1234567890123}};
  EXPECT_EQ(json_line(timed),
            R"({"type":"message","topic":"a","publisher":"127.0.0.1:40001#9f","number":7,"retained":false,)"
            R"("time_ms":1234567890123,"payload":"x"})"
            "\n");
}

TEST(CliFormat, WritesBytesThatAreNoTextAsBase64) {
  EXPECT_EQ(json_line(message("a", "\xfe", "\xff")),
            R"({"type":"message","topic":"a","key_base64":"/g==","publisher":"127.0.0.1:40001#9f","number":7,)"
            R"("retained":false,"payload_base64":"/w=="})"
            "\n");
}

TEST(CliFormat, WritesEvents) {
  EXPECT_EQ(json_line(Synced{.topic = "a", .retained_messages = 2}),
            R"({"type":"synced","topic":"a","retained_messages":2,"received_messages":0,"state_lost":false})"
            "\n");
  const Gap gap{.topic = "a", .cause = Gap::Cause::queue_full, .messages = 3};
  EXPECT_EQ(json_line(gap), R"({"type":"gap","topic":"a","cause":"queue_full","messages":3})"
                            "\n");
  const Gap range{
      .topic = "a", .cause = Gap::Cause::conflated, .messages = 3, .publisher = "127.0.0.1:1#2", .first = 5, .last = 9};
  EXPECT_EQ(
      json_line(range),
      R"({"type":"gap","topic":"a","cause":"conflated","messages":3,"publisher":"127.0.0.1:1#2","first":5,"last":9})"
      "\n");
  EXPECT_EQ(json_line(Watching{.pattern = "a.*"}), R"({"type":"watching","pattern":"a.*"})"
                                                   "\n");
  EXPECT_EQ(gap_words(gap), "gap on a: 3 messages will not come (queue_full)");
}

TEST(CliFormat, WritesWhatWasPublished) {
  EXPECT_EQ(published_json_line("a", "", 1, 5), R"({"topic":"a","number":1,"bytes":5})"
                                                "\n");
  EXPECT_EQ(published_json_line("a", "k", 2, 0), R"({"topic":"a","key":"k","number":2,"bytes":0})"
                                                 "\n");
}

TEST(CliFormat, KeepsTheBytesOfAPlainLine) {
  EXPECT_EQ(text_line(message("a", "", "\x1b[0m"), false, false), "\x1b[0m\n");
  EXPECT_EQ(text_line(message("a", "", "x"), true, false), "a\tx\n");
  EXPECT_EQ(text_line(message("a", "", "\x1b[0m"), false, true), "\\x1b[0m\n");
}

}  // namespace
}  // namespace hawser::cli
