#include "store/fulfilled.hpp"

#include <fcntl.h>

#include <string_view>

#include "util/fd.hpp"
#include "util/parse.hpp"

namespace sarray::store {

namespace {

std::string path_in(const std::string& session_folder) { return session_folder + "/fulfilled"; }

}  // namespace

util::Result<void> note_fulfilled(const std::string& session_folder, const std::vector<std::string>& conditions) {
  if (conditions.empty()) return {};
  const auto path = path_in(session_folder);
  TRY(const auto file, util::open_file(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW));
  std::string lines;
  for (const auto& condition : conditions) lines += condition + "\n";
  return util::write_all(file.get(), lines, path);
}

std::set<std::string> read_fulfilled(const std::string& session_folder) {
  std::set<std::string> conditions;
  const auto text = util::read_file(path_in(session_folder));
  if (!text) return conditions;
  std::string_view rest = *text;
  while (rest.find('\n') != std::string_view::npos) conditions.emplace(util::take_until(rest, '\n'));
  return conditions;
}

}  // namespace sarray::store
