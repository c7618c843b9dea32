// What a light-weight group is told once, by one of its members, and keeps as long as it lives: the order of its
// messages, and some words of the layer above.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "transport/core/check.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser {

/// One byte for the order, then the words; empty where a group has been told nothing, and is in fifo order.
class Configuration {
 public:
  static constexpr std::size_t kWordsBytesMax = 255;

  Configuration() = default;
  /// `total`: every member delivers the group's messages in one and the same order. At most kWordsBytesMax of words.
  Configuration(bool total, std::string_view words) : bytes_(1, total ? '\1' : '\0') {
    HAWSER_CHECK(words.size() <= kWordsBytesMax);
    bytes_ += words;
  }
  /// As bytes() had it. Nothing where that is none.
  [[nodiscard]] static std::optional<Configuration> decode(std::string_view bytes) {
    if (bytes.size() > 1 + kWordsBytesMax || (!bytes.empty() && static_cast<unsigned char>(bytes.front()) > 1)) {
      return std::nullopt;
    }
    Configuration configuration;
    configuration.bytes_ = bytes;
    return configuration;
  }

  [[nodiscard]] bool is_set() const { return !bytes_.empty(); }
  [[nodiscard]] bool is_total() const { return is_set() && bytes_.front() == '\1'; }
  [[nodiscard]] std::string_view words() const {
    return is_set() ? std::string_view{bytes_}.substr(1) : std::string_view{};
  }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  bool operator==(const Configuration&) const = default;
  void add_to(StateDigest& digest) const { digest.add(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace hawser
