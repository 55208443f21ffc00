#include "script/table.hpp"

#include <algorithm>
#include <unordered_map>

#include "util/shell_quote.hpp"

namespace sarray::script {

namespace {

/// Few enough that a task's walk through its page is short, many enough that the list of pages stays small.
constexpr std::size_t rows_per_page = 128;

/// Records of one page that have the same fields.
struct Shape {
  std::vector<const Record*> members;
  std::vector<bool> constant;          ///< per field
  std::vector<std::size_t> beginning;  ///< per field: bytes that all values begin with
};

std::string shape_key(const Record& record) {
  std::string key;
  for (const auto& field : record.fields) key.append(field.tag).push_back('\0');
  return key;
}

std::size_t common_length(const std::string& a, const std::string& b, std::size_t max) {
  const auto length = std::min({a.size(), b.size(), max});
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(length), b.begin()).first -
                                  a.begin());
}

void find_common_parts(Shape& shape) {
  const auto& first = *shape.members.front();
  const auto fields = first.fields.size();
  shape.constant.assign(fields, true);
  shape.beginning.resize(fields);
  for (std::size_t f = 0; f < fields; ++f) {
    const auto& value = first.fields[f].value;
    auto common = value.size();
    for (const auto* member : shape.members) {
      const auto& other = member->fields[f].value;
      common = common_length(value, other, common);
      if (other.size() != value.size() || common < value.size()) shape.constant[f] = false;
    }
    shape.beginning[f] = common;
  }
}

std::string escape_tag(const std::string& tag) {
  std::string escaped = util::escape_field(tag);
  for (const char special : {'=', '~'}) {
    for (std::size_t at = 0; (at = escaped.find(special, at)) != std::string::npos;) {
      escaped.replace(at, 1, special == '=' ? "\\0075" : "\\0176");
    }
  }
  return escaped;
}

void write_shape(std::string& text, std::size_t number, const Shape& shape) {
  text.append("=").append(std::to_string(number));
  const auto& fields = shape.members.front()->fields;
  for (std::size_t f = 0; f < fields.size(); ++f) {
    text.append("\t").append(escape_tag(fields[f].tag));
    text += shape.constant[f] ? '=' : '~';
    text += util::escape_field(std::string_view(fields[f].value).substr(0, shape.beginning[f]));
  }
  text += '\n';
}

void write_row(std::string& text, std::size_t number, const Shape& shape, const Record& record, std::uint32_t expected_id) {
  text += std::to_string(number);
  if (record.tasks != 1) text.append("*").append(std::to_string(record.tasks));
  if (record.id != expected_id) text.append("@").append(std::to_string(record.id));
  for (std::size_t f = 0; f < record.fields.size(); ++f) {
    if (shape.constant[f]) continue;
    const auto rest = std::string_view(record.fields[f].value).substr(shape.beginning[f]);
    text.append("\t").append(rest.empty() ? "\\-" : util::escape_field(rest));
  }
  text += '\n';
}

}  // namespace

void Table::add(Record record) {
  m_pending.push_back(std::move(record));
  if (m_pending.size() == rows_per_page) write_page();
}

void Table::finish() {
  if (!m_pending.empty()) write_page();
}

void Table::write_page() {
  std::vector<Shape> shapes;
  std::unordered_map<std::string, std::size_t> by_key;
  std::vector<std::size_t> shape_of;
  for (const auto& record : m_pending) {
    const auto [found, is_new] = by_key.emplace(shape_key(record), shapes.size());
    if (is_new) shapes.emplace_back();
    shapes[found->second].members.push_back(&record);
    shape_of.push_back(found->second);
  }
  m_pages.push_back({m_pending.front().first_index, m_text.size()});
  m_text += "page " + std::to_string(m_pending.front().first_index) + " " + std::to_string(m_pending.front().id) + "\n";
  for (std::size_t s = 0; s < shapes.size(); ++s) {
    find_common_parts(shapes[s]);
    write_shape(m_text, s + 1, shapes[s]);
  }
  auto expected = m_pending.front().id;
  for (std::size_t r = 0; r < m_pending.size(); ++r) {
    write_row(m_text, shape_of[r] + 1, shapes[shape_of[r]], m_pending[r], expected);
    expected = m_pending[r].id + 1;
  }
  m_pending.clear();
}

}  // namespace sarray::script
