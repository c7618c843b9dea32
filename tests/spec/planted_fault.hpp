// A deliberate bug that is on while a test runs, and the property that finds it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <string>

#include "transport/core/fault.hpp"

namespace hawser {

#if defined(HAWSER_FAULTS)

struct PlantedFault {
  std::string name;
  std::string breaks;  ///< a property of tests/check/properties.hpp, or of the simulator itself
  std::uint64_t seeds_max = 60;
};

inline void PrintTo(const PlantedFault& fault, std::ostream* out) { *out << fault.name << " breaks " << fault.breaks; }

class WithPlantedFault : public ::testing::TestWithParam<PlantedFault> {
 protected:
  void SetUp() override { fault::active() = GetParam().name; }
  void TearDown() override { fault::active().clear(); }
};

inline std::string name_of(const ::testing::TestParamInfo<PlantedFault>& info) {
  std::string name = info.param.name;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

#endif

}  // namespace hawser
