#include "answer/json.hpp"

#include <algorithm>
#include <utility>

#include "answer/names.hpp"
#include "util/parse.hpp"

namespace sarray::answer {

Json JsonShape::number(std::optional<std::uint64_t> value) const {
  if (tags_numbers()) return {{"set", value.has_value()}, {"infinite", false}, {"number", value.value_or(0)}};
  return value ? Json(*value) : Json();
}

Json JsonShape::infinite() const { return tags_numbers() ? Json{{"set", false}, {"infinite", true}, {"number", 0}} : Json(); }

Json JsonShape::state(const std::string& name) const { return lists_states() ? Json::array({name}) : Json(name); }

namespace {

/// Reads what the document says of the Slurm that it is from: "Slurm" in 22.05, "slurm" later, with its release as numbers or
/// as texts.
void read_slurm(const Json& meta, JsonShape& shape) {
  const auto slurm = meta.find("slurm");
  if (slurm == meta.end() || !slurm->is_object()) return;
  shape.cluster = read_text(*slurm, "cluster");
  const auto text = read_text(*slurm, "release");
  std::string_view release = text;
  const auto year = util::to_number<int>(util::take_until(release, '.')).value_or(0);
  const auto month = util::to_number<int>(util::take_until(release, '.')).value_or(0);
  shape.has_arguments = shows_arguments({year, month});
}

}  // namespace

std::optional<JsonShape> read_shape(const Json& document) {
  const auto meta = document.find("meta");
  if (meta == document.end() || !meta->is_object()) return std::nullopt;
  const auto plugin = meta->find("plugin");
  if (plugin == meta->end() || !plugin->is_object()) return std::nullopt;
  // "data_parser/v0.0.42"; 22.05 has "openapi/v0.0.38" and "openapi/dbv0.0.38" as the plugin's type.
  for (const auto* key : {"data_parser", "type"}) {
    const auto name = read_text(*plugin, key);
    constexpr std::string_view mark = "v0.0.";
    const auto at = name.rfind(mark);
    if (at == std::string::npos) continue;
    const auto version = util::to_number<int>(std::string_view(name).substr(at + mark.size()));
    if (!version) continue;
    constexpr int first_data_parser = 39;  // 23.02
    JsonShape shape;
    shape.parser = *version >= first_data_parser ? *version : 0;
    read_slurm(*meta, shape);
    return shape;
  }
  return std::nullopt;
}

std::optional<Json> read_document(std::string_view text) {
  auto document = Json::parse(text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  const auto jobs = document.find("jobs");
  return jobs != document.end() && jobs->is_array() ? std::optional(std::move(document)) : std::nullopt;
}

std::string write_document(Json document, bool is_compact) {
  for (const auto* key : {"warnings", "errors"}) {
    const auto list = document.find(key);
    if (list == document.end() || !list->is_array() || document["jobs"].empty()) continue;
    auto kept = Json::array();
    for (const auto& entry : *list) {
      const auto text = entry.is_object() ? read_text(entry, "description") : std::string();
      if (text != "Zero jobs to dump" && text != "Nothing found") kept.push_back(entry);
    }
    *list = std::move(kept);
  }
  return document.dump(is_compact ? -1 : 2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<std::uint64_t> read_number(const Json& record, const std::string& key) {
  const auto found = record.find(key);
  if (found == record.end()) return std::nullopt;
  if (found->is_number_integer() && *found >= 0) return found->get<std::uint64_t>();
  if (!found->is_object() || !found->value("set", false)) return std::nullopt;
  const auto number = found->find("number");
  if (number == found->end() || !number->is_number_integer() || *number < 0) return std::nullopt;
  return number->get<std::uint64_t>();
}

std::string read_text(const Json& record, const std::string& key) {
  const auto found = record.find(key);
  return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool has_state(const Json& state, std::string_view name) {
  if (state.is_string()) return state.get_ref<const std::string&>() == name;
  return state.is_array() && std::any_of(state.begin(), state.end(), [&](const auto& entry) { return has_state(entry, name); });
}

void replace_field(Json& record, const std::string& key, Json value) {
  const auto found = record.find(key);
  if (found != record.end()) *found = std::move(value);
}

}  // namespace sarray::answer
