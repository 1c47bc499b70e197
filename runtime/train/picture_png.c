/* PNG, through libpng's simplified interface, which returns its errors. Transparent pixels are laid over black. */
#include "data.h"

#ifdef HAVE_LIBPNG

#include <png.h>
#include <string.h>

static int decode(png_image *image, const char *path, struct picture *picture, struct trouble *t)
{
    if ((int64_t)image->width * image->height > MOST_PIXELS || image->width > MOST_SIDE || image->height > MOST_SIDE)
        return cnn_trouble(t, "%s: a picture of %lux%lu pixels; a side has at most %d, and all at most %lld", path,
                           (unsigned long)image->height, (unsigned long)image->width, (int)MOST_SIDE,
                           (long long)MOST_PIXELS);
    const int colour = (image->format & PNG_FORMAT_FLAG_COLOR) != 0;
    image->format = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    picture->height = (int32_t)image->height;
    picture->width = (int32_t)image->width;
    picture->channels = colour ? 3 : 1;
    if (cnn_picture_room(picture, (uint64_t)PNG_IMAGE_SIZE(*image), t))
        return -1;
    memset(picture->room, 0, PNG_IMAGE_SIZE(*image));
    if (!png_image_finish_read(image, NULL, picture->room, 0, NULL))
        return cnn_trouble(t, "%s: damaged PNG: %s", path, image->message);
    return 0;
}

int cnn_decode_png(const unsigned char *bytes, size_t count, const char *path, struct picture *picture,
                   struct trouble *t)
{
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    const int failed = png_image_begin_read_from_memory(&image, bytes, count)
                           ? decode(&image, path, picture, t)
                           : cnn_trouble(t, "%s: damaged PNG: %s", path, image.message);
    png_image_free(&image);
    return failed;
}

#else

int cnn_decode_png(const unsigned char *bytes, size_t count, const char *path, struct picture *picture,
                   struct trouble *t)
{
    (void)bytes, (void)count, (void)picture;
    cnn_trouble(t, "%s: a PNG picture, but this library was built without libpng", path);
    return cnn_trouble_help(t, "build it where libpng (libpng-dev) is installed, or convert the pictures to PNM");
}

#endif
