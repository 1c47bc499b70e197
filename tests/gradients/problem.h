/* For the tests of gradients: a network with a batch, targets and weights that are made from counted random numbers, so
 * that stored.py makes the same ones for PyTorch and nothing but results has to be stored. A file of cases has lines of
 * words:
 *
 *     case TITLE                  the title may have blanks
 *     net PATH
 *     batch N                     images (1)
 *     seed N                      of all numbers (1)
 *     spread A                    inputs are from -A to A (2)
 *     pixels                      inputs are whole numbers from 0 to 255
 *     loss KIND [smoothing=A] [margin=A] [heads=A,B,...] [mixup] [step=N]     (MSE)
 *     freeze NAME                 a layer
 *     recipe                      loss, heads and what is frozen are those of the text
 *     special A B ...             the first inputs are these
 *     expect loss A
 *     expect NAME COUNT SUM A B ...
 *
 * NAME is a tensor or `image0`, `image1`, ...; its numbers are gradients, and those of running statistics their values
 * after the step. SUM is the sum of all, each times a counted random number; A, B, ... are some, evenly spread. */
#ifndef CNNC_TESTS_PROBLEM_H
#define CNNC_TESTS_PROBLEM_H

#include <stdio.h>

#include "network.h"
#include "reference/train.h"

enum { MAX_WORDS = 64, MAX_OUTPUTS = 8 };

struct expectation {
    struct expectation *next;
    char *name;
    int64_t count;
    double sum, samples[MAX_WORDS];
    int sample_count;
};

struct problem {
    char *title, *path, *frozen_name;
    int64_t count;
    uint64_t seed;
    double spread, heads[MAX_OUTPUTS], special[MAX_WORDS];
    int special_count;
    bool pixels, mixup, recipe;
    struct reference_learning learning;
    double loss; /* expected, NAN: nothing is */
    struct expectation *expectations;

    /* set by problem_open() */
    struct network network;
    struct reference_model *model;
    double **images; /* by input */
    struct reference_target *targets;
    struct reference_batch batch;
};

/* Reads the next case; false at the end. A malformed line ends the program. */
bool problem_read(FILE *file, struct arena *arena, struct problem *problem);
void problem_open(struct problem *problem);
void problem_close(struct problem *problem);
struct reference_pass *problem_gradients(const struct problem *problem, struct arena *arena);

/* Number `index` of a stream, 0 <= x < 1; streams have names. */
double counted(uint64_t seed, const char *stream, int64_t index);
/* Sets all weights by counted numbers. */
void fill_weights(const struct reference_model *model, uint64_t seed);
/* The words of a line, split in place; returns how many. */
int split(char *line, char *words[MAX_WORDS]);
/* The value in a word NAME=VALUE; NULL if the word is another one. */
const char *word_value(const char *word, const char *name);

#endif
