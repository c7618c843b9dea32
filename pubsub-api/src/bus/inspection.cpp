#include "pubsub-api/src/bus/inspection.hpp"

#include <unistd.h>

#include <utility>

#include "pubsub-api/src/bus/log.hpp"
#include "pubsub-api/src/inspection/socket_folder.hpp"
#include "transport/wire/datagram.hpp"

namespace hawser {
namespace {

std::uint32_t process_id() { return static_cast<std::uint32_t>(::getpid()); }

}  // namespace

std::unique_ptr<Inspection> Inspection::start(const std::string& domain, std::shared_ptr<Reactor> reactor) {
  const SocketName name{process_id(), reactor->self().endpoint.port, wire::domain_digest(domain)};
  std::unique_ptr<Inspection> inspection{new Inspection{domain, std::move(reactor)}};
  if (const Status opened = inspection->open(to_string(name)); !opened) {
    log().warn("this node answers no questions: {}", opened.error().message);
    return nullptr;
  }
  log().info("questions are answered at {}", inspection->server_->path());
  return inspection;
}

Inspection::Inspection(const std::string& domain, std::shared_ptr<Reactor> reactor)
    : facts_(std::move(reactor)), answers_(facts_, domain, process_id()) {}

// In the first folder that will do.
Status Inspection::open(const std::string& file) {
  Status opened = Error{Errc::system, "there is no folder for sockets"};
  for (const std::string& folder : socket_folders()) {
    opened = make_folder(folder);
    if (!opened) continue;
    std::string path = folder;
    path.append("/").append(file);
    auto server = InspectionServer::start(std::move(path), [this](std::string_view line) { return answers_.to(line); });
    if (server) {
      server_ = std::move(server).value();
      static_cast<void>(find_sockets(folder));  // Removes what ended processes have left.
      return Ok{};
    }
    opened = server.error();
  }
  return opened;
}

}  // namespace hawser
