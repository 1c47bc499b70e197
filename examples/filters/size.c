/* Prints a picture's size as arguments for make, since the networks are compiled for it. */
#include <stdio.h>

#include "picture.h"

int main(int argc, char **argv)
{
    struct picture picture;
    if (argc != 2 || !picture_read(&picture, argv[1], 3)) {
        fprintf(stderr, "size: %s: %s\n", argc == 2 ? argv[1] : "exactly one picture is needed", picture_error());
        return 1;
    }
    printf("WIDTH=%d HEIGHT=%d\n", picture.width, picture.height);
    picture_free(&picture);
    return 0;
}
