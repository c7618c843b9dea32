#include "broker/cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <sstream>

#include "hawser/subject.hpp"
#include "hawser/text.hpp"

namespace hawser::cli {
namespace {

constexpr const char* kAbout = "Publish and subscribe on a Hawser bus from the shell, and look into it.";

constexpr const char* kFooter =
    "Example, in two terminals:\n"
    "  hawser sub greetings\n"
    "  hawser pub greetings \"hello, world\"\n"
    "and in a third, which group the topic rides on, and why:\n"
    "  hawser explain greetings\n"
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
    "  hawser pub log \"it begins\" --history 1000\n"
    "  tail -f access.log | hawser pub web.log -\n"
    "  hawser pub pictures < photo.jpg";

constexpr const char* kSubAbout =
    "Print the last value of each TOPIC, and then every message as it comes.\n"
    "A TOPIC may be a pattern: * stands for one token between dots, > at the end for all the rest; quote them.\n"
    "Of one topic: the payload and a line end. Of several, or a pattern: the topic, a tab, the payload, a line end.";

constexpr const char* kSubFooter =
    "Ends on Ctrl-C, SIGTERM, or after --count messages. On a terminal, control characters are shown as \\xNN.\n"
    "With --json there is one object a line, with a \"type\":\n"
    "  message  topic, key (where it has one), publisher, number, retained, payload (payload_base64 where it is\n"
    "           not UTF-8), and where the topic keeps a history time_ms, when it was published, since 1970\n"
    "  synced   topic, retained_messages, state_lost: the last values are in, live messages follow;\n"
    "           received_messages: so many of them another node has sent, the others were here\n"
    "  gap      topic, cause, messages (0 = unknown): messages that will never come; where they are known,\n"
    "           publisher, and first and last of its numbers\n"
    "  watching pattern: topics that fit it and come from here on are heard from their first message on\n"
    "Without --json gaps are told on standard error.\n"
    "Examples:\n"
    "  hawser sub prices.oak prices.elm\n"
    "  hawser sub 'prices.*'\n"
    "  hawser sub web.log --start all --out web.log --count 1000\n"
    "  hawser sub prices.oak --json | jq .payload";

constexpr const char* kGroupsAbout =
    "Show the heavy-weight groups of a domain: address, view, members, and the topics that ride on each.";

constexpr const char* kTopicsAbout = "Show the topics of a domain: on which group each rides, and who is in it.";

constexpr const char* kExplainAbout =
    "Show one topic: who is in it, which group and address it rides on, why the mapper put it there, and what is\n"
    "under way.";

constexpr const char* kFlightAbout =
    "Show what a node sent, received and went through last: its flight recorder, the newest at the end. A node writes "
    "the\n"
    "same into a file when a check inside it fails.";

constexpr const char* kInspectFooter =
    "Joins nothing: asks a node that runs here, which is any process of this user with a bus open, `hawser sub`\n"
    "too. RECEIVED, FILTERED and the like are that node's own counts since it joined.\n"
    "With --json it prints the answer as one object on one line (with --watch, one every second). Its fields are\n"
    "told in broker/INSPECTION.md.\n"
    "Examples:\n"
    "  hawser groups --watch\n"
    "  hawser topics --json | jq -r '.topics[].topic'\n"
    "  hawser explain prices.oak --node 4242";

constexpr const char* kDoctorAbout =
    "Look whether this machine is fit for a bus: interface, multicast, sockets, buffers, MTU, clock. Of what is not as "
    "it\n"
    "should be, it says what to do, and what Hawser does until then. Joins nothing.";

constexpr const char* kDoctorFooter =
    "Exit codes: 0 Hawser works here, if by a detour; 1 it does not; 2 wrong usage.\n"
    "With --json it prints one object on one line. Its fields are told in broker/DOCTOR.md.\n"
    "Examples:\n"
    "  hawser doctor --interface eth0\n"
    "  hawser doctor --json | jq '.checks[] | select(.verdict != \"good\")'";

constexpr const char* kStoreAbout =
    "Look into the folder where a node stores its topics (--store), while no node uses it.";

constexpr const char* kStoreFooter =
    "Examples:\n"
    "  hawser store inspect /var/lib/ticker\n"
    "  hawser store verify /var/lib/ticker && hawser store backup /var/lib/ticker /backup/ticker";

/// Said before anything is joined. Empty where nothing is wrong.
std::string refuse_topic(const std::string& topic) {
  const Status valid = check_topic(topic);
  return valid ? std::string{} : for_terminal(valid.error().message);
}

std::string refuse_pattern(const std::string& text) {
  const auto pattern = Pattern::parse(text);
  return pattern ? std::string{} : for_terminal(pattern.error().message);
}

void declare_domain(CLI::App& app, std::string& domain, const char* about) {
  app.add_option("--domain", domain, about)->capture_default_str()->type_name("NAME");
}

void declare_interface(CLI::App& app, std::string& interface) {
  app.add_option("--interface", interface, "Network interface to use, by name or IPv4 address")
      ->capture_default_str()
      ->type_name("NAME|ADDRESS");
}

void declare_bus(CLI::App& app, BusArguments& bus) {
  declare_domain(app, bus.domain, "Only nodes of the same domain hear each other");
  declare_interface(app, bus.interface);
  app.add_option("--transport", bus.transport, "auto: multicast, and unicast to whom it does not reach; or one only")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "multicast", "unicast"}).description(""))
      ->type_name("auto|multicast|unicast");
  app.add_option("--peers", bus.peers, "Where nodes may be that multicast does not reach, with commas")
      ->delimiter(',')
      ->type_name("HOST[:PORT]");
  app.add_option("--port", bus.port, "UDP port by which others reach this node; 0 = of its own choice")
      ->capture_default_str()
      ->type_name("PORT");
  app.add_option("--store", bus.store, "Keep topics that are told --retained in this folder, of this node's own")
      ->type_name("DIR");
  CLI::Option* voter =
      app.add_option("--voter", bus.voter_file, "Vote on the primary part of a split domain")->type_name("FILE");
  CLI::Option* electorate =
      app.add_option("--electorate", bus.electorate, "How many nodes vote to begin with; none for who comes later")
          ->type_name("COUNT");
  electorate->needs(voter);
  app.add_option("--silence", bus.silence_ms,
                 "How long a node may be silent before it is taken for gone; the same at all")
      ->capture_default_str()
      ->type_name("MS");
  app.add_option("--heartbeat", bus.heartbeat_ms,
                 "How often this node says that it lives; 0 = a sixteenth of --silence")
      ->capture_default_str()
      ->type_name("MS");
  app.add_option("--impair", bus.impairment, "Make the network worse, for trials: delay=5ms,jitter=2ms,loss=1%,...")
      ->type_name("WHAT");
}

