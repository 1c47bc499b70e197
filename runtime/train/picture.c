/* A picture file: which decoder it is for, and the plain formats P1 to P6 (PNM). */
#include <string.h>

#include "data.h"

int cnn_decode_picture(const unsigned char *bytes, size_t count, const char *path, struct picture *picture,
                       struct trouble *t)
{
    picture->layout = LAYOUT_HWC;
    picture->floats = 0;
    if (count > 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
        return cnn_decode_png(bytes, count, path, picture, t);
    if (count > 3 && memcmp(bytes, "\xFF\xD8\xFF", 3) == 0)
        return cnn_decode_jpeg(bytes, count, path, picture, t);
    if (count > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6')
        return cnn_decode_pnm(bytes, count, path, picture, t);
    return cnn_trouble(t, "%s: not a PNG, JPEG or PNM picture: its first bytes are of none of them", path);
}

struct scan {
    const unsigned char *next, *end;
};

/* The next number of a header or a text format; -1: there is none. Comments run from # to the end of the line. */
static int32_t scan_number(struct scan *scan)
{
    int32_t number = 0;
    while (scan->next < scan->end &&
           (*scan->next == '#' || *scan->next == ' ' || (*scan->next >= 9 && *scan->next <= 13)))
        if (*scan->next++ == '#')
            while (scan->next < scan->end && *scan->next != '\n')
                scan->next++;
    if (scan->next == scan->end || *scan->next < '0' || *scan->next > '9')
        return -1;
    for (; scan->next < scan->end && *scan->next >= '0' && *scan->next <= '9'; scan->next++)
        number = number > 100000 ? number : number * 10 + (*scan->next - '0');
    return number;
}

/* The next bit of P1: 0 and 1 need no space between them. */
static int32_t scan_bit(struct scan *scan)
{
    while (scan->next < scan->end && (*scan->next == ' ' || (*scan->next >= 9 && *scan->next <= 13)))
        scan->next++;
    if (scan->next == scan->end || (*scan->next != '0' && *scan->next != '1'))
        return -1;
    return *scan->next++ - '0';
}

static int truncated(const char *path, int64_t at, int64_t numbers, struct trouble *t)
{
    return cnn_trouble(t, "%s: truncated or damaged: number %lld of %lld is missing or invalid", path, (long long)at,
                       (long long)numbers);
}

/* P1 to P3: text. */
static int read_text(struct scan *scan, int bitmap, int32_t most, int64_t numbers, const char *path,
                     struct picture *picture, struct trouble *t)
{
    if (numbers > scan->end - scan->next) /* before there is room for them: they may be very many */
        return truncated(path, scan->end - scan->next, numbers, t);
    if (cnn_picture_room(picture, (uint64_t)numbers, t))
        return -1;
    for (int64_t i = 0; i < numbers; i++) {
        const int32_t number = bitmap ? scan_bit(scan) : scan_number(scan);
        if (number < 0 || number > most)
            return truncated(path, i, numbers, t);
        picture->room[i] = (unsigned char)(bitmap ? 255 * !number : (number * 255 + most / 2) / most);
    }
    return 0;
}

/* P4: a bit a pixel, rows in whole bytes; P5 and P6: a byte or two a number. */
static int read_binary(const struct scan *scan, int bitmap, int32_t most, const char *path, struct picture *picture,
                       struct trouble *t)
{
    const int64_t row = (int64_t)picture->width * picture->channels, numbers = row * picture->height;
    const int wide = most > 255;
    const int64_t row_bytes = bitmap ? (row + 7) / 8 : row * (wide ? 2 : 1);
    if (scan->end - scan->next < row_bytes * picture->height)
        return cnn_trouble(t, "%s: truncated: %lld bytes of pixels, but %dx%d pixels need %lld", path,
                           (long long)(scan->end - scan->next), picture->height, picture->width,
                           (long long)(row_bytes * picture->height));
    if (cnn_picture_room(picture, (uint64_t)numbers, t))
        return -1;
    for (int64_t i = 0; i < numbers; i++) {
        const unsigned char *at = scan->next + (bitmap ? i / row * row_bytes + i % row / 8 : wide ? 2 * i : i);
        const int32_t number = bitmap ? most - (*at >> (7 - i % row % 8) & 1) : wide ? at[0] << 8 | at[1] : *at;
        if (number > most)
            return truncated(path, i, numbers, t);
        picture->room[i] = (unsigned char)((number * 255 + most / 2) / most);
    }
    return 0;
}

int cnn_decode_pnm(const unsigned char *bytes, size_t count, const char *path, struct picture *picture,
                   struct trouble *t)
{
    struct scan scan = {bytes + 2, bytes + count};
    const int kind = bytes[1] - '0', bitmap = kind == 1 || kind == 4, text = kind <= 3;
    const int32_t width = scan_number(&scan), height = scan_number(&scan), most = bitmap ? 1 : scan_number(&scan);
    if (width < 1 || height < 1 || width > MOST_SIDE || height > MOST_SIDE || (int64_t)width * height > MOST_PIXELS)
        return cnn_trouble(t, "%s: a picture of %dx%d pixels; a side has 1 to %d, and all at most %lld", path, height,
                           width, (int)MOST_SIDE, (long long)MOST_PIXELS);
    if (most < 1 || most > 65535)
        return cnn_trouble(t, "%s: damaged: its largest number must be 1 to 65535", path);
    picture->height = height;
    picture->width = width;
    picture->channels = kind == 3 || kind == 6 ? 3 : 1;
    const int64_t numbers = (int64_t)height * width * picture->channels;
    if (text)
        return read_text(&scan, bitmap, most, numbers, path, picture, t);
    scan.next += scan.next < scan.end; /* the one space behind the header */
    return read_binary(&scan, bitmap, most, path, picture, t);
}
