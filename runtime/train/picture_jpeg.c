/* JPEG, through libjpeg. Its errors end in a longjmp; so does a warning that pixels are missing, which libjpeg would
 * fill with grey. */
#include "data.h"

#ifdef HAVE_LIBJPEG

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

struct catcher {
    struct jpeg_error_mgr manager; /* must be first */
    jmp_buf back;
    char message[JMSG_LENGTH_MAX];
};

static void fail(j_common_ptr info)
{
    struct catcher *catcher = (struct catcher *)info->err;
    catcher->manager.format_message(info, catcher->message);
    longjmp(catcher->back, 1);
}

static void warn(j_common_ptr info, int level)
{
    const int code = info->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE))
        fail(info);
}

static int decode(struct jpeg_decompress_struct *info, const char *path, struct picture *picture, struct trouble *t)
{
    jpeg_read_header(info, TRUE);
    if ((int64_t)info->image_width * info->image_height > MOST_PIXELS)
        return cnn_trouble(t, "%s: a picture of %ux%u pixels; it may have at most %lld", path, info->image_height,
                           info->image_width, (long long)MOST_PIXELS);
    if (info->num_components != 1 && info->num_components != 3) {
        cnn_trouble(t, "%s: a JPEG picture of %d colours (CMYK?), which is not supported", path, info->num_components);
        return cnn_trouble_help(t, "convert it to RGB");
    }
    info->out_color_space = info->num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(info);
    picture->height = (int32_t)info->output_height;
    picture->width = (int32_t)info->output_width;
    picture->channels = info->output_components;
    const size_t row = (size_t)picture->width * (size_t)picture->channels;
    if (cnn_picture_room(picture, (uint64_t)row * (uint64_t)picture->height, t))
        return -1;
    while (info->output_scanline < info->output_height) {
        JSAMPROW to = picture->room + row * info->output_scanline;
        jpeg_read_scanlines(info, &to, 1);
    }
    jpeg_finish_decompress(info);
    return 0;
}

int cnn_decode_jpeg(const unsigned char *bytes, size_t count, const char *path, struct picture *picture,
                    struct trouble *t)
{
    struct jpeg_decompress_struct info;
    struct catcher catcher;
    int failed;
    info.err = jpeg_std_error(&catcher.manager);
    catcher.manager.error_exit = fail;
    catcher.manager.emit_message = warn;
    catcher.message[0] = 0;
    if (setjmp(catcher.back)) {
        failed = cnn_trouble(t, "%s: damaged JPEG: %s", path, catcher.message);
    } else {
        jpeg_create_decompress(&info);
        info.mem->max_memory_to_use = 1L << 30;
        jpeg_mem_src(&info, (unsigned char *)(uintptr_t)bytes, (unsigned long)count);
        failed = decode(&info, path, picture, t);
    }
    jpeg_destroy_decompress(&info);
    return failed;
}

#else

int cnn_decode_jpeg(const unsigned char *bytes, size_t count, const char *path, struct picture *picture,
                    struct trouble *t)
{
    (void)bytes, (void)count, (void)picture;
    cnn_trouble(t, "%s: a JPEG picture, but this library was built without libjpeg", path);
    return cnn_trouble_help(t, "build it where libjpeg (libjpeg-dev) is installed, or convert the pictures to PNM");
}

#endif
