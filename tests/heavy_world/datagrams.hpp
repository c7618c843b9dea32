// Every datagram that is ever sent in a world, once, by number.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/wire/datagram.hpp"

namespace hawser::heavy {

using DatagramNumber = std::uint32_t;

/// Datagrams that differ in nothing but their header count as one: the header says who sent it, and a counter that only
/// the replay protection to come will read.
class Datagrams {
 public:
  DatagramNumber number_of(const Buffer& datagram) {
    StateDigest digest;
    digest.add(datagram.bytes().subspan(wire::kHeaderBytes));
    const auto next = static_cast<DatagramNumber>(datagrams_.size());
    const auto [at, is_new] = numbers_.try_emplace(digest.value(), next);
    if (is_new) datagrams_.push_back(datagram);
    return at->second;
  }
  [[nodiscard]] const Buffer& at(DatagramNumber number) const { return datagrams_[number]; }

 private:
  std::vector<Buffer> datagrams_;
  std::unordered_map<std::uint64_t, DatagramNumber> numbers_;
};

}  // namespace hawser::heavy
