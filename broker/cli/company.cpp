#include "broker/cli/company.hpp"

namespace hawser::cli {

void Company::on_event(const BusEvent& event) {
  if (event.kind != BusEvent::Kind::view_installed) return;
  const std::lock_guard lock(mutex_);
  has_company_ = event.members.size() > 1;
  changed_.notify_all();
}

bool Company::wait(std::chrono::duration<double> timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return has_company_; });
}

}  // namespace hawser::cli
