#include "hawser/text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hawser {
namespace {

using namespace std::string_literals;

TEST(TextUtf8, AcceptsEveryWellFormedLength) {
  for (const auto& text :
       {""s, "plain"s, "\0"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s, "\xee\x80\x80"s,
        "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s, "g\xc3\xbcnstig \xe2\x82\xac"s}) {
    EXPECT_TRUE(is_utf8(text)) << base64(text);
  }
}

TEST(TextUtf8, RefusesWhatIsNotWellFormed) {
  for (const auto& bytes : {"\x80"s,              // a continuation alone
                            "\xc0\x80"s,          // overlong
                            "\xc1\xbf"s,          // overlong
                            "\xe0\x9f\xbf"s,      // overlong
                            "\xf0\x8f\xbf\xbf"s,  // overlong
                            "\xed\xa0\x80"s,      // a surrogate
                            "\xf4\x90\x80\x80"s,  // above U+10FFFF
                            "\xf5\x80\x80\x80"s, "\xff"s,
                            "\xc3"s,      // cut short
                            "\xe2\x82"s,  // cut short
                            "\xe2\x82q"s, "\xc3q"s, "good\xc3"s}) {
    EXPECT_FALSE(is_utf8(bytes)) << base64(bytes);
  }
}

TEST(TextBase64, GivesTheVectorsOfTheRfc) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe\x00"s), "//4A");
}

TEST(TextJson, NamesABytesFieldByWhatItHolds) {
  EXPECT_EQ(json_field("key", "g\xc3\xbcnstig").name, "key");
  EXPECT_EQ(json_field("key", "g\xc3\xbcnstig").text, "g\xc3\xbcnstig");
  EXPECT_EQ(json_field("key", "\xff\xfe").name, "key_base64");
  EXPECT_EQ(json_field("key", "\xff\xfe").text, "//4=");
}

TEST(TextTerminal, ShowsTextAsItIs) { EXPECT_EQ(for_terminal("a\tb\ng\xc3\xbcnstig"), "a\tb\ng\xc3\xbcnstig"); }

TEST(TextTerminal, LetsNoMessageSteerIt) {
  EXPECT_EQ(for_terminal("\x1b[2Jx\r\x7f"), "\\x1b[2Jx\\x0d\\x7f");
  EXPECT_EQ(for_terminal("\xc2\x9b"
                         "2J"),
            "\\xc2\\x9b2J");
  EXPECT_EQ(for_terminal("\xff\xc3"), "\\xff\\xc3");
}

}  // namespace
}  // namespace hawser
