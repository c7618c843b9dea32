// A node's answers as people read them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "broker/cli/arguments.hpp"
#include "hawser/result.hpp"

namespace hawser::cli {

/// Lines without ends, safe for a terminal. Lists are cut so that they fit into `width` characters; tables are not.
/// Errors: bad_data  the answer is of a version that this command does not know;
///         system    the answer is the node's error, in its words.
Result<std::vector<std::string>> inspect_lines(InspectArguments::Question question, std::string_view answer,
                                               std::size_t width);

/// Ok where the answer is no error; otherwise as inspect_lines().
Status check_answer(std::string_view answer);

}  // namespace hawser::cli
