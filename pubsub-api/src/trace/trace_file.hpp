// A node's trace in a file: written by the reactor, read by the property checkers.
//
// One line an event, fields separated by single spaces:
//
//   hawser-trace 1 NODE                                              the first line: version of this format, and who
//   TIME heavy_view      GROUP VIEW [NODE,…] [START,…] [NODE,…]      members, their start-change ids, transitional set
//   TIME heavy_sent      GROUP ORDER DIGEST
//   TIME heavy_delivered GROUP NODE ORDER DIGEST                     from NODE
//   TIME light_view      NAME LWG ERA VIEW [NODE/ROLE,…] [NODE,…] [NODE,…]   members, transitional set, newcomers
//   TIME light_left      NAME LWG
//   TIME light_sent      NAME DIGEST
//   TIME light_delivered LWG NODE DIGEST
//   TIME subscribed      NAME
//   TIME unsubscribed    NAME
//   TIME published       NAME NUMBER DIGEST
//   TIME received        NAME NODE NUMBER DIGEST RETAINED            RETAINED: 0 or 1
//   TIME state_taken     NAME ERA VIEW DIGEST
//   TIME state_installed NAME NODE ERA VIEW DIGEST                   NODE: the donor
//   TIME gap             NAME
//   TIME directory       SYNCED DIGEST                               SYNCED: 0 or 1
//
// TIME, GROUP, LWG, START, NUMBER and DIGEST are decimal; times are nanoseconds of CLOCK_MONOTONIC. NODE is
// 127.0.0.1:40001#9f02c1d4a6b80e31, VIEW is EPOCH.DIGEST (decimal, 16 hexadecimal digits), ERA is VIEW/NUMBER, ORDER is
// 0 (fifo) or 1 (total), ROLE is 0 (subscriber) or 1 (publisher). NAME is = and then the name, in which every byte but
// letters, digits and ._/>*- is %XX. Example:
//
//   48310298112233 received =stocks.ibm 127.0.0.1:40001#9f02c1d4a6b80e31 17 11400714819323198485 0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pubsub-api/src/trace/trace.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/result.hpp"
#include "transport/io/file_descriptor.hpp"

namespace hawser {

/// Events gather in memory until write_out(), which the reactor calls at the end of each round, before datagrams go out
/// and before handlers see messages. So what anybody else can know of is in the file, even after kill -9.
/// Threads: single-threaded.
class TraceFile : public TraceSink {
 public:
  /// Replaces what was at `path`.
  /// Errors: system  the file can't be made.
  static Result<std::unique_ptr<TraceFile>> create(const std::string& path, const NodeId& self);

  void record(TraceEvent event) override;
  /// Errors: system  the file can't be written: it ends here, and nothing more is recorded.
  Status write_out();

 private:
  TraceFile(std::string path, FileDescriptor file, const NodeId& self);

  std::string path_;
  FileDescriptor file_;  // None after an error.
  std::string lines_;
};

struct TraceFileContents {
  NodeId node;
  std::vector<TraceEvent> events;
};

/// A last line without its end is left out: its writer was killed in the middle of it.
/// Errors: system    the file can't be read;
///         bad_data  it is no trace: the message names the line.
Result<TraceFileContents> read_trace_file(const std::string& path);

}  // namespace hawser
