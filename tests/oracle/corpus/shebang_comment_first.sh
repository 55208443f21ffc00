# my script
#!/bin/bash
#SBATCH -t 5
