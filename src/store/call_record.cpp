#include "store/call_record.hpp"

#include <algorithm>

#include "store/encoding.hpp"

namespace sarray::store {

namespace {

std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find('=')); }

/// Removes the next entry, which ends with a zero, from the bytes; returns it.
std::string_view take_entry(std::string_view& block) {
  const auto end = std::min(block.find('\0'), block.size());
  const auto entry = block.substr(0, end);
  block.remove_prefix(std::min(end + 1, block.size()));
  return entry;
}

}  // namespace

std::string encode_environment(const util::Environment& environment) {
  std::string bytes;
  environment.visit(
      [&](std::string_view name, std::string_view value) { bytes.append(name).append("=").append(value).push_back('\0'); });
  return bytes;
}

std::shared_ptr<const util::EnvironmentBlock> decode_environment(std::string_view bytes) {
  std::vector<std::string_view> entries;
  while (!bytes.empty()) entries.push_back(take_entry(bytes));
  return std::make_shared<const util::EnvironmentBlock>(std::move(entries));
}

std::size_t EnvironmentChanges::size() const {
  std::size_t bytes = 0;
  for (const auto& entry : set) bytes += entry.size() + 4;
  for (const auto& name : unset) bytes += name.size() + 4;
  return bytes;
}

EnvironmentChanges find_changes(std::string_view base, const util::Environment& environment) {
  EnvironmentChanges changes;
  auto rest = base;
  auto entry = take_entry(rest);
  const auto skip_to = [&](std::string_view name) {
    while (!entry.empty() && name_of(entry) < name) {
      changes.unset.emplace_back(name_of(entry));
      entry = take_entry(rest);
    }
  };
  environment.visit([&](std::string_view name, std::string_view value) {
    skip_to(name);
    const bool known = !entry.empty() && name_of(entry) == name;
    const bool has_value = known && entry.size() > name.size();  // the entries of a damaged base may be names only
    if (!has_value || entry.substr(name.size() + 1) != value) {
      std::string own(name);
      own.append("=").append(value);
      changes.set.push_back(std::move(own));
    }
    if (known) entry = take_entry(rest);
  });
  while (!entry.empty()) {
    changes.unset.emplace_back(name_of(entry));
    entry = take_entry(rest);
  }
  return changes;
}

std::string encode_call(const CallHead& head, const slurm::Call& call, const EnvironmentChanges& changes) {
  Writer writer;
  writer.u32(head.job);
  writer.u32(head.id);
  writer.u32(head.tasks);
  writer.u64(head.time);
  writer.u64(head.environment_at);
  writer.u64(head.script_at);
  writer.texts(call.argv);
  writer.texts(changes.set);
  writer.texts(changes.unset);
  writer.text(call.directory);
  writer.u32(call.umask);
  for (const auto limit : call.limits) writer.u64(limit);
  writer.text(call.host);
  writer.u8(static_cast<std::uint8_t>(call.source));
  writer.text(call.script_path);
  writer.u8(call.export_file ? 1 : 0);
  writer.text(call.export_file.value_or(""));
  return writer.bytes();
}

std::optional<DecodedCall> decode_call(std::string_view payload) {
  Reader reader(payload);
  DecodedCall decoded;
  decoded.head.job = reader.u32();
  decoded.head.id = reader.u32();
  decoded.head.tasks = reader.u32();
  decoded.head.time = reader.u64();
  decoded.head.environment_at = reader.u64();
  decoded.head.script_at = reader.u64();
  decoded.call = std::make_shared<slurm::Call>();
  auto& call = *decoded.call;
  call.argv = reader.texts();
  decoded.changes.set = reader.texts();
  decoded.changes.unset = reader.texts();
  call.directory = reader.text();
  call.umask = reader.u32();
  for (auto& limit : call.limits) limit = reader.u64();
  call.host = reader.text();
  const auto source = reader.u8();
  call.script_path = reader.text();
  const bool has_export_file = reader.u8() != 0;
  auto export_file = reader.text();
  if (has_export_file) call.export_file = std::string(export_file);
  if (!reader.at_end() || source > static_cast<std::uint8_t>(slurm::ScriptSource::wrap) || call.argv.empty()) return std::nullopt;
  call.source = static_cast<slurm::ScriptSource>(source);
  return decoded;
}

std::shared_ptr<const slurm::Call> complete_call(DecodedCall decoded, const std::shared_ptr<const util::EnvironmentBlock>& base,
                                                 std::shared_ptr<const std::string> script) {
  util::Environment variables(base);
  for (const auto& entry : decoded.changes.set) {
    const auto equals = entry.find('=');
    variables.set(std::string_view(entry).substr(0, equals), std::string_view(entry).substr(equals + 1));
  }
  for (const auto& name : decoded.changes.unset) variables.unset(name);
  decoded.call->environment = std::move(variables);
  decoded.call->script = std::move(script);
  return std::move(decoded.call);
}

}  // namespace sarray::store
