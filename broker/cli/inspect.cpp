// hawser groups, topics, explain and flight: asks a running node, and shows what it says.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <optional>

#include "broker/cli/commands.hpp"
#include "broker/cli/complain.hpp"
#include "broker/cli/inspect_text.hpp"
#include "broker/cli/screen.hpp"
#include "broker/cli/wake_ups.hpp"
#include "hawser/inspection.hpp"

namespace hawser::cli {
namespace {

using Question = InspectArguments::Question;

constexpr std::chrono::milliseconds kWatchInterval{1000};
constexpr std::chrono::milliseconds kPatience{5000};

std::string question_of(const InspectArguments& arguments) {
  switch (arguments.question) {
    case Question::groups: return groups_question();
    case Question::topics: return topics_question();
    case Question::flight: return flight_question();
    case Question::explain: break;
  }
  return topic_question(arguments.topic);
}

const char* name_of(Question question) {
  switch (question) {
    case Question::groups: return "groups";
    case Question::topics: return "topics";
    case Question::flight: return "flight";
    case Question::explain: break;
  }
  return "explain";
}

// ---- Which node ----

Error nobody_in(const std::string& domain) {
  std::string message = "no node of domain \"" + domain + "\" is running here";
  const std::size_t others = find_local_nodes().size();
  if (others == 0) return {Errc::system, message + ": start one, e.g. hawser sub greetings"};
  return {Errc::system, message + " (nodes of other domains: " + std::to_string(others) +
                            "): choose with --domain or --node, or start one, e.g. hawser sub greetings --domain " +
                            domain};
}

Result<std::vector<LocalNode>> nodes_of_process(const std::string& text, const std::string& domain) {
  std::uint32_t process = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), process);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return Error{Errc::invalid_argument, "--node is '" + text + "'; it takes a process id, or a path with a /"};
  }
  const auto of_process = [&](std::vector<LocalNode> nodes) {
    std::erase_if(nodes, [&](const LocalNode& node) { return node.process_id != process; });
    return nodes;
  };
  std::vector<LocalNode> nodes = of_process(find_local_nodes(domain));
  if (nodes.empty()) nodes = of_process(find_local_nodes());
  if (!nodes.empty()) return nodes;
  return Error{Errc::system, "process " + text + " has no node that answers: is it of this user, and still running?"};
}

/// Those that may be asked, the best first; never none.
Result<std::vector<LocalNode>> candidates(const InspectArguments& arguments) {
  if (arguments.node.find('/') != std::string::npos) return std::vector<LocalNode>{{0, arguments.node}};
  if (!arguments.node.empty()) return nodes_of_process(arguments.node, arguments.domain);
  std::vector<LocalNode> nodes = find_local_nodes(arguments.domain);
  if (nodes.empty()) return nobody_in(arguments.domain);
  return nodes;
}

// ---- Asking and showing ----

/// Asks the first node that answers, and from then on the same.
class Inquiry {
 public:
  explicit Inquiry(const InspectArguments& arguments)
      : arguments_(arguments), question_(question_of(arguments)), screen_(arguments.watch && !arguments.json) {}

  Status ask_and_show() {
    const auto answer = node_ ? ask_again() : ask_any();
    if (!answer) return answer.error();
    if (arguments_.json) return show_json(*answer);
    const auto lines = inspect_lines(arguments_.question, *answer, screen_.width());
    if (!lines) return lines.error();
    return screen_.show(*lines);
  }

 private:
  /// Errors: any but `closed`, which is kept for the reader of what is shown.
  [[nodiscard]] Result<std::string> ask(const LocalNode& node) const {
    auto answer = ask_local_node(node.socket, question_, kPatience);
    if (!answer && answer.error().code == Errc::closed) return Error{Errc::system, answer.error().message};
    return answer;
  }

  [[nodiscard]] Result<std::string> ask_again() const {
    auto answer = ask(*node_);
    if (!answer && ::access(node_->socket.c_str(), F_OK) != 0) return Error{Errc::system, "the node has ended"};
    return answer;
  }

  Result<std::string> ask_any() {
    const auto nodes = candidates(arguments_);
    if (!nodes) return nodes.error();
    std::optional<Error> failure;
    for (const LocalNode& node : *nodes) {
      auto answer = ask(node);
      if (answer) node_ = node;
      if (answer) return answer;
      failure = answer.error();
    }
    return *failure;
  }

  Status show_json(const std::string& answer) {
    if (auto checked = check_answer(answer); !checked) return checked;
    return screen_.write(answer + '\n');
  }

  const InspectArguments& arguments_;
  const std::string question_;
  std::optional<LocalNode> node_;
  Screen screen_;
};

Status inspect(const InspectArguments& arguments, WakeUps& wake_ups) {
  Inquiry inquiry(arguments);
  Status shown = inquiry.ask_and_show();
  while (arguments.watch && shown.ok() && !wake_ups.wait(kWatchInterval, STDOUT_FILENO)) {
    shown = inquiry.ask_and_show();
  }
  return shown;
}

}  // namespace

int run_inspect(const InspectArguments& arguments) {
  std::signal(SIGPIPE, SIG_IGN);  // A reader that is gone is told by write().
  const auto wake_ups = WakeUps::create();
  if (!wake_ups) return complain(name_of(arguments.question), wake_ups.error());
  const Status shown = inspect(arguments, **wake_ups);
  // `topics | head -1` is no failure.
  if (shown.ok() || shown.error().code == Errc::closed) return kExitOk;
  return complain(name_of(arguments.question), shown.error());
}

}  // namespace hawser::cli
