/* What the targets of data sets do with one. */
#ifndef CNNC_FUZZ_DATASET_H
#define CNNC_FUZZ_DATASET_H

/* Opens it; what opens has pictures whose every number can be read, made to fit, and so has what they show; what does not
 * has a reason. */
void fuzz_dataset(const char *path);

#endif
