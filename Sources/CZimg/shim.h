#include <zimg.h>

// zimg declares the planes of its buffers as an array of structs without a name, which Swift does not import. These two
// write one plane each; zimg.h says what the fields mean.

static inline void czimg_set_plane(
    zimg_image_buffer *buffer, unsigned plane, void *data, ptrdiff_t stride, unsigned mask) {
  buffer->plane[plane].data = data;
  buffer->plane[plane].stride = stride;
  buffer->plane[plane].mask = mask;
}

static inline void czimg_set_const_plane(
    zimg_image_buffer_const *buffer, unsigned plane, const void *data, ptrdiff_t stride, unsigned mask) {
  buffer->plane[plane].data = data;
  buffer->plane[plane].stride = stride;
  buffer->plane[plane].mask = mask;
}
