// Answers questions about a node in JSON; broker/INSPECTION.md tells every field.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pubsub-api/src/inspection/facts.hpp"

namespace hawser {

/// Threads: one at a time; not the reactor's, for which it waits.
class Answers {
 public:
  /// `source` must outlive it.
  Answers(FactsSource& source, std::string domain, std::uint32_t process_id)
      : source_(source), domain_(std::move(domain)), process_id_(process_id) {}

  /// One JSON object on one line, without the line end: the answer, or {"error":{"code":…,"message":…}}.
  [[nodiscard]] std::string to(std::string_view line);

 private:
  FactsSource& source_;
  std::string domain_;
  std::uint32_t process_id_;
};

/// As Answers::to says it. `code` is one of those in INSPECTION.md.
[[nodiscard]] std::string error_answer(std::string_view code, std::string_view message);

}  // namespace hawser
