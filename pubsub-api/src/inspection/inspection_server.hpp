// The socket on which a node answers questions, and the thread that serves it. Whoever asks can hold up others who ask,
// for a while, but never the node.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "hawser/result.hpp"
#include "transport/io/file_descriptor.hpp"

namespace hawser {

struct InspectionLimits {
  /// At once; further ones wait until one of these is done.
  std::size_t connections_max = 16;
  /// From the connection to the last byte of the answer: then it is closed, whoever reads slowly or says nothing.
  std::chrono::milliseconds patience{10000};
};

/// Reads one line from each connection, of at most kQuestionBytesMax bytes, answers it with one line, and closes.
/// Threads: one at a time; the answers come from its own.
class InspectionServer {
 public:
  using Answer = std::function<std::string(std::string_view question)>;
  /// `answer` is called on the server's thread until the server is gone.
  /// Errors: system  no socket at `path`, or no thread.
  static Result<std::unique_ptr<InspectionServer>> start(std::string path, Answer answer, InspectionLimits limits = {});
  /// Closes what is open and removes the socket.
  ~InspectionServer();
  InspectionServer(const InspectionServer&) = delete;
  InspectionServer& operator=(const InspectionServer&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  InspectionServer(std::string path, FileDescriptor stop, FileDescriptor listener);

  const std::string path_;
  const FileDescriptor stop_;  // readable when the thread should end
  const FileDescriptor listener_;
  std::thread thread_;
};

}  // namespace hawser
