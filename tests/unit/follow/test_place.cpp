// What a word means among Slurm's arrays.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "../support.hpp"
#include "follow/selection.hpp"
#include "util/fd.hpp"

using namespace sarray;

namespace {

/// A Slurm whose queue has array 42 with its tasks 42_0 (43), 42_1 (44) and 42_7, which is the array's own; and the plain job 50.
/// Accounting knows array 30 with 30_2 (33).
class Site {
 public:
  Site() {
    program("squeue", R"(case $* in
  *' -j 42 '*) echo '43|42|0|T|x'; echo '44|42|1|T|x'; echo '42|42|7|T|x' ;;
  *' -j 44 '*) echo '44|42|1|T|x' ;;
  *' -j 50 '*) echo '50|50|N/A|T|x' ;;
  *) echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1 ;;
esac)");
    program("sacct", R"(case $* in *' -j 33 '*) echo '30_2|33|T' ;; esac)");
    program("scontrol", "exit 1");
  }
  [[nodiscard]] std::string place(const std::string& word, const std::vector<store::Submission>& submissions = {}) const {
    const auto environment = util::Environment::from_entries({"PATH=/usr/bin:/bin"});
    const slurm::SlurmSite site{environment, slurm::Client(environment, m_folder / "sbatch")};
    const auto reference = follow::parse_task_reference(word);
    REQUIRE(reference);
    const auto place = follow::find_place(site, submissions, *reference);
    if (!place) return place.error().what + ": " + place.error().why + " | " + place.error().hint;
    return place->array.job_id + (place->indices ? "_" + place->indices->text() : "") +
           (place->array.marker.empty() ? "" : " of " + place->array.marker);
  }

 private:
  void program(const std::string& name, const std::string& lines) {
    REQUIRE(util::write_file_atomically(m_folder / name, "#!/bin/sh\n" + lines + "\n"));
    REQUIRE(::chmod((m_folder / name).c_str(), 0755) == 0);
  }
  test::TemporaryFolder m_folder;
};

store::Submission make_submission(const std::string& marker, const std::string& job_id, std::uint32_t first, std::uint32_t last,
                                  const std::vector<std::string>& retry_of = {}) {
  store::Submission submission;
  submission.folder = "/state/submissions/" + marker;
  submission.job_id = job_id;
  submission.ids = {{first, last}};
  submission.retry_of = retry_of;
  return submission;
}

}  // namespace

TEST_CASE("a task's own Slurm id is that task; the id that is also the array's is the array") {
  const Site site;
  CHECK(site.place("42") == "42");
  CHECK(site.place("42_1") == "42_1");
  CHECK(site.place("44") == "42_1");
  CHECK(site.place("slurm:44") == "42_1");
  CHECK(site.place("33") == "30_2");  // accounting
  CHECK(site.place("50") == "50");
  CHECK(site.place("99") == "99");
  CHECK(site.place("44_0") == "job 44: that is the id of one task, 42_1: it has no task ids | sarray which 42_1");
}

TEST_CASE("a noted array is not asked for") {
  const Site site;
  CHECK(site.place("44", {make_submission("aa", "44", 2000000001, 2000000002)}) == "44");
}

TEST_CASE("a virtual id is of the submission that carries it first, whatever else has the job id now") {
  const Site site;
  const std::vector<store::Submission> submissions = {make_submission("aa", "1", 2000000001, 2000000003),
                                                      make_submission("bb", "5", 2000000002, 2000000002, {"1"}),
                                                      make_submission("cc", "1", 2000000004, 2000000004)};
  CHECK(site.place("2000000002", submissions) == "1 of aa");
  CHECK(site.place("2000000004", submissions) == "1 of cc");
  CHECK(site.place("2000000009", submissions) ==
        "job 2000000009: no submission known here contains this virtual id | sarray history");
}

TEST_CASE("a virtual id that an older sarray gave twice is refused, and both arrays are named") {
  const Site site;
  CHECK(site.place("2000000001", {make_submission("aa", "130", 2000000001, 2000000001),
                                  make_submission("bb", "131", 2000000001, 2000000001)}) ==
        "job 2000000001: several submissions contain this virtual id: jobs 130, 131 | name the array: sarray status 131");
}
