#include "util/environment.hpp"

#include <algorithm>

namespace sarray::util {

namespace {

std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find('=')); }
std::string_view value_of(std::string_view entry) { return entry.substr(entry.find('=') + 1); }

bool starts_with_name(const std::string& entry) {
  const auto equals = entry.find('=');
  return equals != std::string::npos && equals != 0;
}

}  // namespace

EnvironmentBlock::EnvironmentBlock(std::vector<std::string> entries) : m_entries(std::move(entries)) {
  std::erase_if(m_entries, [](const std::string& entry) { return !starts_with_name(entry); });
  std::stable_sort(m_entries.begin(), m_entries.end(),
                   [](const std::string& a, const std::string& b) { return name_of(a) < name_of(b); });
  const auto repeated = [](const std::string& a, const std::string& b) { return name_of(a) == name_of(b); };
  m_entries.erase(std::unique(m_entries.begin(), m_entries.end(), repeated), m_entries.end());
  m_index.reserve(m_entries.size());
  for (std::size_t i = 0; i < m_entries.size(); ++i) m_index.emplace(name_of(m_entries[i]), i);
}

std::optional<std::string_view> EnvironmentBlock::get(std::string_view name) const {
  const auto found = m_index.find(name);
  if (found == m_index.end()) return std::nullopt;
  return value_of(m_entries[found->second]);
}

Environment::Environment() : m_base(std::make_shared<EnvironmentBlock>(std::vector<std::string>{})) {}

Environment::Environment(std::shared_ptr<const EnvironmentBlock> base) : m_base(std::move(base)) {}

Environment Environment::from_entries(std::vector<std::string> entries) {
  return Environment(std::make_shared<EnvironmentBlock>(std::move(entries)));
}

std::optional<std::string_view> Environment::get(std::string_view name) const {
  if (const auto change = m_changes.find(name); change != m_changes.end()) {
    if (!change->second) return std::nullopt;
    return std::string_view(*change->second);
  }
  return m_base->get(name);
}

void Environment::set(std::string_view name, std::string_view value) {
  if (m_base->get(name) == value) {
    if (const auto change = m_changes.find(name); change != m_changes.end()) m_changes.erase(change);
    return;
  }
  m_changes.insert_or_assign(std::string(name), std::string(value));
}

void Environment::unset(std::string_view name) {
  if (m_base->get(name)) {
    m_changes.insert_or_assign(std::string(name), std::nullopt);
  } else if (const auto change = m_changes.find(name); change != m_changes.end()) {
    m_changes.erase(change);
  }
}

void Environment::visit(const std::function<void(std::string_view, std::string_view)>& visit) const { visit_prefix("", visit); }

void Environment::visit_prefix(std::string_view prefix,
                               const std::function<void(std::string_view, std::string_view)>& visit) const {
  const auto& entries = m_base->entries();
  auto entry = std::lower_bound(entries.begin(), entries.end(), prefix,
                                [](const std::string& e, std::string_view p) { return name_of(e) < p; });
  auto change = m_changes.lower_bound(prefix);
  const auto has_prefix = [&](std::string_view name) { return name.substr(0, prefix.size()) == prefix; };
  while (true) {
    const bool base_left = entry != entries.end() && has_prefix(name_of(*entry));
    const bool change_left = change != m_changes.end() && has_prefix(change->first);
    if (!base_left && !change_left) return;
    if (base_left && (!change_left || name_of(*entry) < change->first)) {
      visit(name_of(*entry), value_of(*entry));
      ++entry;
      continue;
    }
    if (base_left && name_of(*entry) == change->first) ++entry;
    if (change->second) visit(change->first, *change->second);
    ++change;
  }
}

std::vector<std::string> Environment::entries() const {
  std::vector<std::string> result;
  result.reserve(m_base->entries().size() + m_changes.size());
  visit([&](std::string_view name, std::string_view value) {
    std::string entry;
    entry.reserve(name.size() + 1 + value.size());
    entry.append(name).append("=").append(value);
    result.push_back(std::move(entry));
  });
  return result;
}

}  // namespace sarray::util
