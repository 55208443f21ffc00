// An environment as a value: a block shared by many calls, and this call's own changes to it.
//
// Ten thousand calls of one session differ in a variable or two. Because they share the rest, all of them fit into memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sarray::util {

/// An immutable list of NAME=VALUE entries with look-up by name. An entry without '=' or with an empty name is left out, since
/// Slurm drops it too (observed on 22.05). Of two entries with one name the first counts, as for getenv. All entries share one
/// piece of memory, so that recording a call does not need an allocation for each of them.
class EnvironmentBlock {
 public:
  /// @param entries NAME=VALUE, in order; they are copied.
  explicit EnvironmentBlock(std::vector<std::string_view> entries);
  explicit EnvironmentBlock(const std::vector<std::string>& entries)
      : EnvironmentBlock(std::vector<std::string_view>(entries.begin(), entries.end())) {}
  EnvironmentBlock(const EnvironmentBlock&) = delete;  // the views point into the bytes
  EnvironmentBlock& operator=(const EnvironmentBlock&) = delete;

  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  /// Sorted by name.
  [[nodiscard]] const std::vector<std::string_view>& entries() const { return m_entries; }
  /// The names of entries(), in the same order.
  [[nodiscard]] const std::vector<std::string_view>& names() const { return m_names; }

 private:
  std::string m_bytes;
  std::vector<std::string_view> m_entries;
  std::vector<std::string_view> m_names;
  std::vector<std::uint64_t> m_keys;  ///< of m_names: their first eight bytes
};

/// A copy is cheap: the block is shared, only the changes are copied.
class Environment {
 public:
  Environment();
  explicit Environment(std::shared_ptr<const EnvironmentBlock> base);
  /// From `environ`-like entries.
  [[nodiscard]] static Environment from_entries(const std::vector<std::string>& entries);
  [[nodiscard]] static Environment from_views(std::vector<std::string_view> entries);

  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  void set(std::string_view name, std::string_view value);
  void unset(std::string_view name);

  /// Calls visit(name, value) for every variable, in order of name.
  void visit(const std::function<void(std::string_view, std::string_view)>& visit) const;
  /// Calls visit(name, value) for every variable whose name begins with `prefix`, in order of name. This is a binary search in
  /// the block, not a walk.
  void visit_prefix(std::string_view prefix, const std::function<void(std::string_view, std::string_view)>& visit) const;

  [[nodiscard]] const std::shared_ptr<const EnvironmentBlock>& base() const { return m_base; }
  /// The changes against base(): a value, or nullopt if the variable is unset. A change to the value that the base already has is
  /// not kept.
  [[nodiscard]] const std::map<std::string, std::optional<std::string>, std::less<>>& changes() const { return m_changes; }

  /// NAME=VALUE entries in order of name, as execve wants them.
  [[nodiscard]] std::vector<std::string> entries() const;

 private:
  std::shared_ptr<const EnvironmentBlock> m_base;
  std::map<std::string, std::optional<std::string>, std::less<>> m_changes;
};

}  // namespace sarray::util
