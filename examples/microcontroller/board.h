/* The little that main.c needs from the machine it runs on: mps2.c is a Cortex-M4F without an operating
 * system, host.c a computer with one (for comparison). */
#ifndef BOARD_H
#define BOARD_H

void board_print(const char *text);
/* Prints how much flash, memory and stack was used; nothing on a computer. */
void board_report(void);

#endif
