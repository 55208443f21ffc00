#include "shims/job_json.hpp"

#include <cstdio>

#include "shims/task_files.hpp"
#include "slurm/client/site.hpp"

namespace sarray::shims {

answer::FindDetails find_details(World& world) {
  return [&world](const answer::OurName& ours, const answer::JobName& name, const answer::Json& record) {
    const auto number = [&](const char* key) { return std::to_string(answer::read_number(record, key).value_or(0)); };
    answer::JobDetails details;
    auto user = answer::read_text(record, "user_name");
    if (user.empty()) user = answer::read_text(record, "user");  // of sacct
    details.files = files_of(ours, {std::to_string(name.job), number("job_id"), number("restart_cnt"), user});
    details.submit_line = world.submit_line(ours.job->id).value_or("");
    return details;
  };
}

answer::Defaults json_defaults(World& world, const answer::JsonShape& shape) {
  auto defaults = world.defaults(true);
  defaults.cluster = shape.cluster.empty() ? slurm::cluster_name(world.site()) : shape.cluster;
  defaults.shows_arguments = shape.has_arguments;
  return defaults;
}

void print_document(World& world, answer::Json document) {
  const auto how = world.site().environment.get("SLURM_JSON").value_or("");
  std::fputs(answer::write_document(std::move(document), how.find("compact") != std::string_view::npos).c_str(), stdout);
  std::fflush(stdout);
}

util::Error unknown_form(const std::string& command) {
  return {command + " --json", "its answer has a form that sarray does not know, and jobs of this session would be in it",
          command == "sacct" ? "sacct --json=v0.0.42, or sacct --format=JobID,State -P" : "squeue -o \"%i %j %T\""};
}

}  // namespace sarray::shims
