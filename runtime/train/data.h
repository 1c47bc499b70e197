/* Data sets: what DATA names becomes two sets of pictures, to train and to test with. Each reader has a file of its
 * own; all of them check sizes, labels and files when they open, so that training does not stop at night. */
#ifndef CNN_TRAIN_DATA_H
#define CNN_TRAIN_DATA_H

#include <dirent.h>

#include "base.h"
#include "cnn_train.h"

/* Limits. A class number takes part in messages and tables, a picture fits into memory several times. */
enum { MOST_CLASSES = 100000, MOST_SIDE = 65500, MOST_FILES = 8, MOST_SPACES = 4 };
#define MOST_PICTURES (INT64_C(1) << 40)
#define MOST_PIXELS (INT64_C(1) << 28)

enum number {
    NUMBER_U1,
    NUMBER_I1,
    NUMBER_U2,
    NUMBER_I2,
    NUMBER_U4,
    NUMBER_I4,
    NUMBER_U8,
    NUMBER_I8,
    NUMBER_F4,
    NUMBER_F8
};
int cnn_number_bytes(enum number number);
/* The integer at `bytes`; big: most significant byte first. Those of u8 beyond i8 become -1. */
int64_t cnn_number_integer(const unsigned char *bytes, enum number number, int big);
double cnn_number_real(const unsigned char *bytes, enum number number, int big);

enum layout { LAYOUT_CHW, LAYOUT_HWC };

/* One picture, as it is stored: bytes 0 to 255 or floats (of this machine). */
struct picture {
    int32_t height, width, channels;
    int32_t layout;              /* enum layout */
    int32_t floats;              /* else bytes */
    const unsigned char *pixels; /* in the file, or in `room` */
    unsigned char *room;         /* grows; whoever made the picture frees it */
    size_t room_bytes;
};
int cnn_picture_room(struct picture *picture, uint64_t bytes, struct trouble *t);

/* A set of pictures and what they show. fetch may be called by several threads, each with its own picture. */
struct set {
    char *path;       /* for messages */
    const char *kind; /* "IDX files" */
    int64_t count;
    int32_t height, width, channels; /* 0: pictures differ */
    int32_t floats;
    int32_t classes;    /* 0: the data does not say how many there are */
    char **class_names; /* or NULL */

    int (*fetch)(const struct set *set, int64_t index, struct picture *picture, struct trouble *t);
    char *(*where)(const struct set *set, int64_t index); /* names a picture in a message; NULL: path and index */

    /* What they show: `each` numbers a picture, which lie `apart` bytes apart. */
    const unsigned char *targets;
    enum number target_number;
    int target_big;
    int64_t each;
    size_t apart;
    char *target_path; /* NULL: path */

    /* The pictures of an array (NULL: the reader has its own fetch). */
    const unsigned char *pixels;
    int32_t layout;
    int either; /* hwc or chw, whichever fits the network: chosen by data_check */
    int big;    /* floats: most significant byte first */
    size_t stride;

    struct contents files[MOST_FILES]; /* mapped, closed with the set */
    struct space spaces[MOST_SPACES];
    int file_count, space_count;
    struct folder *folder; /* of folder.c */
};

struct dataset {
    struct set train, test; /* count 0: there is none */
    char *said;             /* what was recognised, in one line */
};

/* Number k of what picture `index` shows; a class, or a target. */
int64_t cnn_set_label(const struct set *set, int64_t index, int64_t k);
double cnn_set_target(const struct set *set, int64_t index, int64_t k);

/* How pictures of other sizes are made to fit. */
enum fitting { FIT_NONE, FIT_SCALE, FIT_PAD };

/* Recognises and opens PATH. What is wrong is said with file and place. */
int cnn_data_open(struct dataset *data, const char *path, struct trouble *t);
void cnn_data_close(struct dataset *data);

/* Do the pictures fit INPUT, and what they show the output and the loss? `training`: every class must occur. */
int cnn_data_check(struct set *set, const struct cnn_trainee *trainee, enum fitting fitting, int training,
                   struct trouble *t);

/* Do the classes have the same names, where both sets have any? */
int cnn_data_same_classes(const struct set *train, const struct set *test, struct trouble *t);

/* The first of these questions alone. */
int cnn_data_check_pictures(struct set *set, const struct cnn_tensor *input, enum fitting fitting, struct trouble *t);

/* The readers. found: does the folder or file look like this reader's? */
int cnn_idx_found(const char *path);
int cnn_idx_open(struct dataset *data, const char *path, struct trouble *t);
int cnn_cifar_found(const char *path);
int cnn_cifar_open(struct dataset *data, const char *path, struct trouble *t);
int cnn_npz_found(const char *path);
int cnn_npz_open(struct dataset *data, const char *path, struct trouble *t);
int cnn_folder_found(const char *path);
int cnn_folder_open(struct dataset *data, const char *path, struct trouble *t);
void cnn_folder_close(struct folder *folder);

/* For readers. */
int cnn_set_begin(struct set *set, const char *kind, const char *path, struct trouble *t);
/* Maps a file, which the set keeps; NULL after trouble. */
const struct contents *cnn_set_map(struct set *set, const char *path, struct trouble *t);
struct space *cnn_set_space(struct set *set, uint64_t bytes, const char *purpose, struct trouble *t);
int cnn_fetch_array(const struct set *set, int64_t index, struct picture *picture, struct trouble *t);
int cnn_by_name(const struct dirent **a, const struct dirent **b); /* for scandir, in any locale */
int cnn_path_exists(const char *path);
int cnn_path_is_folder(const char *path);

/* Decodes a picture file of one of the three formats; path is for messages. */
int cnn_decode_picture(const unsigned char *bytes, size_t count, const char *path, struct picture *picture,
                       struct trouble *t);
int cnn_decode_png(const unsigned char *bytes, size_t count, const char *path, struct picture *picture,
                   struct trouble *t);
int cnn_decode_jpeg(const unsigned char *bytes, size_t count, const char *path, struct picture *picture,
                    struct trouble *t);
int cnn_decode_pnm(const unsigned char *bytes, size_t count, const char *path, struct picture *picture,
                   struct trouble *t);

#endif
