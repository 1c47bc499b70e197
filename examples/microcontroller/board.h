/* The little that main.c needs of the machine it runs on: mps2.c is a Cortex-M4F without an operating
 * system, host.c is a computer with one (to compare with). */
#ifndef BOARD_H
#define BOARD_H

void board_print(const char *text);
/* One line on what was used: flash, memory, stack; nothing on a computer. */
void board_report(void);

#endif
