/* The least that a program can cost that is linked as ours is: row 1 is measured against it. */
int main(void) { return 0; }
