#include "slurm/language/keyword.hpp"

#include <algorithm>
#include <iterator>

#include "slurm/language/text.hpp"

namespace sarray::slurm {

namespace {

struct Keyword {
  std::string_view option;
  std::string_view word;
  Release since = first_release;
  Release until = still_there;
};

// In lower case. The source of each option's words is above them; releases are the first tag that has the word and the last.
constexpr Keyword keywords[] = {
    // slurm_opt.c:arg_set_exclusive
    {"exclusive", "exclusive"},
    {"exclusive", "oversubscribe"},
    {"exclusive", "user"},
    {"exclusive", "mcs"},
    {"exclusive", "topo", {24, 5}},
    {"exclusive", "allocation", {26, 5}},
    // slurm_opt.c:arg_set_gres_flags. allow-task-sharing (23.11) is srun's only.
    {"gres-flags", "disable-binding"},
    {"gres-flags", "enforce-binding"},
    {"gres-flags", "multiple-tasks-per-sharing", {23, 11}},
    {"gres-flags", "one-task-per-sharing", {23, 11}},
    // slurm_opt.c:arg_set_kill_on_invalid_dep
    {"kill-on-invalid-dep", "yes"},
    {"kill-on-invalid-dep", "no"},
    // proc_args.c:parse_mail_type
    {"mail-type", "none"},
    {"mail-type", "begin"},
    {"mail-type", "end"},
    {"mail-type", "fail"},
    {"mail-type", "requeue"},
    {"mail-type", "all"},
    {"mail-type", "stage_out"},
    {"mail-type", "invalid_depend"},
    {"mail-type", "time_limit"},
    {"mail-type", "time_limit_90"},
    {"mail-type", "time_limit_80"},
    {"mail-type", "time_limit_50"},
    {"mail-type", "array_tasks"},
    // slurm_resource_info.c:slurm_verify_mem_bind
    {"mem-bind", "p"},
    {"mem-bind", "prefer"},
    {"mem-bind", "nosort", first_release, {25, 5}},
    {"mem-bind", "sort", first_release, {25, 5}},
    {"mem-bind", "q"},
    {"mem-bind", "quiet"},
    {"mem-bind", "v"},
    {"mem-bind", "verbose"},
    {"mem-bind", "no"},
    {"mem-bind", "none"},
    {"mem-bind", "rank"},
    {"mem-bind", "local"},
    // slurm_opt.c:arg_set_no_kill
    {"no-kill", "set"},
    {"no-kill", "off"},
    {"no-kill", "no"},
    // slurm_opt.c:arg_set_requeue; 25.11 takes every word.
    {"requeue", "expedite", {25, 11}},
    // proc_args.c:sig_name2num
    {"signal", "hup"},
    {"signal", "int"},
    {"signal", "quit"},
    {"signal", "abrt"},
    {"signal", "kill"},
    {"signal", "alrm"},
    {"signal", "term"},
    {"signal", "usr1"},
    {"signal", "usr2"},
    {"signal", "urg"},
    {"signal", "cont"},
    {"signal", "stop"},
    {"signal", "tstp"},
    {"signal", "ttin"},
    {"signal", "ttou"},
    {"signal", "xcpu"},
    {"signal", "chld", {23, 11}},
    {"signal", "pipe", {23, 11}},
};

bool is_known(const Keyword& row, std::string_view option, const Release& release) {
  return row.option == option && row.since <= release && release <= row.until;
}

}  // namespace

bool is_keyword(std::string_view option, std::string_view word, const Release& release) {
  return std::any_of(std::begin(keywords), std::end(keywords),
                     [&](const Keyword& row) { return is_known(row, option, release) && equals_ignoring_case(row.word, word); });
}

bool is_signal_name(std::string_view text, const Release& release) {
  return std::any_of(std::begin(keywords), std::end(keywords), [&](const Keyword& row) {
    if (!is_known(row, "signal", release) || !starts_ignoring_case(text, row.word) || text.size() < row.word.size()) return false;
    const auto rest = text.substr(row.word.size());
    return std::all_of(rest.begin(), rest.end(), is_blank);
  });
}

}  // namespace sarray::slurm
