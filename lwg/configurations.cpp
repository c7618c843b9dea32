#include "lwg/configurations.hpp"

#include <utility>

namespace hawser {

void Configurations::want(std::string_view name, const Configuration& configuration) {
  if (!configuration.is_set()) return forget(name);
  wanted_[std::string{name}].configuration = configuration;
  changed_.emplace(name);
}

void Configurations::forget(std::string_view name) {
  const auto at = wanted_.find(name);
  if (at != wanted_.end()) wanted_.erase(at);
}

void Configurations::on_changed(std::string_view name) {
  const auto at = wanted_.find(name);
  if (at == wanted_.end()) return;
  at->second.on_the_way = false;
  changed_.emplace(name);
}

void Configurations::on_view() {
  for (auto& [name, wanted] : wanted_) {
    if (std::exchange(wanted.on_the_way, false)) changed_.insert(name);
  }
}

void Configurations::on_directory() {
  for (auto& [name, wanted] : wanted_) {
    wanted.on_the_way = false;
    changed_.insert(name);
  }
}

std::vector<Request> Configurations::work(const Directory& directory) {
  std::vector<Request> requests;
  for (const std::string& name : std::exchange(changed_, {})) {
    const auto at = wanted_.find(name);
    if (at == wanted_.end() || at->second.on_the_way || !directory.role_of(name, self_)) continue;
    if (directory.find(*directory.id_of(name))->configuration.is_set()) continue;
    at->second.on_the_way = true;
    Request& request = requests.emplace_back();
    request.kind = Request::Kind::configure;
    request.name = at->first;
    request.configuration = at->second.configuration.bytes();
  }
  return requests;
}

}  // namespace hawser
