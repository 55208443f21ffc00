// What a session's commands are answered from: its recorded jobs, and the maps of what was submitted.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer/recorded.hpp"
#include "script/map.hpp"
#include "slurm/client/site.hpp"
#include "store/session.hpp"
#include "store/state_folder.hpp"
#include "util/result.hpp"

namespace sarray::shims {

/// An array of ours that Slurm has taken.
struct SubmittedArray {
  std::string job_id;  ///< empty: sbatch's answer is not known
  std::string marker;
  const script::Map* map = nullptr;
  std::int64_t time = 0;  ///< of the submission, in seconds since 1970
};

/// A job as its call was recorded.
struct KnownJob {
  store::Session session;
  store::RecordedCall recorded;
  slurm::Job job;
  answer::RecordedJob shown;  ///< points into this object
};

class World {
 public:
  /// @return an error if the state folder cannot be used.
  [[nodiscard]] static util::Result<World> open();

  [[nodiscard]] const slurm::SlurmSite& site() const { return m_site; }
  /// The session of this process; null: there is none.
  [[nodiscard]] store::Session* session() { return m_session ? &*m_session : nullptr; }
  /// Whether a question about the queue can be answered with a job of ours: one is recorded, or Slurm's queue has an array of
  /// ours.
  [[nodiscard]] bool has_jobs();

  /// Returns all jobs of the session that are recorded only, or were dropped.
  [[nodiscard]] util::Result<std::vector<std::unique_ptr<KnownJob>>> recorded_jobs();
  /// Returns the job with that virtual id if Slurm does not have it: of this session, or of another one.
  /// @return null if there is none.
  [[nodiscard]] util::Result<std::unique_ptr<KnownJob>> find_recorded(std::uint32_t id);
  /// Returns the job with that virtual id of this session, whether Slurm has it or not. @return null if there is none.
  [[nodiscard]] util::Result<std::unique_ptr<KnownJob>> find_own(std::uint32_t id) const;

  /// Returns the arrays that have a task of the job with that virtual id, oldest first.
  [[nodiscard]] std::vector<SubmittedArray> find_arrays(std::uint32_t id);
  /// Returns the map of the array whose script a Command or a line of sbatch names; null if it is none of this state folder's.
  [[nodiscard]] const script::Map* find_map(std::string_view command);
  /// Likewise; if the command is not known (sacct of 20.11, sacct --json of 22.05), by the array's job id in the notes.
  [[nodiscard]] const script::Map* find_map(std::string_view command, std::string_view job_id);
  /// Returns the line of a job's own sbatch call; nullopt if it was not recorded in this session.
  [[nodiscard]] std::optional<std::string> submit_line(std::uint32_t id) const;

  /// Returns the bytes of a submitted job's own script.
  [[nodiscard]] util::Result<std::string> script_of(std::uint32_t id);

  /// The release of Slurm's commands: what the session knows, or what sbatch says.
  [[nodiscard]] slurm::Release release() const;

  /// Who the user is, and what a job has that does not say it.
  /// @param with_partition asks Slurm for the default partition.
  [[nodiscard]] answer::Defaults defaults(bool with_partition);

 private:
  World(store::StateFolder folder, slurm::SlurmSite site) : m_folder(std::move(folder)), m_site(std::move(site)) {}
  [[nodiscard]] util::Result<std::unique_ptr<KnownJob>> know(const store::Session& session,
                                                             const store::RecordedCall& call) const;
  const script::Map* load(const std::string& marker);

  store::StateFolder m_folder;
  slurm::SlurmSite m_site;
  std::optional<store::Session> m_session;
  store::SessionContents m_contents;
  struct Loaded {
    std::string text;
    script::Map map;
  };
  std::map<std::string, std::unique_ptr<Loaded>, std::less<>> m_maps;        ///< by marker; null: it cannot be read
  std::optional<std::map<std::string, std::string, std::less<>>> m_markers;  ///< by the array's job id; nullopt: not read yet
};

}  // namespace sarray::shims
