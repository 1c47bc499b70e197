/* The words of other frameworks, for messages: what cnnc calls their layers and arguments. */
#ifndef CNNC_EXPAND_FOREIGN_H
#define CNNC_EXPAND_FOREIGN_H

/* FC for Linear, CONV for Conv2d; NULL if the name is unknown. Case is ignored. */
const char *foreign_layer(const char *word);
/* window for kernel_size, pad for padding; NULL as above. */
const char *foreign_argument(const char *word);
/* CROSSENTROPY for CrossEntropyLoss, lr for learning_rate: a word, an argument, a setting or (optimiser for
 * optimizer) a family of words of a train statement. */
const char *foreign_recipe(const char *word);
/* The word among `words` that differs only in case, or NULL. */
const char *foreign_case(const char *word, const char *const words[], int count);

#endif
