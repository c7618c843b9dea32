// The command line of `hawser`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hawser::cli {

/// Exit codes, as --help tells them.
enum ExitCode : int { kExitOk = 0, kExitFailure = 1, kExitUsage = 2 };

/// What `pub` and `sub` need to join.
struct BusArguments {
  std::string domain = "default";
  std::string interface = "127.0.0.1";
  std::string transport = "auto";  ///< or "multicast", "unicast"
  std::vector<std::string> peers;
  std::uint16_t port = 0;
  std::string store;       ///< a folder; empty: nothing is stored
  std::string voter_file;  ///< empty: no vote
  std::uint16_t electorate = 0;
  std::string impairment;
  std::uint32_t silence_ms = 250;
  std::uint32_t heartbeat_ms = 0;  ///< 0: a sixteenth of the silence
};

/// hawser pub TOPIC [TEXT|-]
struct PubArguments {
  BusArguments bus;
  std::string topic;
  std::optional<std::string> text;  ///< "-" for a message per line of the input; nothing for all of it as one message
  std::string key;
  std::string order;          ///< "fifo" or "total": what the topic is told; empty: nothing
  std::uint64_t history = 0;  ///< how many messages the topic is told to keep; 0: nothing
  bool retained = false;      ///< the topic is told to outlive its nodes
  double wait_seconds = 2;
  bool json = false;
};

/// hawser sub TOPIC…
struct SubArguments {
  BusArguments bus;
  std::vector<std::string> topics;
  std::string start = "values";  ///< or "all", "last", "none"
  std::string out;               ///< a file; empty for standard output
  std::uint64_t count = 0;       ///< end after so many messages; 0 = never
  bool json = false;
};

/// hawser groups, hawser topics, hawser explain TOPIC, hawser flight
struct InspectArguments {
  enum class Question { groups, topics, explain, flight };
  Question question = Question::groups;
  std::string topic;  ///< of `explain`
  std::string domain = "default";
  std::string node;  ///< a process id or a socket's path; empty for the domain's first
  bool watch = false;
  bool json = false;
};

/// hawser doctor
struct DoctorArguments {
  std::string domain = "default";
  std::string interface = "127.0.0.1";
  bool json = false;
};

/// hawser store inspect|verify DIR, hawser store backup DIR COPY
struct StoreArguments {
  enum class Task { inspect, verify, backup };
  Task task = Task::inspect;
  std::string folder;
  std::string copy;  ///< of `backup`: a folder that is not there yet
  bool json = false;
};

/// Something to print instead of a command to run: help, the version, or what was wrong with the line.
struct Notice {
  std::string text;
  int exit_code = kExitOk;
};

using Command = std::variant<PubArguments, SubArguments, InspectArguments, DoctorArguments, StoreArguments, Notice>;

Command parse_arguments(int argc, const char* const* argv, std::string_view version);

}  // namespace hawser::cli
