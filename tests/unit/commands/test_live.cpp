#include <doctest/doctest.h>

#include "commands/live.hpp"

namespace sarray::commands {

namespace {

using std::chrono::milliseconds;

/// A rule, and a clock that is set by hand.
class Watch {
 public:
  explicit Watch(const LiveOptions& options) : m_rule(options) { see(0); }
  void call() { m_sight.journal += 100; }
  void ask() { ++m_sight.asked; }
  void wait() { ++m_sight.waiting; }
  void fill() { m_sight.is_full = true; }
  bool see(int after) {
    m_now += milliseconds(after);
    return m_rule.is_time(m_sight, m_now);
  }
  bool is_silent() const { return m_rule.is_silent(m_now); }
  void submitted(bool failed = false) {
    m_sight.journal += 50;  // its notes
    m_rule.submitted(m_sight, m_now, failed);
  }

 private:
  LiveRule m_rule;
  LiveRule::Sight m_sight;
  LiveRule::Clock::time_point m_now{std::chrono::hours(1)};
};

}  // namespace

TEST_CASE("a driver that asks, and calls no sbatch for two seconds, waits") {
  Watch watch({});
  watch.call();
  CHECK_FALSE(watch.see(60000));
  watch.ask();
  CHECK_FALSE(watch.see(100));
  CHECK_FALSE(watch.see(1800));
  CHECK(watch.see(400));
  watch.submitted();
  CHECK_FALSE(watch.see(60000));
}

TEST_CASE("a driver that asks between its calls goes on recording") {
  Watch watch({});
  for (int i = 0; i < 10; ++i) {
    watch.ask();
    CHECK_FALSE(watch.see(1500));
    watch.call();
    CHECK_FALSE(watch.see(1500));
  }
  CHECK_FALSE(watch.see(60000));  // it did not ask after its last call
  watch.ask();
  CHECK_FALSE(watch.see(1));
  watch.ask();
  CHECK(watch.see(2000));
}

TEST_CASE("sbatch --wait is submitted soon") {
  Watch watch({});
  watch.call();
  watch.wait();
  CHECK_FALSE(watch.see(100));
  CHECK(watch.see(600));
}

TEST_CASE("--max-calls submits at once, and what failed not again at each look") {
  Watch watch({std::chrono::seconds(0), 2});
  watch.call();
  CHECK_FALSE(watch.see(100));
  watch.call();
  watch.fill();
  CHECK(watch.see(100));
  watch.submitted(true);
  CHECK_FALSE(watch.see(200));
  CHECK_FALSE(watch.see(4700));
  CHECK(watch.see(200));
  watch.submitted(true);
  watch.call();
  CHECK(watch.see(200));
}

TEST_CASE("--live submits by the clock, and what failed is tried later and later, or with the next call") {
  Watch watch({std::chrono::seconds(5), 0});
  watch.call();
  CHECK_FALSE(watch.see(4900));
  CHECK(watch.see(200));
  watch.submitted(true);
  CHECK_FALSE(watch.see(4900));
  CHECK(watch.see(200));
  watch.submitted(true);
  CHECK_FALSE(watch.see(9000));
  watch.call();
  CHECK(watch.see(100));
}

TEST_CASE("a driver that has made no call for a minute, and asks nothing, may wait in a way that nobody sees") {
  Watch watch({});
  watch.call();
  CHECK_FALSE(watch.see(100));
  CHECK_FALSE(watch.is_silent());
  CHECK_FALSE(watch.see(59000));
  CHECK_FALSE(watch.is_silent());
  watch.call();  // it goes on
  CHECK_FALSE(watch.see(2000));
  CHECK_FALSE(watch.is_silent());
  CHECK_FALSE(watch.see(60000));
  CHECK(watch.is_silent());
  watch.ask();  // now it is seen to wait
  CHECK_FALSE(watch.see(100));
  CHECK_FALSE(watch.is_silent());
  Watch by_clock({std::chrono::seconds(300), 0});
  by_clock.call();
  CHECK_FALSE(by_clock.see(100));
  CHECK_FALSE(by_clock.see(90000));
  CHECK_FALSE(by_clock.is_silent());
}

}  // namespace sarray::commands