CLI::App* declare_pub(CLI::App& app, PubArguments& pub) {
  CLI::App* command = app.add_subcommand("pub", kPubAbout);
  command->add_option("TOPIC", pub.topic, "Where to publish")->required()->type_name("")->check(refuse_topic);
  command->add_option("TEXT", pub.text, "What to publish; - for the lines of standard input")->type_name("");
  command->add_option("--key", pub.key, "The topic keeps the last value of each key")->type_name("KEY");
  command->add_option("--order", pub.order, "Tell the topic its order first: total, one for all subscribers; or fifo")
      ->check(CLI::IsMember({"fifo", "total"}).description(""))
      ->type_name("ORDER");
  command->add_option("--history", pub.history, "Tell the topic first to keep its last N messages")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 32U).description(""))
      ->type_name("N");
  command->add_flag("--retained", pub.retained, "Tell the topic first to outlive its nodes, where they have a --store");
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
  command->add_option("TOPIC", sub.topics, "What to listen to: topics, or patterns")
      ->required()
      ->type_name("")
      ->check(refuse_pattern);
  command
      ->add_option("--start", sub.start, "Begin with the last value of each key, all that is kept, the last, or none")
      ->capture_default_str()
      ->check(CLI::IsMember({"values", "all", "last", "none"}).description(""))
      ->type_name("WHERE");
  command->add_option("--out", sub.out, "Write to FILE (overwritten) instead of standard output")->type_name("FILE");
  command->add_option("--count", sub.count, "End after N messages")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 62).description(""))
      ->type_name("N");
  command->add_flag("--json", sub.json, "Print an object a line");
  declare_bus(*command, sub.bus);
  command->footer(kSubFooter);
  return command;
}

CLI::App* declare_inspect(CLI::App& app, const char* name, const char* about, InspectArguments& inspect) {
  CLI::App* command = app.add_subcommand(name, about);
  if (inspect.question == InspectArguments::Question::explain) {
    command->add_option("TOPIC", inspect.topic, "What to explain")->required()->type_name("")->check(refuse_topic);
  }
  declare_domain(*command, inspect.domain, "Ask a node of this domain: that with the lowest process id");
  command->add_option("--node", inspect.node, "Ask this one: a process id, or the path of its socket")
      ->type_name("PID|PATH");
  command->add_flag("--watch", inspect.watch, "Ask again every second, until Ctrl-C");
  command->add_flag("--json", inspect.json, "Print the answer as JSON");
  command->footer(kInspectFooter);
  return command;
}

