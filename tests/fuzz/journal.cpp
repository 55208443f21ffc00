// A session's journal. Input: 'r' and the file's bytes; else records (kind, length of two bytes, payload), which get the frame
// and the checksums that they need to be read. What can be read can also be appended to, and loses nothing by it.
#include "store/journal.hpp"

#include <filesystem>
#include <memory>

#include "store/session.hpp"
#include "support.hpp"
#include "util/environment_names.hpp"
#include "util/fd.hpp"

namespace store = sarray::store;
namespace util = sarray::util;
using sarray::fuzz::require;

namespace {

/// A state folder for this process, in memory where there is one.
const store::StateFolder& state_folder() {
  static const store::StateFolder folder = [] {
    std::string name = std::filesystem::is_directory("/dev/shm") ? "/dev/shm/sarray-fuzz-XXXXXX" : "/tmp/sarray-fuzz-XXXXXX";
    require(::mkdtemp(name.data()) != nullptr, "a folder");
    static std::string made = name;
    std::atexit([] { std::filesystem::remove_all(made); });
    ::setenv(util::state_variable, made.c_str(), 1);
    std::filesystem::create_directories(made + "/sessions/s");
    return *store::StateFolder::open();
  }();
  return folder;
}

void write_records(std::string_view text, const std::string& journal) {
  auto appender = store::Appender::open(state_folder().counter(), journal, true);
  require(appender.has_value(), "a journal");
  store::Totals totals;
  while (text.size() >= 3) {
    const auto kind = static_cast<store::RecordKind>(text[0]);
    const auto length = static_cast<unsigned char>(text[1]) + 256U * static_cast<unsigned char>(text[2]);
    if (kind == store::RecordKind::call) ++totals.jobs;
    appender->add(kind, text.substr(3, length), totals);
    text.remove_prefix(std::min<std::size_t>(3 + length, text.size()));
  }
  require(appender->write().has_value(), "written");
}

sarray::slurm::Call make_call() {
  sarray::slurm::Call call;
  call.argv = {"sbatch", "job.sh", "new"};
  call.environment = util::Environment::from_entries({"HOME=/home/ada"});
  call.script = std::make_shared<const std::string>("#!/bin/sh\n");
  return call;
}

std::size_t count_whole(const store::SessionContents& contents) {
  std::size_t count = 0;
  for (const auto& call : contents.calls) count += call.call ? 1 : 0;
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto text = sarray::fuzz::as_text(data + 1, size - 1);
  const auto folder = state_folder().sessions() + "/s";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) std::filesystem::remove(entry);
  if (data[0] == 'r') {
    require(util::write_file_atomically(folder + "/journal", text, 0600).has_value(), "a file");
  } else {
    write_records(text, folder + "/journal");
  }
  auto session = store::Session::open(state_folder(), "s");
  require(session.has_value(), "a session");
  const auto before = session->read();
  if (!before) return 0;
  const auto whole = count_whole(*before);
  if (!session->append(make_call(), 1)) return 0;
  const auto after = session->read();
  require(after && count_whole(*after) == whole + 1 && after->calls.back().call->argv.back() == "new",
          "an appended call is there, and so are the others");
  require(session->drop({after->calls.back().job}).has_value() && session->read()->calls.back().dropped,
          "a dropped one is dropped");
  return 0;
}
