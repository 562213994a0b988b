/* Debian's zlib: the compressed text and profiles inside PNG, and PNG's CRC. */
#include <zlib.h>
