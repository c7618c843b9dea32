// Breadth-first search through all states of one setting.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/model/model.hpp"

namespace model {

struct Result {
  std::size_t states = 0, finals = 0;
  bool complete = true;  // False: stopped at the bound.
  Violation violation = Violation::none;
  std::string trace;  // The shortest way to the violation.
};

Result search(const Model& model, std::size_t states_max);
std::string_view text_of(Violation violation);

}  // namespace model
