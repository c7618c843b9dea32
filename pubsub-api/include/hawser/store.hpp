// A node's store (Options::store) looked into from outside, while no node uses it. What `hawser store` does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hawser/result.hpp"
#include "hawser/topic.hpp"

namespace hawser {

/// What a store has of one topic.
struct StoredTopicFacts {
  std::string topic;
  std::optional<TopicOptions> options;  ///< what it was told; nothing where that is of a later version
  std::uint64_t values = 0;             ///< keys whose last message is not in the history
  std::uint64_t history = 0;            ///< messages in the history
  std::uint64_t bytes = 0;              ///< of all its records
  std::uint64_t publishers = 0;         ///< whose messages it has had
};

/// The topics, by name. Threads: any.
/// Errors: system    it can't be read, or is not there;
///         bad_data  it is damaged, or is no store of this version: the message says where.
Result<std::vector<StoredTopicFacts>> inspect_store(const std::string& folder);

/// Reads all of it, compares it with its checksums, and takes every record apart. The topics, as inspect_store().
Result<std::vector<StoredTopicFacts>> verify_store(const std::string& folder);

/// Makes a copy in a folder that is not there yet. On one file system the two share what does not change.
/// Errors: system    the store is in use, or the copy can't be made;
///         bad_data  it is damaged, or is no store of this version.
Status back_up_store(const std::string& folder, const std::string& copy);

}  // namespace hawser
