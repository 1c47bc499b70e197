/* The pictures of DATA, one by one. */
#include <stdlib.h>
#include <string.h>

#include "fit.h"

struct cnn_pictures {
    struct dataset data;
    struct set *set;
    struct fit fit;
    struct cnn_tensor input;
};

static int open_all(struct cnn_pictures *p, const char *data, int test, int resize, struct trouble *t)
{
    enum { MOST_BYTES = 1 << 30 }; /* of decoded pictures that are kept */
    const enum fitting fitting = resize == 0 ? FIT_NONE : resize == 1 ? FIT_SCALE : FIT_PAD;
    if (cnn_data_open(&p->data, data, t))
        return -1;
    struct set *first = test ? &p->data.test : &p->data.train, *other = test ? &p->data.train : &p->data.test;
    p->set = first->count ? first : other;
    return cnn_data_check_pictures(p->set, &p->input, fitting, t) ||
                   cnn_fit_load(p->set, &p->input, fitting, MOST_BYTES, t) ||
                   cnn_fit_begin(&p->fit, &p->input, fitting, t)
               ? -1
               : 0;
}

struct cnn_pictures *cnn_pictures_open(const char *data, const struct cnn_tensor *input, int test, int resize)
{
    struct trouble t;
    memset(&t, 0, sizeof t);
    struct cnn_pictures *p = (struct cnn_pictures *)cnn_heap(1, sizeof *p, &t);
    if (p)
        p->input = *input;
    if (p && !open_all(p, data, test, resize, &t))
        return p;
    cnn_trouble_print(&t);
    cnn_pictures_close(p);
    return NULL;
}

int64_t cnn_pictures_count(const struct cnn_pictures *pictures)
{
    return pictures->set->count;
}

const char *cnn_pictures_said(const struct cnn_pictures *pictures)
{
    return pictures->data.said;
}

int cnn_pictures_labelled(const struct cnn_pictures *pictures, int32_t classes)
{
    const struct set *set = pictures->set;
    if (!set->targets || set->target_number >= NUMBER_F4 || set->each != 1 || (set->classes && set->classes != classes))
        return 0;
    for (int64_t i = 0; i < set->count; i++) {
        const int64_t label = cnn_set_label(set, i, 0);
        if (label < 0 || label >= classes)
            return 0;
    }
    return 1;
}

int32_t cnn_pictures_label(const struct cnn_pictures *pictures, int64_t index)
{
    return (int32_t)cnn_set_label(pictures->set, index, 0);
}

int cnn_pictures_get(struct cnn_pictures *pictures, int64_t index, void *to)
{
    struct trouble t;
    memset(&t, 0, sizeof t);
    if (!cnn_fit_picture(&pictures->fit, pictures->set, index, to, &t))
        return 0;
    cnn_trouble_print(&t);
    return -1;
}

void cnn_pictures_close(struct cnn_pictures *pictures)
{
    if (!pictures)
        return;
    cnn_fit_end(&pictures->fit);
    cnn_data_close(&pictures->data);
    free(pictures);
}
