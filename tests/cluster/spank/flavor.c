/* A site's plugin with an option of its own, as sites have them: sbatch --flavor=NAME. The job finds it as $FLAVOR. */
#include <slurm/spank.h>
#include <stdio.h>

SPANK_PLUGIN(flavor, 1)

static char chosen[64];

static int take(int value, const char *argument, int remote) {
  (void)value;
  (void)remote;
  snprintf(chosen, sizeof chosen, "%s", argument);
  return 0;
}

static struct spank_option option = {"flavor", "NAME", "the job's flavor", 1, 0, take};

int slurm_spank_init(spank_t spank, int count, char **arguments) {
  (void)count;
  (void)arguments;
  return spank_option_register(spank, &option);
}

int slurm_spank_user_init(spank_t spank, int count, char **arguments) {
  (void)count;
  (void)arguments;
  if (chosen[0] != 0) spank_setenv(spank, "FLAVOR", chosen, 1);
  return 0;
}
