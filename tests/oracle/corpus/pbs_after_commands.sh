#!/bin/bash
echo start
#PBS -N late
echo end
