/* Debian's libexif: the umbrella header alone, exif-data.h pulls in the rest. */
#include <libexif/exif-data.h>
