#include "pubsub-api/src/inspection/inspection_server.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

#include "pubsub-api/src/inspection/inspection_loop.hpp"
#include "pubsub-api/src/inspection/unix_socket.hpp"
#include "transport/io/named_thread.hpp"
#include "transport/io/system_error.hpp"

namespace hawser {

Result<std::unique_ptr<InspectionServer>> InspectionServer::start(std::string path, Answer answer,
                                                                  InspectionLimits limits) {
  FileDescriptor stop{::eventfd(0, EFD_CLOEXEC)};
  if (!stop) return system_error("cannot open an event descriptor");
  auto listener = listen_at(path);
  if (!listener) return listener.error();
  std::unique_ptr<InspectionServer> server{
      new InspectionServer{std::move(path), std::move(stop), std::move(listener).value()}};
  auto thread = start_thread("hawser-inspect", [raw = server.get(), answer = std::move(answer), limits] {
    InspectionLoop{raw->stop_.get(), raw->listener_.get(), answer, limits}.run();
  });
  if (!thread) return thread.error();
  server->thread_ = std::move(thread).value();
  return server;
}

InspectionServer::InspectionServer(std::string path, FileDescriptor stop, FileDescriptor listener)
    : path_(std::move(path)), stop_(std::move(stop)), listener_(std::move(listener)) {}

InspectionServer::~InspectionServer() {
  ::unlink(path_.c_str());
  ::eventfd_write(stop_.get(), 1);
  if (thread_.joinable()) thread_.join();
}

}  // namespace hawser
