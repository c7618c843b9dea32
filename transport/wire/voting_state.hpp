// A voting state in bytes, for sync messages and for a voter's file.
#pragma once

#include "transport/core/voting_state.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser::wire {

std::size_t size_of(const VotingState& state);
void put(Writer& writer, const VotingState& state);
/// Fails the reader where it is malformed.
VotingState get_voting_state(Reader& reader);

}  // namespace hawser::wire