CLI::App* declare_doctor(CLI::App& app, DoctorArguments& doctor) {
  CLI::App* command = app.add_subcommand("doctor", kDoctorAbout);
  declare_domain(*command, doctor.domain, "Try multicast with this domain's port");
  declare_interface(*command, doctor.interface);
  command->add_flag("--json", doctor.json, "Print what was found as JSON");
  command->footer(kDoctorFooter);
  return command;
}

CLI::App* declare_store_task(CLI::App& app, const char* name, const char* about, StoreArguments& store) {
  CLI::App* command = app.add_subcommand(name, about);
  command->add_option("DIR", store.folder, "The store")->required()->type_name("");
  if (store.task == StoreArguments::Task::backup) {
    command->add_option("COPY", store.copy, "A folder that is not there yet")->required()->type_name("");
  } else {
    command->add_flag("--json", store.json, "Print what was found as JSON");
  }
  return command;
}

/// The arguments of the three tasks.
struct StoreTasks {
  StoreArguments inspect{.task = StoreArguments::Task::inspect};
  StoreArguments verify{.task = StoreArguments::Task::verify};
  StoreArguments backup{.task = StoreArguments::Task::backup};
};

CLI::App* declare_store(CLI::App& app, StoreTasks& tasks) {
  CLI::App* command = app.add_subcommand("store", kStoreAbout);
  command->require_subcommand(1);
  declare_store_task(*command, "inspect", "Show the topics that it has", tasks.inspect);
  declare_store_task(*command, "verify", "Read all of it, and compare it with its checksums", tasks.verify);
  declare_store_task(*command, "backup", "Copy it; what does not change is shared with the copy, on one file system",
                     tasks.backup);
  command->footer(kStoreFooter);
  return command;
}

StoreArguments chosen(const CLI::App& command, const StoreTasks& tasks) {
  if (command.got_subcommand("inspect")) return tasks.inspect;
  return command.got_subcommand("verify") ? tasks.verify : tasks.backup;
}

/// CLI11 would only say that a command is required.
bool names_unknown_command(const CLI::App& app, int argc, const char* const* argv) {
  return argc > 1 && argv[1][0] != '-' && app.get_subcommands().empty();
}

bool names_unknown_task(const CLI::App& store, int argc, const char* const* argv) {
  return argc > 2 && argv[1] == store.get_name() && argv[2][0] != '-' && store.get_subcommands().empty();
}

}  // namespace

Command parse_arguments(int argc, const char* const* argv, std::string_view version) {
  PubArguments pub;
  SubArguments sub;
  using Question = InspectArguments::Question;
  InspectArguments groups{.question = Question::groups};
  InspectArguments topics{.question = Question::topics};
  InspectArguments explain{.question = Question::explain};
  InspectArguments flight{.question = Question::flight};
  DoctorArguments doctor;
  StoreTasks store;
  CLI::App app(kAbout, "hawser");
  app.footer(kFooter);
  app.set_version_flag("--version", "hawser " + std::string(version));
  app.require_subcommand(1);
  const CLI::App* pub_command = declare_pub(app, pub);
  const CLI::App* sub_command = declare_sub(app, sub);
  const CLI::App* groups_command = declare_inspect(app, "groups", kGroupsAbout, groups);
  const CLI::App* topics_command = declare_inspect(app, "topics", kTopicsAbout, topics);
  declare_inspect(app, "explain", kExplainAbout, explain);
  const CLI::App* flight_command = declare_inspect(app, "flight", kFlightAbout, flight);
  const CLI::App* doctor_command = declare_doctor(app, doctor);
  const CLI::App* store_command = declare_store(app, store);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (names_unknown_command(app, argc, argv)) {
      return Notice{"hawser: no command '" + std::string{argv[1]} +
                        "': there are pub, sub, groups, topics, explain, flight, doctor and store (hawser --help)\n",
                    kExitUsage};
    }
    if (names_unknown_task(*store_command, argc, argv)) {
      return Notice{"hawser store: no task '" + std::string{argv[2]} +
                        "': there are inspect, verify and backup (hawser store --help)\n",
                    kExitUsage};
    }
    std::ostringstream out;
    const int code = app.exit(error, out, out);
    // CLI11 has a code of its own for each kind of wrong usage.
    return Notice{out.str(), code == 0 ? kExitOk : kExitUsage};
  }
  if (pub_command->parsed()) return pub;
  if (sub_command->parsed()) return sub;
  if (groups_command->parsed()) return groups;
  if (flight_command->parsed()) return flight;
  if (doctor_command->parsed()) return doctor;
  if (store_command->parsed()) return chosen(*store_command, store);
  return topics_command->parsed() ? topics : explain;
}

}  // namespace hawser::cli
