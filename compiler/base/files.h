/* Files: reading whole ones, mapping large ones, and writing so that a failure never leaves half
 * a file or destroys a good one (write beside the final name, then rename). */
#ifndef CNNC_BASE_FILES_H
#define CNNC_BASE_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Reads a whole file ("-": standard input) of at most `limit` bytes. NULL: *error says why. */
char *file_read(struct arena *arena, const char *path, size_t limit, size_t *length, const char **error);

struct mapping {
    const unsigned char *bytes;
    size_t length;
};
bool file_map(struct arena *arena, const char *path, struct mapping *mapping, const char **error);
void file_unmap(struct mapping *mapping);

/* A file that is being written. It takes its final name only when output_commit succeeds. "-" is standard output;
 * a device, a pipe or an open file (/dev/stdout, /dev/fd/3) is written directly. */
struct output;
struct output *output_open(struct arena *arena, const char *path, const char **error);
bool output_write(struct output *output, const void *bytes, size_t length);
/* Overwrites the first bytes of the file. output_can_patch, asked before anything is written, tells whether that is
 * possible: not on a pipe, nor in a file that somebody else has written to. */
bool output_can_patch(const struct output *output);
bool output_patch_start(struct output *output, const void *bytes, size_t length);
bool output_commit(struct output *output, const char **error);
/* Several files that belong together: either all take their names, or none does and the earlier files stay. Returns
 * the output that failed, or NULL. */
struct output *outputs_commit(struct output *const outputs[], size_t count, const char **error);
const char *output_path(const struct output *output);
void output_discard(struct output *output);
/* Open, write and commit in one; "-" is standard output. */
bool file_write(struct arena *arena, const char *path, const void *bytes, size_t length, const char **error);

/* Path pieces: "a/b/net.cnn" has the folder "a/b/" ("" if none), and the stem "net". */
const char *path_folder(struct arena *arena, const char *path);
const char *path_stem(struct arena *arena, const char *path);
/* "c.cnn" of "a/b/c.cnn". */
const char *path_base(const char *path);
/* "a/b/c.h" of "a/b/c.cnn" and ".h". */
const char *path_with_ending(struct arena *arena, const char *path, const char *ending);
bool path_exists(const char *path);
/* A device such as /dev/null, or a pipe: written in place. */
bool path_is_special(const char *path);
/* Would writing `output` put another file in the place of `input`? */
bool path_takes_place(const char *output, const char *input);
/* The path of `name`, which an untrusted file gave, below `folder` ("": the working one); NULL if it is
 * absolute, climbs out with "..", does not exist, or is a link that leads out of the folder. */
const char *path_inside(struct arena *arena, const char *folder, const char *name);

#endif
