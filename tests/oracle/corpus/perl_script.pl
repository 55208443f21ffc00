#!/usr/bin/perl -w
#SBATCH -t 00:10:00
#SBATCH --mail-type=FAIL
use strict;
print "hello\n";
