// What `hawser doctor` prints.
#pragma once

#include <string>
#include <vector>

#include "hawser/diagnosis.hpp"

namespace hawser::cli {

/// A line for each finding, and two more for what is not as it should be; then one for all.
std::string doctor_text(const std::vector<Finding>& findings);

/// One JSON object with a line end; the fields are told in broker/DOCTOR.md.
std::string doctor_json(const std::vector<Finding>& findings, const std::string& domain, const std::string& interface);

}  // namespace hawser::cli
