// An option's value by its name.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <type_traits>
#include <utility>

namespace hawser::bench {

/// Makes of one of these names its value, and of anything else a sentence that tells them. (CLI11's own transformer
/// tells the values, too, as numbers.)
template <typename Enum>
CLI::Validator one_of(std::map<std::string, Enum> names) {
  const auto look_up = [names = std::move(names)](std::string& word) {
    const auto known = names.find(word);
    if (known != names.end()) {
      word = std::to_string(static_cast<std::underlying_type_t<Enum>>(known->second));
      return std::string{};
    }
    std::string list;
    for (const auto& [name, value] : names) list += (list.empty() ? "" : ", ") + name;
    return "there is no '" + word + "'; there are " + list;
  };
  return {look_up, ""};
}

}  // namespace hawser::bench
