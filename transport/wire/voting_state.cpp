#include "transport/wire/voting_state.hpp"

#include <algorithm>

namespace hawser::wire {
namespace {

constexpr std::size_t kViewIdBytes = 16;
constexpr std::size_t kVoterBytes = 8;

std::size_t size_of(const VotingSession& session) {
  return varint_size(session.number) + kViewIdBytes + varint_size(session.voters.size()) +
         kVoterBytes * session.voters.size();
}

void put(Writer& writer, const VotingSession& session) {
  writer.varint(session.number);
  writer.number(session.view.epoch);
  writer.number(session.view.digest);
  writer.varint(session.voters.size());
  for (const VoterId voter : session.voters) writer.number(voter.value);
}

VotingSession get_session(Reader& reader) {
  VotingSession session;
  session.number = reader.varint();
  session.view.epoch = reader.number<std::uint64_t>();
  session.view.digest = reader.number<std::uint64_t>();
  session.voters.resize(reader.count(kVoterBytes));
  for (VoterId& voter : session.voters) voter = {reader.number<std::uint64_t>()};
  const auto unsorted = [](VoterId a, VoterId b) { return a >= b; };
  if (std::adjacent_find(session.voters.begin(), session.voters.end(), unsorted) != session.voters.end()) reader.fail();
  if ((session.number == 0) != session.voters.empty()) reader.fail();
  return session;
}

}  // namespace

std::size_t size_of(const VotingState& state) {
  std::size_t size = kVoterBytes + sizeof state.electorate + varint_size(state.number) + varint_size(state.former) +
                     size_of(state.last) + varint_size(state.open.size());
  for (const VotingSession& session : state.open) size += size_of(session);
  return size;
}

void put(Writer& writer, const VotingState& state) {
  writer.number(state.voter.value);
  writer.number(state.electorate);
  writer.varint(state.number);
  writer.varint(state.former);
  put(writer, state.last);
  writer.varint(state.open.size());
  for (const VotingSession& session : state.open) put(writer, session);
}

VotingState get_voting_state(Reader& reader) {
  VotingState state;
  state.voter = {reader.number<std::uint64_t>()};
  state.electorate = reader.number<std::uint16_t>();
  state.number = reader.varint();
  state.former = reader.varint();
  state.last = get_session(reader);
  state.open.resize(reader.count(1 + kViewIdBytes + 1));
  for (VotingSession& session : state.open) {
    session = get_session(reader);
    if (session.number == 0 || session.number > state.number) reader.fail();
  }
  const bool numbers_fit = state.last.number <= state.number && state.former <= state.number;
  if (!numbers_fit || state.number > kSessionNumberMax || state.open.size() > kOpenSessionsMax) reader.fail();
  return state;
}

}  // namespace hawser::wire
