#include "capture/session_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <vector>

#include "capture/surroundings.hpp"
#include "embedded/child.hpp"
#include "embedded/first.hpp"
#include "embedded/listen.hpp"
#include "embedded/listen_fish.hpp"
#include "embedded/listen_tcsh.hpp"
#include "embedded/listen_zsh.hpp"
#include "embedded/prompt_tcsh.hpp"
#include "embedded/vendor_fish.hpp"
#include "slurm/client/tool.hpp"
#include "util/crc32.hpp"
#include "util/fd.hpp"
#include "util/message.hpp"
#include "util/shell_quote.hpp"
#include "util/traces.hpp"

namespace sarray::capture {

namespace {

constexpr const char* own_program = "/proc/self/exe";  // also when its file has been replaced meanwhile

bool can_run(const std::string& path) { return ::access(path.c_str(), X_OK) == 0; }

/// Makes the copy of the program that sessions of this version share.
util::Result<std::string> place_program(const store::StateFolder& folder) {
  TRY(const auto bytes, util::read_file(own_program));
  const auto programs = folder.path() + "/programs";
  CHECK_OK(util::ensure_private_folder(programs));
  char name[32];
  std::snprintf(name, sizeof name, "/sarray-%08x-%zu", util::crc32(bytes), bytes.size());
  const auto path = programs + name;
  struct stat state {};
  const bool is_there = ::lstat(path.c_str(), &state) == 0 && S_ISREG(state.st_mode) && (state.st_mode & S_IXUSR) != 0 &&
                        static_cast<std::size_t>(state.st_size) == bytes.size();
  if (!is_there) CHECK_OK(util::write_file_atomically(path, bytes, 0700));
  if (!can_run(path)) return util::fail(path, "programs cannot be run there");
  return path;
}

util::Result<void> make_link(const std::string& target, const std::string& path) {
  ::unlink(path.c_str());
  if (::symlink(target.c_str(), path.c_str()) != 0) return util::fail(path, util::errno_text(errno));
  return {};
}

/// Links the program, or copies it: some file systems have no hard links, or none from one folder to another.
util::Result<void> link_or_copy(const std::string& program, const std::string& path) {
  ::unlink(path.c_str());
  if (::link(program.c_str(), path.c_str()) == 0) return {};
  TRY(const auto bytes, util::read_file(own_program));
  return util::write_file_atomically(path, bytes, 0700);
}

/// Puts the other commands of Slurm's that a session answers for beside our sbatch.
util::Result<void> link_tools(const std::string& bin) {
  for (const auto& tool : slurm::tool_names) CHECK_OK(make_link("sarray", bin + "/" + tool.name));
  return {};
}

util::Result<void> place_programs(const store::StateFolder& folder, const std::string& bin) {
  TRY(const auto program, place_program(folder));
  CHECK_OK(link_or_copy(program, bin + "/sarray"));
  return link_or_copy(program, bin + "/sbatch");
}

/// Returns the path that this program was started from.
util::Result<std::string> own_path() {
  std::string self(4096, '\0');
  const auto length = ::readlink(own_program, self.data(), self.size());
  if (length <= 0) return util::fail(own_program, util::errno_text(errno));
  self.resize(static_cast<std::size_t>(length));
  return self;
}

std::string guard_text(const store::Session& session) {
  const auto own = session.folder() + "/bin/sbatch";
  return "#!/bin/sh\n# The sbatch of a sarray session whose own cannot be reached. Slurm's would submit what was to be recorded.\n"
         "printf '%s\\n' " +
         util::shell_quote("sarray: error: session " + session.name() + " is gone: nothing is recorded, nothing was submitted") +
         " " + util::shell_quote("hint: " + own + " cannot be run; exit leaves the session") + " >&2\nexit 1\n";
}

}  // namespace

util::Result<void> write_session_files(const store::Session& session, const store::StateFolder& folder,
                                       const std::string& dialect) {
  const auto bin = session.folder() + "/bin";
  CHECK_OK(util::ensure_private_folder(bin));
  if (const auto placed = place_programs(folder, bin); !placed) {
    TRY(const auto self, own_path());
    CHECK_OK(make_link(self, bin + "/sbatch"));
    CHECK_OK(make_link(self, bin + "/sarray"));
    util::note("the session runs " + self +
               " itself, which must not be replaced while it is open (no copy: " + placed.error().why + ")");
  }
  for (const auto* folder_of_shell : {"/zsh", "/tcsh", "/fish", "/fish/fish", "/fish/fish/vendor_conf.d"})
    CHECK_OK(util::ensure_private_folder(session.folder() + folder_of_shell));
  CHECK_OK(link_tools(bin));
  CHECK_OK(util::write_file_atomically(session.folder() + "/listen.bash", embedded::listen));
  CHECK_OK(util::write_file_atomically(session.folder() + "/child.bash", embedded::child));
  CHECK_OK(util::write_file_atomically(session.folder() + "/zsh/.zshenv", embedded::listen_zsh));
  CHECK_OK(util::write_file_atomically(session.folder() + "/listen.fish", embedded::listen_fish));
  CHECK_OK(util::write_file_atomically(session.folder() + "/fish/fish/vendor_conf.d/sarray.fish", embedded::vendor_fish));
  CHECK_OK(util::write_file_atomically(session.folder() + "/tcsh/.tcshrc", embedded::listen_tcsh));
  CHECK_OK(util::write_file_atomically(session.folder() + "/prompt.tcsh", embedded::prompt_tcsh));
  CHECK_OK(util::write_file_atomically(session.folder() + "/first.bash", embedded::first));
  const char* job = ::getenv("SLURM_JOB_ID");
  CHECK_OK(util::write_file_atomically(session.folder() + "/" + outer_job_file, job != nullptr ? job : ""));
  if (dialect.empty()) return {};
  return util::write_file_atomically(session.folder() + "/dialect", dialect);
}

Guard::Guard(const store::Session& session) {
  const auto text = guard_text(session);
  for (const char* name : {"TMPDIR", "", "/var/tmp", "/dev/shm", "XDG_RUNTIME_DIR"}) {
    const char* value = *name == '/' ? name : *name == '\0' ? "/tmp" : ::getenv(name);
    // A colon would end the folder in PATH.
    if (value == nullptr || *value != '/' || std::string_view(value).find(':') != std::string_view::npos) continue;
    const auto folder = std::string(value) + "/" + std::string(util::guard_prefix) + util::random_name(16);
    const util::ExactModes exact;
    if (::mkdir(folder.c_str(), 0700) != 0) continue;
    m_folder = folder;
    if (util::write_file_atomically(folder + "/sbatch", text, 0700) && can_run(folder + "/sbatch")) return;
    ::unlink((folder + "/sbatch").c_str());
    ::rmdir(folder.c_str());
    m_folder.clear();
  }
}

Guard::~Guard() {
  if (m_folder.empty()) return;
  ::unlink((m_folder + "/sbatch").c_str());
  ::unlink((m_folder + "/" + std::string(util::library_name)).c_str());
  ::rmdir(m_folder.c_str());
}

}  // namespace sarray::capture
