#!/usr/bin/env python3
"""Train the thing."""
#SBATCH --time=5
import sys
