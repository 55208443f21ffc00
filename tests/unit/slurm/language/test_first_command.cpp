#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "slurm/language/first_command.hpp"
#include "slurm/language/intake.hpp"

using namespace sarray;
using slurm::ScriptSource;

namespace {

std::string of_input(const std::string& script) { return slurm::find_first_command(ScriptSource::standard_input, script); }
std::string of_wrap(const std::string& command) {
  return slurm::find_first_command(ScriptSource::wrap, slurm::wrap_script(command));
}

}  // namespace

TEST_CASE("what --wrap was given, byte for byte") {
  CHECK(of_wrap("python3 -c '1/(0.1-0.01)'") == "python3 -c '1/(0.1-0.01)'");
  CHECK(of_wrap("echo  two  blanks # and a comment") == "echo  two  blanks # and a comment");
  CHECK(of_wrap("cd x\npython train.py\n") == "python train.py");
  CHECK(of_wrap("").empty());
}

TEST_CASE("the first line of a script that does what it is for") {
  CHECK(of_input("#!/bin/bash\n#SBATCH --mem=1G\n\n# Trains.\nset -euo pipefail\nmodule load cuda\ncd /data\n"
                 "export OMP_NUM_THREADS=4\nLR=0.1\necho begins\n  python train.py --lr $LR\nrm x\n") ==
        "python train.py --lr $LR");
  CHECK(of_input("#!/bin/bash\npython train.py \\\n    --lr 0.1 \\\n\t--seed 7\nnext\n") == "python train.py --lr 0.1 --seed 7");
  CHECK(of_input("#!/usr/bin/env python3\nimport os\nfrom x import y\nmain(3)\n") == "main(3)");
  CHECK(of_input("#!/bin/sh\nLR=0.1 ./run\n") == "LR=0.1 ./run");
}

TEST_CASE("without such a line, the most telling one that there is") {
  CHECK(of_input("#!/bin/sh\nset -e\necho seed 3\n") == "echo seed 3");
  CHECK(of_input("#!/bin/sh\n# x\nset -e\n") == "set -e");
  CHECK(of_input("#!/bin/sh\n# x \\\n").empty());
  CHECK(of_input("").empty());
}

TEST_CASE("scripts that begin alike are told apart by the first line that differs") {
  const auto commands = [](const std::vector<std::string>& scripts) {
    std::vector<slurm::ScriptText> texts;
    for (const auto& script : scripts) texts.push_back({ScriptSource::standard_input, script});
    return slurm::find_commands(texts);
  };
  using Texts = std::vector<std::string>;
  CHECK(commands({"#!/bin/sh\nprep\nrun 1\nend\n", "#!/bin/sh\nprep\nrun 2\nend\n", "#!/bin/sh\nother\n"}) ==
        Texts{"run 1", "run 2", "other"});
  CHECK(commands({"#!/bin/sh\nprep\ncd a\n", "#!/bin/sh\nprep\ncd b\n"}) == Texts{"cd a", "cd b"});
  // Each is told from each: the first two differ later than the third does.
  CHECK(commands({"prep\nx\nrun 1\n", "prep\nx\nrun 2\n", "prep\ny\nrun 1\n"}) == Texts{"run 1", "run 2", "y"});
  // The same, or different in comments alone; one that goes on if the other has ended.
  CHECK(commands({"prep\nrun\n", "prep\nrun\n"}) == Texts{"prep", "prep"});
  CHECK(commands({"#SBATCH -t 1\nprep\n", "#SBATCH -t 2\nprep\n# b\n"}) == Texts{"prep", "prep"});
  CHECK(commands({"prep\n", "prep\nrun\n", "prep\n"}) == Texts{"prep", "run", "prep"});
  CHECK(commands({"", ""}) == Texts{"", ""});
  CHECK(commands({}).empty());
  CHECK(slurm::find_commands({{ScriptSource::file, "a\n"},
                              {ScriptSource::wrap, slurm::wrap_script("a\nb 1")},
                              {ScriptSource::wrap, slurm::wrap_script("a\nb 2")}}) == Texts{"", "b 1", "b 2"});
}

TEST_CASE("a file needs none, and no script makes it long") {
  CHECK(slurm::find_first_command(ScriptSource::file, "#!/bin/sh\nx\n").empty());
  CHECK(of_input("#!/bin/sh\n" + std::string(5000, 'x')).size() == 2000);
  std::string endless;
  for (int i = 0; i < 5000; ++i) endless += "x\\\n";
  CHECK(of_input("#!/bin/sh\n" + endless).size() == 2000);
}
