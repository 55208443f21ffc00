// sbatch's options: the name of each, its argument, the variables that set it too, and to whom it belongs when jobs are merged.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.hpp"

namespace sarray::slurm {

enum class Arity : std::uint8_t { none, required, optional };

/// To whom an option belongs in a merged array (docs/fidelity.md: "Refused when the array is made").
enum class Owner : std::uint8_t {
  task,     ///< may differ between merged jobs: the dispatcher applies it
  array,    ///< must be equal after normalisation to share one array
  plan,     ///< may differ between merged jobs: the plan applies it, to each task in Slurm
  client,   ///< of the sbatch call itself: never reaches Slurm
  refused,  ///< cannot be kept in a merge: refused by name
};

/// How two values are compared (value.hpp normalises by it).
enum class ValueKind : std::uint8_t {
  text,       ///< byte for byte
  flag,       ///< given or not
  integer,    ///< decimal number
  memory,     ///< Slurm's memory sizes: a number of MiB, or with K, M, G, T
  time,       ///< Slurm's time limits: minutes, M:S, H:M:S, D-H, D-H:M, D-H:M:S; UNLIMITED, INFINITE
  set,        ///< a comma-separated list whose order does not matter
  nodes,      ///< -N: min[-max] or a list
  hostlist,   ///< -w, -x: host names whose order does not matter
  mail_type,  ///< a set of words, with Slurm's synonyms
  keyword,    ///< text whose case does not matter
};

/// A Slurm release as YEAR.MONTH, e.g. {22, 5}.
struct Release {
  int year = 0;
  int month = 0;
  friend auto operator<=>(const Release&, const Release&) = default;
};
inline constexpr Release first_release{20, 11};
inline constexpr Release newest_release{26, 5};  ///< the newest that the oracle was run against; assumed if none is known
inline constexpr Release still_there{9999, 12};  ///< what no known release has taken away, no later one is expected to

struct OptionSpec {
  std::string_view name;  ///< long name
  char letter = 0;        ///< short name, or 0
  Arity arity = Arity::none;
  Owner owner = Owner::array;
  ValueKind kind = ValueKind::text;
  std::array<std::string_view, 2> variables{};  ///< input environment variables; of two the later wins
  Release since = first_release;
  Release until = still_there;  ///< last release that has it
  Release variables_since = first_release;
};

/// All options of 20.11 to 26.11, sorted by name, each in its newest form. Source: slurm_opt.c:common_options and opt.c:env_vars
/// of each release.
[[nodiscard]] std::span<const OptionSpec> option_table();
/// The form that an option of the table had up to `until`, if it took an argument that it does not take today, or the reverse.
[[nodiscard]] std::span<const OptionSpec> former_forms();
/// @return the option with exactly this long name, or null.
[[nodiscard]] const OptionSpec* find_option(std::string_view long_name);

/// What the installed sbatch understands: its release, and the site's SPANK options. Learned from `sbatch --version` and
/// `sbatch --help` (once per session), so that abbreviations are checked against the options of that release.
class Dialect {
 public:
  /// Every option of every release; used if there is no Slurm.
  Dialect();
  [[nodiscard]] static Dialect from_help(std::string_view version_output, std::string_view help_output);

  [[nodiscard]] const Release& release() const { return m_release; }
  /// The options that this sbatch has, site options included, sorted by name. Pointers into it live as long as the Dialect.
  [[nodiscard]] const std::vector<const OptionSpec*>& options() const { return m_options; }
  [[nodiscard]] const OptionSpec* find(std::string_view long_name) const;

  /// Writes everything as one text, which is kept beside the session's journal; deserialize() reads it.
  [[nodiscard]] std::string serialize() const;
  [[nodiscard]] static util::Result<Dialect> deserialize(std::string_view text);

 private:
  Dialect(const Release& release, std::vector<OptionSpec> site);

  struct Site;
  Release m_release = newest_release;
  std::vector<const OptionSpec*> m_options;
  std::shared_ptr<const Site> m_site;  ///< owns the specs of the site's own options, and their names
};

}  // namespace sarray::slurm
