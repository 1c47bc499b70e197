/* The page's program: cnnc, or with --evaluate first, the evaluator on a picture. */
#include <string.h>

#include "evaluate.h"

int cnnc_main(int argc, char **argv); /* compiler/main.c */

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--evaluate") == 0)
        return evaluate_main(argc, argv);
    return cnnc_main(argc, argv);
}
