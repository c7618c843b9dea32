// What happens in a run: who is where at the start, and the control log.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/model/state.hpp"

namespace model {

enum class Kind : Byte { add, remove, ride, arrange, release };

// One entry of the control log.
struct Op {
  Kind kind;
  int group;     // add, remove, ride: the light group.
  int node;      // add, remove, release: who.
  int heavy;     // ride, arrange, release: the heavy group.
  Mask members;  // arrange: all of them, afterwards.
};

struct Light {
  Mask members;
  int heavy;
};

struct Scenario {
  std::string_view name, what;
  int nodes;
  std::array<Mask, heavies_max> heavy;  // Members at the start.
  std::array<Light, lights_max> light;
  std::vector<Op> log;
  std::array<Mask, lights_max> senders;  // Who sends data on which light group.
};

const std::vector<Scenario>& scenarios();
const Scenario* find_scenario(std::string_view name);
std::string text_of(const Op& op);

// The directory after each prefix of the log, computed once.
struct Directory {
  Mask members[ops_max + 1][lights_max];
  Byte heavy[ops_max + 1][lights_max];
  Mask arranged[ops_max + 1][heavies_max];
  bool arranges[ops_max + 1][heavies_max];  // Entry n is an arrangement of this heavy group.
  bool has_arrangements;
};
Directory directory_of(const Scenario& scenario);

}  // namespace model
