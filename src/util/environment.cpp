#include "util/environment.hpp"

#include <algorithm>
#include <cstdint>

namespace sarray::util {

namespace {

/// Returns the first eight bytes as a number that sorts as they do, so that most names are compared without reading them.
std::uint64_t key_of(std::string_view name) {
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < sizeof key; ++i) key = key << 8 | (i < name.size() ? static_cast<unsigned char>(name[i]) : 0U);
  return key;
}

}  // namespace

EnvironmentBlock::EnvironmentBlock(std::vector<std::string_view> entries) {
  struct Named {
    std::uint64_t key;
    std::string_view name, entry;
  };
  std::vector<Named> named;
  named.reserve(entries.size());
  std::size_t bytes = 0;
  for (const auto entry : entries) {
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    named.push_back({key_of(entry.substr(0, equals)), entry.substr(0, equals), entry});
    bytes += entry.size();
  }
  const auto by_name = [](const Named& a, const Named& b) { return a.key != b.key ? a.key < b.key : a.name < b.name; };
  if (!std::is_sorted(named.begin(), named.end(), by_name)) std::stable_sort(named.begin(), named.end(), by_name);
  m_bytes.reserve(bytes);
  m_entries.reserve(named.size());
  m_names.reserve(named.size());
  m_keys.reserve(named.size());
  for (const auto& [key, name, entry] : named) {
    if (!m_names.empty() && m_names.back() == name) continue;
    const auto* at = m_bytes.data() + m_bytes.size();
    m_bytes.append(entry);
    m_entries.emplace_back(at, entry.size());
    m_names.emplace_back(at, name.size());
    m_keys.push_back(key);
  }
}

std::optional<std::string_view> EnvironmentBlock::get(std::string_view name) const {
  const auto [first, last] = std::equal_range(m_keys.begin(), m_keys.end(), key_of(name));
  const auto end = m_names.begin() + (last - m_keys.begin());
  const auto found = std::lower_bound(m_names.begin() + (first - m_keys.begin()), end, name);
  if (found == end || *found != name) return std::nullopt;
  return m_entries[static_cast<std::size_t>(found - m_names.begin())].substr(name.size() + 1);
}

Environment::Environment() : m_base(std::make_shared<EnvironmentBlock>(std::vector<std::string_view>{})) {}

Environment::Environment(std::shared_ptr<const EnvironmentBlock> base) : m_base(std::move(base)) {}

Environment Environment::from_entries(const std::vector<std::string>& entries) {
  return Environment(std::make_shared<EnvironmentBlock>(entries));
}

Environment Environment::from_views(std::vector<std::string_view> entries) {
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
  const auto& names = m_base->names();
  auto name = std::lower_bound(names.begin(), names.end(), prefix);
  auto change = m_changes.lower_bound(prefix);
  const auto has_prefix = [&](std::string_view n) { return n.substr(0, prefix.size()) == prefix; };
  while (true) {
    const bool base_left = name != names.end() && has_prefix(*name);
    const bool change_left = change != m_changes.end() && has_prefix(change->first);
    if (!base_left && !change_left) return;
    if (base_left && (!change_left || *name < change->first)) {
      visit(*name, m_base->entries()[static_cast<std::size_t>(name - names.begin())].substr(name->size() + 1));
      ++name;
      continue;
    }
    if (base_left && *name == change->first) ++name;
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
