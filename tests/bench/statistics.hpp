// Medians and percentiles.
#pragma once

#include <cstdint>
#include <vector>

namespace hawser::bench {

/// The middle one; of an even number the mean of the two in the middle; 0 of none.
double median(std::vector<double> values);
double least(const std::vector<double>& values);
double greatest(const std::vector<double>& values);

/// Sorts `values`. The smallest value that at least `percent` of them do not exceed; 0 of none.
std::int64_t percentile(std::vector<std::int64_t>& values, double percent);

}  // namespace hawser::bench
