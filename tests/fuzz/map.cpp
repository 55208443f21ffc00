// A batch script of ours read back, which may come from Slurm or from a file that anybody edited. Input: a first byte that
// chooses; the rest is the script as it is ('r'), packed data ('b'), or a script whose list of pages, checksums and place of the
// data are first made right, so that what the table says is read: it holds together, packs and unpacks, and a retry of its tasks
// is a script that says the same of them.
#include "script/map.hpp"

#include <algorithm>
#include <memory>

#include "script/pack.hpp"
#include "script/retry.hpp"
#include "support.hpp"
#include "util/crc32.hpp"

namespace plan = sarray::plan;
namespace script = sarray::script;
namespace slurm = sarray::slurm;
using sarray::fuzz::require;

namespace {

/// Puts `value` in place of what stands between `begin` and the `end` that follows it. @return false where they do not stand
/// there.
bool replace_between(std::string& text, std::string_view begin, std::string_view end, const std::string& value) {
  const auto at = text.find(begin);
  if (at == std::string::npos) return false;
  const auto from = at + begin.size();
  const auto to = text.find(end, from);
  if (to == std::string::npos) return false;
  text.replace(from, to - from, value);
  return true;
}

/// The script with the list of pages, their checksums and the place of the data that its bytes call for. @return empty where it
/// has no table.
std::string mend(std::string_view text) {
  constexpr std::string_view end_of_head = "\nexit 125\n";
  const auto exit = text.find(end_of_head);
  if (exit == std::string_view::npos) return {};
  std::string head(text.substr(0, exit + end_of_head.size()));
  const auto data = text.substr(head.size());
  const auto after_table = data.rfind("\n\fend\n");  // not in older scripts
  const auto table_end = after_table == std::string_view::npos ? data.size() : after_table + 1;
  std::string pages;
  std::string sums;
  const auto add = [&](std::size_t at) { pages += "0 " + std::to_string(at) + "\n"; };
  const auto find_page = [&](std::size_t from) { return std::min(data.find("\npage ", from), data.find("\fpage ", from)); };
  for (std::size_t at = data.starts_with("page ") ? 0 : find_page(0); at != std::string_view::npos;) {
    const auto begin = data[at] == 'p' ? at : at + 1;
    add(begin);
    at = find_page(begin);
    const auto end = at == std::string_view::npos ? table_end : at + 1;
    sums += std::to_string(sarray::util::posix_cksum(data.substr(begin, end - begin))) + "\n";
  }
  add(table_end);
  if (!replace_between(head, "\nSARRAY_PAGES='", "'\n", pages) || !replace_between(head, "\nSARRAY_SUMS='", "'\n", sums))
    return {};
  for (int round = 0; round < 3; ++round) {  // the number's own length counts too
    if (!replace_between(head, "\nSARRAY_DATA=", "\n", std::to_string(head.size()))) return {};
  }
  return head + std::string(data);
}

void check_map(const script::Map& map, std::string_view script) {
  require(!map.jobs.empty() && map.tasks <= script::max_tasks, "a map has jobs, and no more tasks than Slurm takes");
  auto next = map.first_index();
  for (const auto& job : map.jobs) {
    require(job.first_index == next && job.tasks > 0, "indices have no gaps");
    next += job.tasks;
    require(job.script_offset <= script.size() && job.script_length <= script.size() - job.script_offset,
            "a job's script is in the batch script");
    require(map.job_at(job.first_index) == &job && map.job_at(next - 1) == &job, "an index leads to its job");
    for (const auto index : {job.first_index, job.first_index + job.tasks / 2, next - 1})
      require(job.index_of(job.local_id(index)) == index, "a local id leads back");
  }
  require(map.end_index() == next && map.job_at(next) == nullptr, "and no index behind the last");
}

void check_packing(const std::string& script) {
  const auto data = script.find("\nexit 125\n") + 10;
  auto packed = script.substr(0, data);
  if (packed.find("\nSARRAY_PIECES=") == std::string::npos) return;
  if (!replace_between(packed, "\nSARRAY_PIECES='", "'\n", "0000000000\n")) return;
  for (int round = 0; round < 3; ++round) replace_between(packed, "\nSARRAY_DATA=", "\n", std::to_string(packed.size()));
  const auto rest = std::string_view(script).substr(data);
  const auto whole = packed + script::pack(rest).text;
  const auto plain = script::unpack_script(whole);
  // Where a name is assigned twice, the other one may count: then it is not packed, or its data begins elsewhere.
  if (plain && *plain != whole && plain->size() == packed.size() + rest.size())
    require(plain->substr(packed.size()) == rest, "packed data unpacks to what it was");
}

bool is_same_job(const script::MappedJob& a, std::string_view script_a, const script::MappedJob& b, std::string_view script_b) {
  return a.id == b.id && a.arguments == b.arguments && a.ids.has_value() == b.ids.has_value() &&
         script::read_script(a, script_a).value_or("a") == script::read_script(b, script_b).value_or("b");
}

void check_retry(const script::Map& map, std::string_view script, bool packed) {
  static const slurm::Dialect dialect;
  plan::PlanOptions options;
  options.user = "ada";
  options.sarray_version = "0.1";
  options.link_folder = "/state/links";
  options.retry_of = {"17"};
  options.limits.known = packed;
  options.limits.max_script_size = packed ? 1 : options.limits.max_script_size;
  const auto& last = map.jobs.back();
  options.names = map.names;
  std::vector<script::RetryTask> tasks = {{map.first_index(), 1}};
  if (map.tasks > 1) tasks.push_back({map.end_index() - 1, 1});
  const auto retry = script::plan_retry(map, script, tasks, {}, dialect, options);
  if (!retry) return;
  const auto plain = script::unpack_script(retry->rendered.script);
  require(plain.has_value(), "a retry's script unpacks");
  const auto again = script::read_map(*plain);
  require(again.has_value(), again ? "" : ("a retry's script reads back: " + again.error().why).c_str());
  check_map(*again, *plain);
  require(again->tasks == tasks.size() && is_same_job(again->jobs.front(), *plain, map.jobs.front(), script) &&
              is_same_job(again->jobs.back(), *plain, last, script),
          "a retry's tasks are those of the first array");
  require(again->jobs.back().local_id(again->tasks - 1) == last.local_id(map.end_index() - 1), "with their own ids");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto text = sarray::fuzz::as_text(data + 1, size - 1);
  if (data[0] == 'b') {
    (void)script::unpack(text);
    require(script::unpack(script::pack(text).text) == std::string(text), "packed data unpacks to what it was");
    return 0;
  }
  const auto script =
      data[0] == 'r' ? std::string(text.substr(std::min(script::find_batch_script(text), text.size()))) : mend(text);
  const auto plain = script::unpack_script(script);
  if (!plain) return 0;
  const auto map = script::read_map(*plain);
  if (!map) {
    require(!map.error().why.empty(), "a refusal says why");
    return 0;
  }
  check_map(*map, *plain);
  if (data[0] != 'r') check_packing(script);
  check_retry(*map, *plain, data[0] % 2 == 0);
  return 0;
}
