// The place where a Bus's node answers questions.
#pragma once

#include <memory>
#include <string>

#include "pubsub-api/src/bus/reactor_facts.hpp"
#include "pubsub-api/src/inspection/answers.hpp"
#include "pubsub-api/src/inspection/inspection_server.hpp"

namespace hawser {

/// Threads: one at a time.
class Inspection {
 public:
  /// nullptr where there is no place for a socket: that keeps no node from its work, and the log tells why.
  static std::unique_ptr<Inspection> start(const std::string& domain, std::shared_ptr<Reactor> reactor);

 private:
  Inspection(const std::string& domain, std::shared_ptr<Reactor> reactor);
  Status open(const std::string& file);

  ReactorFacts facts_;
  Answers answers_;
  std::unique_ptr<InspectionServer> server_;  // Last: its thread uses the rest.
};

}  // namespace hawser
