/* A computer instead of the board, so that the two can be compared. */
#include <stdio.h>

#include "board.h"

void board_print(const char *text)
{
    fputs(text, stdout);
}

void board_report(void)
{
}
