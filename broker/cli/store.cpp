// hawser store: look into a store, check it, copy it.
#include "hawser/store.hpp"

#include <csignal>

#include "broker/cli/commands.hpp"
#include "broker/cli/complain.hpp"
#include "broker/cli/output.hpp"
#include "broker/cli/store_text.hpp"

namespace hawser::cli {
namespace {

Status print(const std::string& text) {
  Output output = Output::to_standard_output();
  const Status written = output.write(text);
  return written ? output.flush() : written;
}

Status carry_out(const StoreArguments& arguments) {
  switch (arguments.task) {
    case StoreArguments::Task::inspect: {
      const auto topics = inspect_store(arguments.folder);
      if (!topics) return topics.error();
      return print(arguments.json ? stored_topics_json(*topics) : stored_topics_text(*topics));
    }
    case StoreArguments::Task::verify: {
      const auto topics = verify_store(arguments.folder);
      if (!topics) return topics.error();
      return print(arguments.json ? stored_topics_json(*topics) : "Sound: " + totals_text(*topics));
    }
    case StoreArguments::Task::backup: break;
  }
  return back_up_store(arguments.folder, arguments.copy);
}

}  // namespace

int run_store(const StoreArguments& arguments) {
  std::signal(SIGPIPE, SIG_IGN);  // A reader that is gone is told by write().
  const Status done = carry_out(arguments);
  if (!done && done.error().code != Errc::closed) return complain("store", done.error());
  return kExitOk;
}

}  // namespace hawser::cli
