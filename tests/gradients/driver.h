/* The parts of driver.c in other files. Each reports its cases and returns an exit status. */
#ifndef CNNC_TESTS_GRADIENTS_DRIVER_H
#define CNNC_TESTS_GRADIENTS_DRIVER_H

/* Stored numbers of optimisers and schedules. */
int check_updates(const char *path, double limit);
/* Stored losses of trainings. */
int check_follow(const char *path, double limit);

#endif
