/* What every part of the driver uses: messages, memory that may be larger than the machine's, the contents of files,
 * files that appear whole or not at all. */
#ifndef CNN_TRAIN_BASE_H
#define CNN_TRAIN_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __GNUC__
#define PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define PRINTF(text, first)
#endif

/* The first thing that went wrong: a message, and perhaps a way out. */
struct trouble {
    char message[1200];
    char help[600];
};

/* Fills it in, unless it is already; returns -1, what functions return that fail. */
int cnn_trouble(struct trouble *t, const char *format, ...) PRINTF(2, 3);
int cnn_trouble_help(struct trouble *t, const char *format, ...) PRINTF(2, 3);
void cnn_trouble_print(const struct trouble *t);

/* Zeroed memory, 64-byte aligned. What is large beside the machine's memory lies in a temporary file ($TMPDIR) that the
 * system reads and writes as needed. */
struct space {
    unsigned char *data;
    size_t bytes;
};
int cnn_space_new(struct space *space, uint64_t bytes, const char *purpose, struct trouble *t);
void cnn_space_free(struct space *space);
/* The machine's memory in bytes: what $CNN_TRAIN_MEMORY says, what the system says, or an assumption. */
uint64_t cnn_machine_memory(void);

/* malloc, calloc and strdup that say what there was no memory for; NULL after trouble. */
void *cnn_heap(size_t count, size_t size, struct trouble *t);
char *cnn_heap_text(struct trouble *t, const char *format, ...) PRINTF(2, 3);

/* Names come from files, too: no control character of them reaches a terminal, nor what is no UTF-8. Returns text,
 * which may be NULL. */
char *cnn_clean(char *text);

/* A file's contents, mapped: the file must not change meanwhile. */
struct contents {
    const unsigned char *data;
    size_t bytes;
};
int cnn_contents_open(struct contents *contents, const char *path, struct trouble *t);
void cnn_contents_close(struct contents *contents);

/* A file that is being written under another name, PATH.new. `done` syncs and renames it, so that PATH is always
 * either the old file or the whole new one; after an error the new one is removed. */
struct writing {
    char *path, *beside;
    int fd;
    int failed;  /* errno of the first failure */
    int passing; /* need not survive a loss of power: it is not synced */
};
int cnn_writing_open(struct writing *w, const char *path, struct trouble *t);
void cnn_writing_add(struct writing *w, const void *bytes, size_t count);
int cnn_writing_done(struct writing *w, struct trouble *t);

/* Numbers in files, whatever the machine's own order of bytes. */
uint32_t cnn_big32(const unsigned char *bytes);
uint64_t cnn_little(const unsigned char *bytes, int size);
void cnn_put_little(unsigned char *bytes, uint64_t number, int size);
int cnn_machine_is_little(void);

/* FNV-1a over bytes, from `hash` on. */
#define HASH_BEGIN UINT64_C(0xCBF29CE484222325)
uint64_t cnn_hash_bytes(uint64_t hash, const void *bytes, size_t count);

double cnn_seconds_now(void);

/* How far long work is, on standard error if it is a terminal; nothing is left of it once done is all. */
void cnn_still_working(const char *what, int64_t done, int64_t all);

#endif
