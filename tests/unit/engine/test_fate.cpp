#include <doctest/doctest.h>

#include "engine/fate.hpp"

using namespace sarray;
using engine::Fate;
using Kind = engine::Fate::Kind;

namespace {

constexpr std::chrono::seconds settle{10};
constexpr std::int64_t begun = 1'800'000'000;

slurm::Configuration site(std::uint32_t min_job_age = 300, const std::string& cluster = "c") {
  slurm::Configuration configuration;
  configuration.min_job_age = min_job_age;
  configuration.cluster_name = cluster;
  return configuration;
}

engine::Interrupted noted() { return {"00ff", "c", {begun, "boot", 1000}, begun + 2}; }

/// On the machine that noted it, so many seconds later.
util::Moment later(std::int64_t seconds) { return {begun + seconds, "boot", 1000 + seconds}; }

std::vector<slurm::HeldArray> held() { return {{"16", "/s/submissions", "aaaa", ""}, {"17", "/s/submissions", "00ff", ""}}; }

}  // namespace

TEST_CASE("what became of an interrupted submission") {
  struct Row {
    const char* what;
    engine::Interrupted noted;
    std::vector<slurm::HeldArray> held;
    util::Moment now;
    slurm::Configuration configuration;
    Fate fate;
  };
  auto no_machine = noted();
  no_machine.begun.boot.clear();
  auto no_time = noted();
  no_time.begun = {};
  auto no_cluster = noted();
  no_cluster.cluster.clear();
  auto late_run = noted();
  late_run.last_run = begun + 600;
  const util::Moment elsewhere{begun + 30, "other", 7};
  const std::vector<Row> rows = {
      {"Slurm has it", noted(), held(), later(30), site(), {Kind::accepted, "17"}},
      {"Slurm has it at once", noted(), held(), later(0), site(), {Kind::accepted, "17"}},
      {"Slurm has it, years later", noted(), held(), later(99'999'999), site(), {Kind::accepted, "17"}},
      {"Slurm has it, by another machine's clock", noted(), held(), elsewhere, site(), {Kind::accepted, "17"}},
      {"it was just sent", noted(), {}, later(11), site(), {Kind::too_early, ""}},
      {"its sbatch ended late", late_run, {}, later(605), site(), {Kind::too_early, ""}},
      {"Slurm would still show it", noted(), {}, later(12), site(), {Kind::never_sent, ""}},
      {"until two minutes have passed", noted(), {}, later(119), site(), {Kind::never_sent, ""}},
      {"Slurm may have forgotten it", noted(), {}, later(120), site(), {Kind::forgotten, ""}},
      {"a site that forgets soon", noted(), {}, later(20), site(20), {Kind::forgotten, ""}},
      {"a site that forgets soon, but not yet", noted(), {}, later(14), site(20), {Kind::never_sent, ""}},
      {"a site that forgets at once", noted(), {}, later(12), site(2), {Kind::forgotten, ""}},
      {"a site that never forgets", noted(), {}, later(60), site(0), {Kind::never_sent, ""}},
      {"another host's clock is right", noted(), {}, elsewhere, site(), {Kind::forgotten, ""}},
      {"another host's clock was ahead", noted(), {}, {begun - 600, "other", 7}, site(), {Kind::too_early, ""}},
      {"another host's clock was behind", noted(), {}, {begun + 660, "other", 7}, site(), {Kind::forgotten, ""}},
      {"this clock was set back, and it is long ago", noted(), {}, {begun + 20, "boot", 9000}, site(), {Kind::forgotten, ""}},
      {"this clock was set ahead, and it is just now", noted(), {}, {begun + 9000, "boot", 1030}, site(), {Kind::never_sent, ""}},
      {"noted by an older version", no_machine, {}, later(30), site(), {Kind::never_sent, ""}},
      {"noted by an older version, long ago", no_machine, {}, later(300), site(), {Kind::forgotten, ""}},
      {"the time is not known", no_time, {}, later(30), site(), {Kind::forgotten, ""}},
      {"another cluster was asked", noted(), {}, later(30), site(300, "d"), {Kind::other_cluster, ""}},
      {"another cluster has the marker", noted(), held(), later(30), site(300, "d"), {Kind::other_cluster, ""}},
      {"the cluster is not noted", no_cluster, held(), later(30), site(300, "d"), {Kind::accepted, "17"}},
      {"the cluster does not say its name", noted(), {}, later(30), site(300, ""), {Kind::never_sent, ""}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto fate = engine::judge_fate(row.noted, row.held, row.now, row.configuration, settle);
    CHECK(fate.kind == row.fate.kind);
    CHECK(fate.job_id == row.fate.job_id);
  }
}

TEST_CASE("a time from the future, by a version that notes no machine, is not known") {
  auto future = noted();
  future.begun = {begun + 600, "", 0};
  future.last_run = begun - 60;
  CHECK(engine::judge_fate(future, {}, later(0), site(), settle).kind == Kind::forgotten);
}

TEST_CASE("accounting is asked from a day before, and never from the future on") {
  constexpr std::int64_t day = 86400;
  CHECK(engine::search_begin(begun, begun + 60) == begun - day);
  CHECK(engine::search_begin(begun + 600, begun) == begun - day);
  CHECK(engine::search_begin(begun - 40 * day, begun) == begun - 41 * day);
  CHECK(engine::search_begin(0, begun) == begun - 31 * day);
}
