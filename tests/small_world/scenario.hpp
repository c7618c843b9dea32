// What happens in a small world, apart from messages travelling: who is where at first, and what may come at any time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lwg/light_groups.hpp"

namespace hawser::small {

/// Something the application at one node does, once, as soon or as late as you like.
struct Deed {
  enum class Kind : std::uint8_t {
    join,
    leave,
    send,       ///< one message, at any time at which the group would take one
    wait,       ///< time passes for the node: what is unused for that long, it gives back
    configure,  ///< to be in total order
  };
  Kind kind = Kind::send;
  char node = 'A';
  std::string group{};  ///< not where wait
};

struct Scenario {
  std::string_view name;
  std::string_view what;
  MapperPolicy::Kind policy = MapperPolicy::Kind::exact;
  std::vector<Deed> setup;  ///< joins, each settled before the next
  std::vector<Deed> deeds;
  bool counts_idle = false;  ///< see MapperPolicy
};

/// How messages go.
enum class Messages : std::uint8_t {
  fifo,
  bulk,   ///< all are long
  total,  ///< the set-up ends with every group in total order
};

struct Setting {
  Scenario scenario;
  std::string senders = "";  ///< "Ag Bx": who sends one message on what, beside the scenario's deeds
  std::string crashes = "";  ///< one of these nodes may crash; '-': or the control view may change with nobody lost
  Messages messages = Messages::fifo;
};

[[nodiscard]] const std::vector<Scenario>& scenarios();
/// nullptr where there is none.
[[nodiscard]] const Scenario* find_scenario(std::string_view name);
/// "Ag Bx" as deeds; false where it is not of this form.
[[nodiscard]] bool add_senders(std::string_view senders, std::vector<Deed>& deeds);

}  // namespace hawser::small
