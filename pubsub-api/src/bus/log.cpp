#include "pubsub-api/src/bus/log.hpp"

#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <memory>

namespace hawser {
namespace {

constexpr const char* kName = "hawser";

std::shared_ptr<spdlog::logger> make_logger() {
  if (auto registered = spdlog::get(kName)) return registered;
  const char* level = std::getenv("HAWSER_LOG");
  if (level == nullptr) {
    auto silent = std::make_shared<spdlog::logger>(kName, std::make_shared<spdlog::sinks::null_sink_mt>());
    silent->set_level(spdlog::level::off);
    return silent;
  }
  auto logger = std::make_shared<spdlog::logger>(kName, std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::trace);
  return logger;
}

}  // namespace

spdlog::logger& log() {
  // Not destroyed at exit: a Bus in a static object may still log.
  static const auto* logger = new std::shared_ptr<spdlog::logger>{make_logger()};
  return **logger;
}

}  // namespace hawser
