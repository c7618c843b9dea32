#include "broker/cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <sstream>

namespace hawser::cli {
namespace {

constexpr const char* kAbout = "Publish and subscribe on a Hawser bus from the shell.";

constexpr const char* kFooter =
    "Example, in two terminals:\n"
    "  hawser sub greetings\n"
    "  hawser pub greetings \"hello, world\"\n"
    "Exit codes: 0 done, 1 it failed, 2 wrong usage.";

constexpr const char* kPubAbout =
    "Publish to TOPIC, and end once every member of the topic has it.\n"
    "  TEXT     one message\n"
    "  -        each line of standard input is a message, without its line end\n"
    "  nothing  all of standard input is one message, byte for byte\n"
    "A TEXT that begins with a dash goes after --.";

constexpr const char* kPubFooter =
    "Nothing is stored without a subscriber, so `pub` first waits for another node in the domain (--wait), and\n"
    "fails where none comes. It cannot tell whether that node listens to TOPIC.\n"
    "With --json it prints a line for each message: {\"topic\":…,\"key\":…,\"number\":…,\"bytes\":…}\n"
    "Examples:\n"
    "  hawser pub prices.oak 17.20 --key OAK\n"
    "  tail -f access.log | hawser pub web.log -\n"
    "  hawser pub pictures < photo.jpg";

constexpr const char* kSubAbout =
    "Print the last value of each TOPIC, and then every message as it comes.\n"
    "Of one topic: the payload and a line end. Of several: the topic, a tab, the payload and a line end.";

constexpr const char* kSubFooter =
    "Ends on Ctrl-C, SIGTERM, or after --count messages. On a terminal, control characters are shown as \\xNN.\n"
    "With --json there is one object a line, with a \"type\":\n"
    "  message  topic, key (where it has one), publisher, number, retained, and payload\n"
    "           (payload_base64 where it is not UTF-8)\n"
    "  synced   topic, retained_messages, state_lost: the last values are in, live messages follow\n"
    "  gap      topic, cause, messages (0 = unknown): messages that will never come\n"
    "Without --json gaps are told on standard error.\n"
    "Examples:\n"
    "  hawser sub prices.oak prices.elm\n"
    "  hawser sub web.log --out web.log --count 1000\n"
    "  hawser sub prices.oak --json | jq .payload";

/// Said before anything is joined; the bus has the last word.
std::string refuse_topic(const std::string& topic) {
  constexpr std::size_t kTopicBytesMax = 256;
  if (!topic.empty() && topic.size() <= kTopicBytesMax) return {};
  return "a topic's name has 1 to " + std::to_string(kTopicBytesMax) + " bytes; this has " +
         std::to_string(topic.size());
}

void declare_bus(CLI::App& app, BusArguments& bus) {
  app.add_option("--domain", bus.domain, "Only nodes of the same domain hear each other")
      ->capture_default_str()
      ->type_name("NAME");
  app.add_option("--interface", bus.interface_address, "IPv4 address of the interface to use")
      ->capture_default_str()
      ->check(CLI::ValidIPV4.description(""))
      ->type_name("ADDRESS");
}

CLI::App* declare_pub(CLI::App& app, PubArguments& pub) {
  CLI::App* command = app.add_subcommand("pub", kPubAbout);
  command->add_option("TOPIC", pub.topic, "Where to publish")->required()->type_name("")->check(refuse_topic);
  command->add_option("TEXT", pub.text, "What to publish; - for the lines of standard input")->type_name("");
  command->add_option("--key", pub.key, "The topic keeps the last value of each key")->type_name("KEY");
  command->add_option("--wait", pub.wait_seconds, "How long to wait for another node; 0 = publish in any case")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e6).description(""))
      ->type_name("SECONDS");
  command->add_flag("--json", pub.json, "Print what was published, an object a line");
  declare_bus(*command, pub.bus);
  command->footer(kPubFooter);
  return command;
}

CLI::App* declare_sub(CLI::App& app, SubArguments& sub) {
  CLI::App* command = app.add_subcommand("sub", kSubAbout);
  command->add_option("TOPIC", sub.topics, "What to listen to")->required()->type_name("")->check(refuse_topic);
  command->add_option("--out", sub.out, "Write to FILE (overwritten) instead of standard output")->type_name("FILE");
  command->add_option("--count", sub.count, "End after N messages")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 62).description(""))
      ->type_name("N");
  command->add_flag("--json", sub.json, "Print an object a line");
  declare_bus(*command, sub.bus);
  command->footer(kSubFooter);
  return command;
}

}  // namespace

Command parse_arguments(int argc, const char* const* argv, std::string_view version) {
  PubArguments pub;
  SubArguments sub;
  CLI::App app(kAbout, "hawser");
  app.footer(kFooter);
  app.set_version_flag("--version", "hawser " + std::string(version));
  app.require_subcommand(1);
  const CLI::App* pub_command = declare_pub(app, pub);
  declare_sub(app, sub);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool unknown = argc > 1 && argv[1][0] != '-' && app.get_subcommands().empty();
    if (unknown) {
      return Notice{"hawser: no command '" + std::string{argv[1]} + "': there are pub and sub (hawser --help)\n",
                    kExitUsage};
    }
    std::ostringstream out;
    const int code = app.exit(error, out, out);
    // CLI11 has a code of its own for each kind of wrong usage.
    return Notice{out.str(), code == 0 ? kExitOk : kExitUsage};
  }
  if (pub_command->parsed()) return pub;
  return sub;
}

}  // namespace hawser::cli
