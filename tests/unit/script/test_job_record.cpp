// The record of a job, written and read; and that the dispatcher knows the same fields.
#include <doctest/doctest.h>

#include <set>

#include "embedded/dispatch.hpp"
#include "plan_support.hpp"
#include "script/job_record.hpp"
#include "script/map.hpp"
#include "util/fd.hpp"

using namespace sarray;
using script::JobRecord;
using script::VariableKind;
using test::Words;

namespace {

/// A record in which nothing is left out.
JobRecord make_full() {
  JobRecord job;
  job.first_index = 7;
  job.tasks = 3;
  job.id = 2000000009;
  job.ids = slurm::ArrayIds::from_ids({2, 5, 6});
  job.array = script::ArrayFacts{9, 1, 20, 2};
  job.script = {12, 345, 4294967295U, 300};
  job.arguments = {"a b", "", "=~\t\n"};
  job.directory = "/home/ada";
  job.umask = 027;
  job.translate = job.append = job.truncate = true;
  job.limits = {"n 128", "c unlimited"};
  job.output = "%j";
  job.error = "";
  job.input = "in";
  job.hidden = "output error";
  job.earlier = "2";
  job.unnamed = true;
  job.variables = {{VariableKind::set, "A", "x=y"},
                   {VariableKind::unset, "B", ""},
                   {VariableKind::late, "LANG", "C"},
                   {VariableKind::env, "a=b:c", "\n"},
                   {VariableKind::drop, "", ""}};
  job.last_word = "/usr/bin/sbatch";
  job.map_output = "o";
  job.map_error = "e";
  job.map_input = "i";
  job.name = "";
  job.number_base = 0;
  job.path = "-";
  return job;
}

/// What stands before the ')' of each branch of the dispatcher's `case` over tags.
std::set<std::string> tags_of_dispatcher() {
  const auto text = embedded::dispatch;
  const auto begin = text.find("  case $SARRAY_TAG in");
  REQUIRE(begin != std::string_view::npos);
  std::set<std::string> tags;
  auto body = text.substr(begin, text.find("\n  esac\n", begin) - begin);
  for (auto at = body.find("\n    "); at != std::string_view::npos; at = body.find("\n    ", at + 1)) {
    const auto line = body.substr(at + 5, body.find('\n', at + 1) - at - 5);
    std::string word;
    for (const char c : line.substr(0, line.find(')'))) {
      if (c == ' ') continue;
      if (c == '|') tags.insert(std::exchange(word, ""));
      if (c != '|') word += c;
    }
    tags.insert(word);
  }
  return tags;
}

}  // namespace

TEST_CASE("what is encoded is decoded, field for field") {
  const auto full = make_full();
  const auto again = script::decode(script::encode(full));
  REQUIRE(again);
  CHECK((*again == full));
  JobRecord least;
  least.script.length = 1;
  const auto record = script::encode(least);
  CHECK(record.fields.size() == 1);
  CHECK((script::decode(record).value() == least));
}

TEST_CASE("a full record has every tag, and the dispatcher knows these tags and no others") {
  std::set<std::string> written, expected;
  for (const auto& field : script::encode(make_full()).fields) {
    const auto colon = field.tag.find(':');
    const bool names_variable = colon != std::string::npos && !field.tag.starts_with("map:");
    written.insert(names_variable ? field.tag.substr(0, colon + 1) : field.tag);
  }
  for (const auto tag : script::tags()) {
    CHECK_MESSAGE(written.count(std::string(tag)) == 1, std::string(tag));
    const bool is_for_map = tag.starts_with("map:");
    expected.insert(is_for_map ? "map:*" : tag.ends_with(':') ? std::string(tag) + "*" : std::string(tag));
  }
  CHECK(written.size() == script::tags().size());
  expected.insert({"map:name", "map:path"});  // the translator's
  expected.insert("*");                       // what it does not know ends the task
  CHECK((tags_of_dispatcher() == expected));
  CHECK(embedded::dispatch.find("10#$SARRAY_FORMAT == " + std::to_string(script::script_format) + ")") != std::string_view::npos);
}

TEST_CASE("a record that no sarray of this format writes is refused by name") {
  struct Row {
    std::string tag, value, why;
  };
  const std::vector<Row> rows = {{"colour", "red", "its table says 'colour', which this sarray does not know"},
                                 {"map:new", "", "its table says 'map:new', which this sarray does not know"},
                                 {"ids", "x", "a job has no task ids"},
                                 {"ids", "1-2", "a job's task ids do not match their number"},
                                 {"array", "1 2 3", "the number of a job's tasks is not a number"},
                                 {"umask", "8", "a job's umask is not a number"},
                                 {"umask", "", "a job's umask is not a number"},
                                 {"map:base", "-1", "a job's number is not a number"},
                                 {"script", "0 0 5", "a job's script is not in it"},
                                 {"script", "0 5 6 x", "a job's script is not in it"}};
  for (const auto& [tag, value, why] : rows) {
    script::Record record;
    record.fields = {{"script", "0 5 123"}, {tag, value}};
    const auto job = script::decode(record);
    REQUIRE_FALSE(job);
    CHECK(job.error().why == why);
  }
}

TEST_CASE("a script of an earlier sarray, which says no format, is read as it was meant") {
  const auto script = util::read_file(SARRAY_CORPUS "/format-0");
  REQUIRE(script);
  REQUIRE(script->find("\nSARRAY_FORMAT=") == std::string::npos);
  const auto map = script::read_map(*script);
  REQUIRE(map);
  REQUIRE(map->jobs.size() == 5);
  CHECK(map->tasks == 10);
  const auto& train = map->jobs[0];
  CHECK(train.name == "train");
  CHECK(train.number == 1);
  CHECK(train.id == 2000000001);
  CHECK(train.ids->text() == "1-9:2,20");
  CHECK((train.record.array == script::ArrayFacts{6, 1, 20, 2}));
  CHECK(train.arguments == Words{"a b", ""});
  CHECK(train.output == "/home/ada/run/logs/%x_%a.out");
  CHECK(train.open_mode == slurm::OpenMode::truncate);
  CHECK(script::read_script(train, *script).value() == "#!/bin/bash -eu\necho \"$1\" \"$0\" \"${SLURM_ARRAY_TASK_ID-}\"\n");
  const auto& fit = map->jobs[1];
  CHECK(fit.output == "/home/ada/run/fit-%j.txt");
  CHECK(fit.error == "/home/ada/run/fit-%j.err");
  CHECK(fit.open_mode == slurm::OpenMode::append);
  CHECK(script::read_script(fit, *script).value() == "#!/usr/bin/env python3\nprint(\"na\xc3\xafve \\\\\")");
  CHECK(map->jobs[3].directory == "/tmp");
  CHECK(map->jobs[3].record.translate);
  CHECK(map->jobs[4].source == slurm::ScriptSource::wrap);
}

TEST_CASE("a script of a newer sarray is refused by that name, whatever else is in it") {
  auto script = util::read_file(SARRAY_CORPUS "/format-0").value_or("");
  const auto next = std::to_string(script::script_format + 1);
  script.insert(script.find("SARRAY_LINKS="), "SARRAY_FORMAT=" + next + "\nSARRAY_NEW='x'\n");
  const auto map = script::read_map(script);
  REQUIRE_FALSE(map);
  CHECK(map.error().why == "it was written by a newer sarray (format " + next + ", and this one reads up to " +
                               std::to_string(script::script_format) + ")");
}
