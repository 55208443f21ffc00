#include "slurm/language/option.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <memory>

namespace sarray::slurm {

const OptionSpec* find_option(std::string_view long_name) {
  const auto table = option_table();
  const auto found = std::lower_bound(table.begin(), table.end(), long_name,
                                      [](const OptionSpec& spec, std::string_view name) { return spec.name < name; });
  return found != table.end() && found->name == long_name ? &*found : nullptr;
}

/// The site's own options: names first, since the specs only point to them.
struct Dialect::Site {
  std::vector<std::string> names;
  std::vector<OptionSpec> specs;
};

namespace {

bool by_name(const OptionSpec* a, const OptionSpec* b) { return a->name < b->name; }

/// @return the option as that release has it; null if it has none of that name.
const OptionSpec* form_in(const Release& release, const OptionSpec& spec) {
  for (const auto& form : former_forms()) {
    if (form.name == spec.name && release <= form.until) return &form;
  }
  return spec.since <= release && release <= spec.until ? &spec : nullptr;
}

}  // namespace

Dialect::Dialect() {
  m_options.reserve(option_table().size());
  for (const auto& spec : option_table()) m_options.push_back(&spec);
}

Dialect::Dialect(const Release& release, std::vector<OptionSpec> site) : m_release(release) {
  m_options.reserve(option_table().size() + site.size());
  auto own = std::make_shared<Site>();
  for (const auto& spec : site) own->names.emplace_back(spec.name);
  own->specs = std::move(site);
  for (std::size_t i = 0; i < own->specs.size(); ++i) own->specs[i].name = own->names[i];
  for (const auto& spec : option_table()) {
    if (const auto* form = form_in(release, spec)) m_options.push_back(form);
  }
  for (const auto& spec : own->specs) m_options.push_back(&spec);
  if (!own->specs.empty()) std::sort(m_options.begin(), m_options.end(), by_name);
  m_site = std::move(own);
}

namespace {

/// "slurm 22.05.8" or "slurm-wlm 22.05.8".
Release parse_release(std::string_view version) {
  const auto digit = version.find_first_of("0123456789");
  if (digit == std::string_view::npos) return newest_release;
  Release release;
  const auto* end = version.data() + version.size();
  const auto year = std::from_chars(version.data() + digit, end, release.year);
  if (year.ec != std::errc{} || year.ptr == end || *year.ptr != '.') return newest_release;
  if (std::from_chars(year.ptr + 1, end, release.month).ec != std::errc{}) return newest_release;
  return release;
}

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; }

struct HelpLine {
  std::string_view name;
  Arity arity = Arity::none;
};

/// "  -A, --account=name   charge job to ..." and "      --foo[=bar]   ...". Any other line does not describe an option.
bool parse_help_line(std::string_view line, HelpLine& result) {
  const auto dashes = line.find("--");
  if (dashes == std::string_view::npos) return false;
  const auto before = line.substr(0, dashes);
  const bool letter = before.size() >= 4 && before.ends_with(", ") && before[before.size() - 4] == '-';
  if (before.find_first_not_of(' ') != std::string_view::npos && !letter) return false;
  line.remove_prefix(dashes + 2);
  std::size_t end = 0;
  while (end < line.size() && is_name_character(line[end])) ++end;
  if (end == 0) return false;
  result.name = line.substr(0, end);
  line.remove_prefix(end);
  result.arity = line.starts_with("[=") ? Arity::optional : line.starts_with("=") ? Arity::required : Arity::none;
  return true;
}

}  // namespace

Dialect Dialect::from_help(std::string_view version_output, std::string_view help_output) {
  std::vector<OptionSpec> site;
  while (!help_output.empty()) {
    const auto end = std::min(help_output.find('\n'), help_output.size());
    HelpLine line;
    if (parse_help_line(help_output.substr(0, end), line) && find_option(line.name) == nullptr) {
      const bool repeated = std::any_of(site.begin(), site.end(), [&](const auto& spec) { return spec.name == line.name; });
      OptionSpec spec;
      spec.name = line.name;
      spec.arity = line.arity;
      spec.kind = line.arity == Arity::none ? ValueKind::flag : ValueKind::text;
      if (!repeated) site.push_back(spec);
    }
    help_output.remove_prefix(std::min(end + 1, help_output.size()));
  }
  return Dialect(parse_release(version_output), std::move(site));
}

const OptionSpec* Dialect::find(std::string_view long_name) const {
  const auto found = std::lower_bound(m_options.begin(), m_options.end(), long_name,
                                      [](const OptionSpec* spec, std::string_view name) { return spec->name < name; });
  return found != m_options.end() && (*found)->name == long_name ? *found : nullptr;
}

std::string Dialect::serialize() const {
  auto text = "slurm " + std::to_string(m_release.year) + "." + std::to_string(m_release.month) + "\n";
  if (!m_site) return text;
  for (const auto& spec : m_site->specs) {
    text += "      --" + std::string(spec.name);
    if (spec.arity != Arity::none) text += spec.arity == Arity::optional ? "[=value]" : "=value";
    text += '\n';
  }
  return text;
}

util::Result<Dialect> Dialect::deserialize(std::string_view text) {
  if (!text.starts_with("slurm ")) return util::fail("dialect", "it does not begin with the release");
  const auto end = std::min(text.find('\n'), text.size());
  return from_help(text.substr(0, end), text.substr(end));
}

}  // namespace sarray::slurm
