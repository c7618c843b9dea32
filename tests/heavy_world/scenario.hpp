// What happens in a world of heavy-weight groups, apart from packets travelling.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/order.hpp"

namespace hawser::heavy {

/// The group beside the control group, in scenarios that have one.
inline constexpr GroupId kGroup{7};

struct Scenario {
  std::string_view name;
  std::string_view what;
  std::vector<std::string_view> parts;  ///< who is together at first
  std::string_view members = {};        ///< of the group beside the control group; none: there is none
  std::string_view arranged = {};       ///< A arranges, at any time, that it has these; none: it does not
  bool merges = false;                  ///< the parts come together
  bool parts_with_c = false;            ///< C is cut off at any time…
  bool comes_back = false;              ///< … and comes back at any time after
};

/// One message, as soon or as late as you like.
struct Message {
  char sender = 'A';
  Order order = Order::fifo;
  GroupId group = kControlGroup;
};

struct Setting {
  Scenario scenario;
  std::string senders = "";  ///< "Af Bt Cs7": A sends a fifo message, B one in total order, C a safe one in the group
  std::string crashes = "";  ///< one of these may crash
  std::uint8_t losses = 0;   ///< so many times one receiver does not get a packet
  std::uint8_t early = 0;    ///< so many times a deadline, or a heartbeat, comes while packets are on their way
};

[[nodiscard]] const std::vector<Scenario>& scenarios();
/// nullptr where there is none.
[[nodiscard]] const Scenario* find_scenario(std::string_view name);
/// Nothing where it is not of the form of Setting::senders.
[[nodiscard]] std::optional<std::vector<Message>> messages_of(std::string_view senders);

}  // namespace hawser::heavy
