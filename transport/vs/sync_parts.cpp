#include "transport/vs/sync_parts.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hawser {

std::vector<wire::Sync> parts_of(const wire::Sync& sync, std::size_t bytes_max) {
  wire::Sync head = sync;
  head.streams.clear();
  std::vector<wire::Sync> parts{head};
  std::size_t bytes = 0;
  for (const wire::StreamCut& stream : sync.streams) {
    const std::size_t more = wire::body_size(stream);
    if (bytes > 0 && bytes + more > bytes_max) {
      parts.push_back(head);
      bytes = 0;
    }
    bytes += more;
    parts.back().streams.push_back(stream);
  }
  for (std::size_t at = 0; at < parts.size(); ++at) {
    parts[at].part = static_cast<std::uint16_t>(at);
    parts[at].parts = static_cast<std::uint16_t>(parts.size());
  }
  return parts;
}

std::optional<wire::Sync> SyncParts::on_part(const NodeId& owner, wire::Sync part) {
  if (part.parts == 1) {
    incomplete_.erase(owner);
    return part;
  }
  const std::size_t number = part.part;
  const std::size_t parts = part.parts;
  auto at = incomplete_.find(owner);
  if (at == incomplete_.end() || at->second.sync.start_id < part.start_id) {
    at = incomplete_.insert_or_assign(owner, Incomplete{std::move(part), std::vector<bool>(parts)}).first;
  } else {
    const auto& [sync, here] = at->second;
    if (sync.start_id != part.start_id || here.size() != parts || here[number]) return std::nullopt;
    std::move(part.streams.begin(), part.streams.end(), std::back_inserter(at->second.sync.streams));
  }
  auto& [sync, here] = at->second;
  here[number] = true;
  if (!std::all_of(here.begin(), here.end(), [](bool is) { return is; })) return std::nullopt;
  wire::Sync whole = std::move(sync);
  whole.part = 0;
  whole.parts = 1;
  incomplete_.erase(at);
  return whole;
}

}  // namespace hawser
