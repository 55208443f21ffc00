#!/bin/bash
#SBATCHH --time=7
./run
