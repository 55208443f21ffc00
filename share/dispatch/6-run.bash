# The end: bash has read all of the dispatcher, and of this group, before it runs any of it. What follows in the file is data, and the
# file itself is written over meanwhile.
# shellcheck shell=bash
{
  main
  exit 125
}
