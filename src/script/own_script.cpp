#include "script/own_script.hpp"

#include <sys/stat.h>

#include "util/crc32.hpp"
#include "util/fd.hpp"

namespace sarray::script {

bool is_own_script(std::string_view head) {
  constexpr std::string_view first_line = "#!/bin/bash -p\n# ";
  if (!head.starts_with(first_line)) return false;
  const auto second_line = head.substr(first_line.size(), head.find('\n', first_line.size()) - first_line.size());
  return second_line.find(" as one job array, merged by sarray ") != std::string_view::npos;
}

namespace {

constexpr std::string_view sign_begin = "# Checksum ";
constexpr std::size_t sign_digits = 10;

/// Returns where the third line begins, if it is that of a checksum.
std::size_t find_sign(std::string_view script) {
  const auto first = script.find('\n');
  const auto second = first == std::string_view::npos ? first : script.find('\n', first + 1);
  const bool is_whole = second != std::string_view::npos && script.size() >= second + 1 + unsigned_line.size() &&
                        script.substr(second + 1).starts_with(sign_begin);
  return is_whole ? second + 1 : std::string_view::npos;
}

std::string checksum_of(std::string_view script, std::size_t sign) {
  const auto sum = util::crc32(script.substr(sign + unsigned_line.size()), util::crc32(script.substr(0, sign)));
  auto digits = std::to_string(sum);
  return digits.insert(0, sign_digits - digits.size(), '0');
}

}  // namespace

void sign_script(std::string& script) {
  const auto sign = find_sign(script);
  if (sign == std::string::npos) return;
  script.replace(sign + sign_begin.size(), sign_digits, checksum_of(script, sign));
}

std::string explain_kept(const std::string& path) {
  const std::string foreign = "it was not written by sarray";
  struct stat state {};
  if (::lstat(path.c_str(), &state) != 0) return "";  // writing it says what is wrong
  if (!S_ISREG(state.st_mode)) return foreign;
  const auto text = util::read_file(path);
  if (!text || !is_own_script(*text)) return foreign;
  const auto sign = find_sign(*text);
  if (sign == std::string::npos) return "another version of sarray wrote it, and it may have been edited";
  std::string_view line = std::string_view(*text).substr(sign, unsigned_line.size());
  const bool is_line = line.substr(sign_begin.size() + sign_digits) == unsigned_line.substr(sign_begin.size() + sign_digits);
  const bool is_whole = is_line && line.substr(sign_begin.size(), sign_digits) == checksum_of(*text, sign);
  return is_whole ? "" : "it was edited after sarray wrote it";
}

}  // namespace sarray::script
