// The table of the batch script: one record per job, written so that what jobs share is stored once and a task finds its own
// record without reading those of others.
//
// The table is a sequence of pages of consecutive jobs. A page holds the shapes of its records (which fields there are, and the
// values that all of them share), then a row per job: its shape, and the values that differ.
//
//   page 0 2000000001                                  first index, first virtual id
//   =1<TAB>ids=0-2<TAB>arg~--seed=<TAB>run=/bin/bash   a shape: constant fields tag=value, others tag~common beginning
//   1*3<TAB>17                                         a row: shape, *tasks unless 1, @virtual id unless the next one; values
//
// Text is escaped as `printf %b` reads it; an empty value of a row is written \- .
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sarray::script {

struct Field {
  std::string tag;
  std::string value;
};

struct Record {
  std::uint32_t first_index = 0;
  std::uint32_t tasks = 1;
  std::uint32_t id = 0;  ///< virtual id
  std::vector<Field> fields;
};

class Table {
 public:
  /// Records come in order of first_index.
  void add(Record record);
  /// Ends the last page. Nothing may be added after.
  void finish();

  [[nodiscard]] const std::string& text() const { return m_text; }
  struct Page {
    std::uint32_t first_index;
    std::size_t offset;  ///< in text()
  };
  [[nodiscard]] const std::vector<Page>& pages() const { return m_pages; }

 private:
  void write_page();

  std::vector<Record> m_pending;
  std::string m_text;
  std::vector<Page> m_pages;
};

}  // namespace sarray::script
