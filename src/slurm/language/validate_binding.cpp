// The small languages of --cpu-freq, --distribution, --gpu-bind, --gpu-freq, --mem-bind, -B and --signal.
#include <algorithm>
#include <array>
#include <cctype>
#include <climits>
#include <cstdint>

#include "slurm/language/keyword.hpp"
#include "slurm/language/text.hpp"
#include "slurm/language/validate.hpp"
#include "slurm/language/value.hpp"

namespace sarray::slurm {

namespace {

constexpr int refused = 255;

bool is_governor(std::string_view word) {
  for (const std::string_view beginning : {"co", "perf", "pow", "user", "onde", "sche"}) {
    if (starts_ignoring_case(word, beginning)) return true;
  }
  return false;
}

/// Returns the number that Slurm has for a frequency; 0: none. Its names are above every number.
std::uint64_t frequency_of(std::string_view word) {
  constexpr std::uint64_t names = 0x80000001;
  if (starts_ignoring_case(word, "lo")) return names;
  if (starts_ignoring_case(word, "him1") || starts_ignoring_case(word, "highm1")) return names + 3;
  if (starts_ignoring_case(word, "hi")) return names + 2;
  if (starts_ignoring_case(word, "med")) return names + 1;
  return static_cast<std::uint32_t>(leading_number(word).value);
}

/// Whether the word is a number alone: 23.11 and later look at what follows it.
bool is_whole_frequency(std::string_view word) {
  const auto number = leading_number(word);
  return number.end == 0 || number.end == word.size();
}

/// Numbers between commas, each with *COUNT perhaps. @return sbatch's words for the first that is none.
std::string find_bad_number(std::string_view list, bool hex) {
  for (auto token : split_tokens(list, ',')) {
    if (hex && token.starts_with("0x")) token.erase(0, 2);
    for (const char c : token) {
      const bool valid = hex ? std::isxdigit(static_cast<unsigned char>(c)) != 0 : is_digit(c);
      if (!valid && c != '*') return "Failed to validate " + token + ", offending character is " + std::string(1, c);
    }
  }
  return "";
}

/// Source: resource_info.c:_expand_mult. 20.11 looks at multipliers only.
std::string find_bad_multiple(std::string_view list, std::string_view kind, bool hex, const Release& release) {
  for (auto token : split_tokens(list, ',')) {
    if (hex && token.starts_with("0x")) token.erase(0, 2);
    const auto star = std::min(token.find('*'), token.size());
    const auto factor = token.substr(star);
    if (release < Release{21, 8}) {
      if (factor.empty()) continue;
      const auto count = leading_number(std::string_view(factor).substr(1));
      if (count.value > 0 && count.end + 1 == factor.size()) continue;
      return "Invalid " + std::string(kind) + " multiplier: " + factor.substr(1);
    }
    const auto fault_in = [](const std::string& text, char c) {
      return "Failed to validate number: " + text + ", the offending character is " + std::string(1, c);
    };
    for (const char c : std::string_view(factor).substr(std::min<std::size_t>(1, factor.size()))) {
      if (!is_digit(c)) return fault_in(factor, c);
    }
    if (!factor.empty() && leading_number(std::string_view(factor).substr(1)).value == 0) {
      return "Invalid " + std::string(kind) + " multiplier: " + factor.substr(1);
    }
    const auto number = token.substr(0, star);
    for (const char c : number) {
      if (hex ? std::isxdigit(static_cast<unsigned char>(c)) == 0 : !is_digit(c)) return fault_in(number, c);
    }
  }
  return "";
}

/// Returns whether the text after a comma belongs to a list of numbers (resource_info.c:_isvalue).
bool goes_on_with_number(std::string_view text) {
  if (!text.empty() && is_digit(text.front())) return true;
  while (!text.empty() && std::isxdigit(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  return text.empty() || text.front() == ',';
}

/// Splits at the commas that are not followed by a number; empty pieces stay.
std::vector<std::string> split_bindings(std::string_view text) {
  std::vector<std::string> pieces(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ';' || (text[i] == ',' && !goes_on_with_number(text.substr(i + 1)))) {
      pieces.emplace_back();
    } else {
      pieces.back() += text[i];
    }
  }
  return pieces;
}

}  // namespace

/// Which governors a site allows is the site's: all that exist are taken here. Source: cpu_frequency.c:cpu_freq_verify_cmdline.
Fault check_cpu_frequency(std::string_view value, const Release& release) {
  const auto refuse = [](const std::string& line) {
    return make_fault((line.empty() ? "" : line + "\n") + "Invalid --cpu-freq argument", refused);
  };
  const auto unknown = [&](std::string_view word) {
    // 23.11 and later say nothing of a number that is none but for its value.
    if (release >= Release{23, 11} && leading_number(word).end == word.size()) return refuse("");
    return refuse("unrecognized --cpu-freq argument \"" + std::string(word) + "\"");
  };
  const auto colon = value.find(':');
  const auto dash = value.find('-');
  const auto frequencies = value.substr(0, colon);
  const auto first = dash == std::string_view::npos ? frequencies : value.substr(0, dash);
  const bool has_governor = colon != std::string_view::npos;
  const auto governor = has_governor ? value.substr(colon + 1) : std::string_view();
  const bool strict = release >= Release{23, 11};  // numbers to their end, and what a range and UserSpace need
  const auto frequency = [&](std::string_view word) { return strict && !is_whole_frequency(word) ? 0 : frequency_of(word); };
  std::uint64_t least = 0;
  if (is_governor(first)) {
    if (has_governor) {
      return refuse("governor cannot be specified twice " + std::string(first) + "{-}:" + std::string(governor) +
                    " in --cpu-freq");
    }
  } else if ((least = frequency(first)) == 0) {
    return unknown(first);
  }
  if (dash != std::string_view::npos) {
    const auto second = has_governor && colon > dash ? value.substr(dash + 1, colon - dash - 1) : value.substr(dash + 1);
    const auto max = frequency(second);
    if (max == 0) return unknown(second);
    if (max < (least == 0 ? 0xfffffffe : least)) {
      return refuse("min cpu-frec (" + std::string(first) + ") must be < max cpu-freq (" + std::string(second) + ")");
    }
  }
  if (!has_governor) return std::nullopt;
  const bool user_space = strict && starts_ignoring_case(governor, "user");
  if (user_space && dash != std::string_view::npos) {
    return refuse(std::string(governor) +
                  " governor does not support a range. Please specify only one value for the desired "
                  "frequency (p1) or choose a different governor.");
  }
  if (dash == std::string_view::npos && !user_space)
    return refuse("gov on cpu-frec (" + std::string(governor) + ") illegal without max");
  return is_governor(governor) ? std::nullopt : Fault(refuse("illegal governor: " + std::string(governor) + " on --cpu-freq"));
}

namespace {

Fault refuse_distribution(const std::string& line = "") {
  return make_fault((line.empty() ? "" : line + "\n") + "Invalid --distribution specification", refused);
}

Fault check_plane_size(std::string_view text, const Release& release) {
  const auto size = leading_number(text);
  const bool valid = size.end != 0 && size.end == text.size() && size.value > 0 && size.value <= INT_MAX;
  if (valid) return std::nullopt;
  return refuse_distribution(release >= Release{21, 8} ? "Invalid plane size or size not specified" : "");
}

}  // namespace

Fault find_plane_fault(std::string_view distribution, const util::Environment& environment, const Release& release) {
  if (!starts_ignoring_case(distribution, "plane") || distribution.find('=') != std::string_view::npos) return std::nullopt;
  return check_plane_size(environment.get("SLURM_DIST_PLANESIZE").value_or(""), release);
}

namespace {

/// As 20.11 reads it: words may be abbreviated, and what it does not know is passed over if another word is known. Source:
/// proc_args.c:verify_dist_type.
bool is_early_distribution(std::string_view value) {
  bool known = false;
  std::string levels;
  for (const auto& token : split_tokens(lower(value), ',')) {
    const auto parts = split_tokens(token, ':');
    for (std::size_t i = 0; i < std::min<std::size_t>(3, parts.size()); ++i) {
      levels += i == 0 ? "" : ":";
      levels += parts[i] != "*" ? parts[i] : i == 0 ? "block" : "cyclic";
    }
    if (token.find(':') == std::string::npos) {
      for (const std::string_view word : {"cyclic", "block", "*", "arbitrary", "hostfile", "nopack", "pack"}) {
        known = known || word.starts_with(token);
      }
      continue;
    }
    const auto words = split_tokens(levels, ':');
    known = known || ((words.size() == 2 || words.size() == 3) && std::all_of(words.begin(), words.end(), [&](const auto& word) {
                        return word == "block" || word == "cyclic" || (word == "fcyclic" && &word != words.data());
                      }));
  }
  return known;
}

}  // namespace

/// Source: proc_args.c:verify_dist_type.
Fault check_distribution(std::string_view value, const Release& release) {
  const auto refuse = [] { return refuse_distribution(); };
  if (starts_ignoring_case(value, "plane")) {
    const auto sign = value.find('=');
    return sign == std::string_view::npos ? std::nullopt : check_plane_size(value.substr(sign + 1), release);
  }
  if (release < Release{21, 8}) return is_early_distribution(value) ? std::nullopt : refuse();
  const auto is_flag = [](std::string_view word) {
    return equals_ignoring_case(word, "pack") || equals_ignoring_case(word, "nopack");
  };
  if (value.empty() || value.front() == ',') return refuse();
  const auto comma = std::min(value.find(','), value.size());
  const auto flags = value.substr(std::min(comma + 1, value.size()));
  if (!flags.empty() && !is_flag(flags)) return refuse();
  auto levels = split_tokens(lower(value.substr(0, comma)), ':');
  if (levels.empty() || levels.size() > 3) return refuse();
  if (levels.size() == 1 && (is_flag(levels[0]) || levels[0] == "arbitrary" || levels[0] == "hostfile")) return std::nullopt;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const auto& level = levels[i];
    if (level == "block" || level == "cyclic" || level == "*" || (level == "fcyclic" && i > 0)) continue;
    return refuse();
  }
  return std::nullopt;
}

namespace {

/// A list of numbers, each with *COUNT perhaps, as 20.11 reads it. Source: tres_bind.c:_valid_num_list.
bool is_number_list(std::string_view list) {
  const auto is_number = [](std::string_view text) {
    const auto number = leading_number(text, 0);
    return number.value >= 0 && number.value < LONG_MAX && number.end == text.size();
  };
  const auto tokens = split_tokens(list, ',');
  return std::all_of(tokens.begin(), tokens.end(), [&](std::string_view token) {
    const auto star = std::min(token.find('*'), token.size());
    return is_number(token.substr(0, star)) && is_number(token.substr(std::min(star + 1, token.size())));
  });
}

/// What 20.11 knows: whole words, in small letters. Source: tres_bind.c:_valid_gpu_bind.
bool is_early_gres_binding(std::string_view text) {
  if (starts_ignoring_case(text, "verbose,")) text.remove_prefix(8);
  if (text.starts_with("single:")) return leading_number(text.substr(7), 0).value >= 0;
  if (text.starts_with("map_gpu:")) return is_number_list(text.substr(8));
  if (text.starts_with("mask_gpu:")) return is_number_list(text.substr(9));
  return text == "closest";
}

/// One binding of a GRES; `line` is what sbatch says of a bad number. Source: tres_bind.c:_valid_gpu_bind, from 23.11
/// _valid_gres_bind.
bool is_gres_binding(std::string_view text, const Release& release, std::string& line) {
  if (release < Release{21, 8}) return is_early_gres_binding(text);
  if (starts_ignoring_case(text, "verbose,")) text.remove_prefix(8);
  const bool whole_words = release >= Release{23, 2};
  if (starts_ignoring_case(text, whole_words ? "closest" : "c") || starts_ignoring_case(text, whole_words ? "none" : "n")) {
    return true;
  }
  const auto check = [&](std::string_view word, bool hex) {
    return starts_ignoring_case(text, word) ? std::optional(find_bad_number(text.substr(word.size()), hex)) : std::nullopt;
  };
  auto bad = check("map_gpu:", false);
  if (!bad) bad = check("mask_gpu:", true);
  if (!bad && release >= Release{23, 11}) bad = check("map:", false);
  if (!bad && release >= Release{23, 11}) bad = check("mask:", true);
  if (bad) {
    line = *bad;
    return line.empty();
  }
  for (const std::string_view word : {"per_task:", "single:"}) {
    if (starts_ignoring_case(text, word)) return leading_number(text.substr(word.size()), 0).value >= 0;
  }
  return false;
}

bool is_shared_gres(std::string_view name) { return name == "mps" || name == "shard"; }

/// Of shared GRES less is known. Source: tres_bind.c:_valid_shared_gres_bind.
bool is_shared_binding(std::string_view text) {
  if (starts_ignoring_case(text, "verbose,")) text.remove_prefix(8);
  if (starts_ignoring_case(text, "none")) return true;
  return starts_ignoring_case(text, "per_task:") && leading_number(text.substr(9), 0).value >= 0;
}

/// Source: tres_bind.c:tres_bind_verify_cmdline.
bool is_tres_binding(std::string_view value, const Release& release, std::string& line) {
  const bool later = release >= Release{23, 11};
  for (const auto& part : split_tokens(value, later ? '+' : ';')) {
    const auto colon = part.find(':');
    if (colon == std::string::npos) return false;
    const auto name = std::string_view(part).substr(0, colon);
    const auto binding = std::string_view(part).substr(colon + 1);
    if (later ? !name.starts_with("gres/") : name != "gpu") return false;
    const bool shared = later && is_shared_gres(name.substr(5));
    if (!(shared ? is_shared_binding(binding) : is_gres_binding(binding, release, line))) return false;
  }
  return true;
}

}  // namespace

namespace {

/// 20.11 ends with 1 where later releases, as with other options, end with -1. Source: slurm_opt.c:arg_set_gpu_bind,
/// arg_set_gpu_freq.
int status_of_gpu_fault(const Release& release) { return release < Release{21, 8} ? 1 : refused; }

}  // namespace

/// Source: slurm_opt.c:arg_set_gpu_bind.
Fault check_gpu_binding(std::string_view value, const Release& release) {
  const bool later = release >= Release{23, 11};
  const std::string checked = (later ? "gres/gpu:" : "gpu:") + std::string(value);
  std::string line;
  if (is_tres_binding(checked, release, line)) return std::nullopt;
  return make_fault((line.empty() ? "" : line + "\n") + "Invalid --gpu-bind argument: " + (later ? std::string(value) : checked),
                    status_of_gpu_fault(release));
}

/// MARGIN@DELAY, a percentage and a time limit. Source: slurm_opt.c:arg_set_mem_update.
Fault check_memory_update(std::string_view value, const Release&) {
  constexpr long long largest = 0xffff;
  const auto at = value.find('@');
  if (at == std::string_view::npos) return make_fault("--mem-update requires MARGIN@DELAY format", refused);
  const auto margin = leading_number(value.substr(0, at));
  const auto minutes = leading_number(normalize_value(*find_option("time"), value.substr(at + 1)));
  const bool valid = margin.end == at && margin.value > 0 && margin.value <= largest && is_duration(value.substr(at + 1)) &&
                     minutes.value > 0 && minutes.value <= largest;
  return valid ? std::nullopt : Fault(make_fault("Invalid --mem-update specification", refused));
}

/// Source: tres_frequency.c:tres_freq_verify_cmdline.
Fault check_gpu_frequency(std::string_view value, const Release& release) {
  const auto is_level = [](std::string_view word) {
    if (!word.empty() && is_digit(word.front())) return leading_number(word).end == word.size();
    return word == "low" || word == "medium" || word == "high" || word == "highm1";
  };
  const auto is_valid = [&](std::string_view text) {
    if (text.empty()) return false;
    const auto words = split_tokens(text, ',');
    return std::all_of(words.begin(), words.end(), [&](std::string_view word) {
      const auto sign = word.find('=');
      if (sign == std::string_view::npos) return is_level(word) || word == "verbose";
      return word.substr(0, sign) == "memory" && is_level(word.substr(sign + 1));
    });
  };
  const std::string checked = "gpu:" + std::string(value);
  const auto parts = split_tokens(checked, ';');
  const bool valid = std::all_of(parts.begin(), parts.end(),
                                 [&](std::string_view part) { return part.starts_with("gpu:") && is_valid(part.substr(4)); });
  return valid ? std::nullopt : Fault(make_fault("Invalid --gpu-freq argument: " + checked, status_of_gpu_fault(release)));
}

/// Source: resource_info.c:slurm_verify_mem_bind.
Fault check_memory_binding(std::string_view value, const Release& release) {
  for (const auto& piece : split_bindings(value)) {
    const auto word = lower(piece);
    if (word == "help") {  // sbatch prints the help, and fails without a message
      util::Error error;
      error.body = "\n";
      error.status = refused;
      return error;
    }
    if (is_keyword("mem-bind", word, release)) continue;
    const bool map = word.starts_with("map_mem") || word.starts_with("mapmem");
    const bool mask = word.starts_with("mask_mem") || word.starts_with("maskmem");
    if (!map && !mask) return make_fault("unrecognized --mem-bind argument \"" + piece + "\"", refused);
    const std::string kind = map ? "map_mem" : "mask_mem";
    const auto sign = piece.find_first_of(":=");
    auto list = sign == std::string::npos ? "" : piece.substr(sign + 1);
    list = list.substr(0, list.find_first_of(":="));
    if (list.empty()) return make_fault("missing list for \"--mem-bind=" + kind + ":<list>\"", refused);
    if (const auto line = find_bad_multiple(list, kind, mask, release); !line.empty()) return make_fault(line, refused);
    if (release >= Release{23, 2} && split_tokens(list, ',').empty()) {
      return make_fault("Failed to expand list: '" + list + "'", refused);
    }
  }
  return std::nullopt;
}

/// Source: proc_args.c:verify_socket_core_thread_count, get_resource_arg_range. It ends sbatch itself, with 1.
Fault check_node_info(std::string_view value, const Release& release) {
  static constexpr std::array<std::string_view, 3> places = {"first", "second", "third"};
  for (const auto place : places) {
    const auto colon = std::min(value.find(':'), value.size());
    const auto part = value.substr(0, colon);
    value.remove_prefix(std::min(colon + 1, value.size()));
    if (part.empty() || part.front() == '*') continue;
    const auto take = [](std::string_view& text) {
      const auto number = leading_number(text);
      text.remove_prefix(number.end);
      long long factor = 1;
      if (!text.empty() && to_lower(text.front()) == 'k') factor = 1024;
      if (!text.empty() && to_lower(text.front()) == 'm') factor = 1048576;
      if (factor > 1) text.remove_prefix(1);
      return number.value > INT_MAX ? number.value : multiply(number.value, factor);
    };
    const auto refuse = [&](const std::string& line) {
      return make_fault(line + " for " + std::string(place) + " arg of -B.", 1);
    };
    const auto check = [&](std::string_view rest, long long number, long long least) -> Fault {
      if ((!rest.empty() && rest.front() != '-') || number < least)
        return refuse("Invalid numeric value \"" + std::string(part) + "\"");
      if (number > INT_MAX)
        return refuse("Numeric argument (" + std::to_string(number) + ") " + std::string(words_for_too_large(release)));
      return std::nullopt;
    };
    auto rest = part;
    const auto first = take(rest);
    if (auto fault = check(rest, first, 0)) return fault;
    if (rest.empty()) continue;
    rest.remove_prefix(1);
    const auto last = take(rest);
    if (auto fault = check(rest, last, 1)) return fault;
  }
  return std::nullopt;
}

/// [R][B][R][:]SIGNAL[@SECONDS]. Source: proc_args.c:get_signal_opts, sig_name2num.
bool is_signal(std::string_view value, const Release& release) {
  const auto skip = [&](char letter) {
    if (!value.empty() && to_lower(value.front()) == letter) value.remove_prefix(1);
  };
  skip('r');
  skip('b');
  skip('r');
  skip(':');
  const auto at = std::min(value.find('@'), value.size());
  auto name = lower(value.substr(0, at));
  const auto only_blank = [](std::string_view text) { return std::all_of(text.begin(), text.end(), is_blank); };
  const auto number = leading_number(name);
  if (number.end != 0) {
    if (!only_blank(std::string_view(name).substr(number.end)) || static_cast<std::uint16_t>(number.value) == 0) return false;
  } else {
    name.erase(0, std::min(name.find_first_not_of(" \t\n\v\f\r"), name.size()));
    if (name.starts_with("sig")) name.erase(0, 3);
    if (!is_signal_name(name, release)) return false;
  }
  if (at == value.size()) return true;
  const auto rest = value.substr(at + 1);
  const auto seconds = leading_number(rest);
  return seconds.value >= 0 && seconds.value <= 0xffff && seconds.end == rest.size();
}

}  // namespace sarray::slurm
