#include <lcms2.h>
#include <lcms2_plugin.h>
#include <malloc.h>
#include <stdlib.h>

// lcms2 says how samples lie by macros with arguments, and takes its memory and tells its errors through callbacks: Swift
// sees neither. What it takes is counted here, because profiles come with pictures, from anybody.

/// Bytes that a context may take at once for what is large, and the first error that it told. Its address stays for as long as the
/// context.
typedef struct clcms_account {
  size_t limit;
  size_t used;
  char error[128];
} clcms_account;

static inline clcms_account *clcms_account_of(cmsContext context) {
  return (clcms_account *)cmsGetContextUserData(context);
}

/// Tables of colours are larger than this, and lcms2 (2.14) looks whether it got them. Where it asks for less it does not
/// always look, so that nothing less is refused.
enum { CLCMS_LARGE = 128 << 10 };

// Threads that share a context share its account.
static inline void *clcms_count(clcms_account *account, void *memory) {
  if (memory == NULL || account == NULL) return memory;
  size_t size = malloc_usable_size(memory);
  size_t used = __atomic_add_fetch(&account->used, size, __ATOMIC_RELAXED);
  if (size < CLCMS_LARGE || used <= account->limit) return memory;
  __atomic_sub_fetch(&account->used, size, __ATOMIC_RELAXED);
  free(memory);
  return NULL;
}

static inline void *clcms_malloc(cmsContext context, cmsUInt32Number size) {
  return clcms_count(clcms_account_of(context), malloc(size));
}

static inline void *clcms_malloc_zero(cmsContext context, cmsUInt32Number size) {
  return clcms_count(clcms_account_of(context), calloc(1, size));
}

static inline void clcms_free(cmsContext context, void *memory) {
  clcms_account *account = clcms_account_of(context);
  if (account != NULL && memory != NULL) {
    __atomic_sub_fetch(&account->used, malloc_usable_size(memory), __ATOMIC_RELAXED);
  }
  free(memory);
}

static inline void *clcms_realloc(cmsContext context, void *memory, cmsUInt32Number size) {
  clcms_account *account = clcms_account_of(context);
  size_t before = memory == NULL ? 0 : malloc_usable_size(memory);
  if (account != NULL) {
    size_t used = __atomic_load_n(&account->used, __ATOMIC_RELAXED);
    if (size >= CLCMS_LARGE && size > before && size - before + used > account->limit) return NULL;
  }
  void *moved = realloc(memory, size);
  if (moved != NULL && account != NULL) {
    __atomic_add_fetch(&account->used, malloc_usable_size(moved) - before, __ATOMIC_RELAXED);
  }
  return moved;
}

static inline void clcms_tell(cmsContext context, cmsUInt32Number code, const char *text) {
  (void)code;
  clcms_account *account = clcms_account_of(context);
  if (account == NULL || account->error[0] != 0) return;
  size_t count = 0;
  // Texts may quote the profile: only what is printable is kept.
  for (; text[count] != 0 && count < sizeof account->error - 1; count++) {
    account->error[count] = text[count] >= 0x20 && text[count] < 0x7F ? text[count] : '?';
  }
  account->error[count] = 0;
}

/// A context that takes its memory from `account` and tells its errors to it, and never prints. NULL without memory.
static inline cmsContext clcms_context_create(clcms_account *account) {
  static const cmsPluginMemHandler plugin = {
      .base = {.Magic = cmsPluginMagicNumber, .ExpectedVersion = 2000, .Type = cmsPluginMemHandlerSig, .Next = NULL},
      .MallocPtr = clcms_malloc,
      .FreePtr = clcms_free,
      .ReallocPtr = clcms_realloc,
      .MallocZeroPtr = clcms_malloc_zero,
  };
  cmsContext context = cmsCreateContext((void *)&plugin, account);
  if (context != NULL) cmsSetLogErrorHandlerTHR(context, clcms_tell);
  return context;
}

static inline const char *clcms_error(const clcms_account *account) { return account->error; }

/// Interleaved samples of 1 or 2 bytes: `colors` of them, in the machine's byte order, then `extra` that are left alone.
static inline cmsUInt32Number clcms_format(int colors, int extra, int bytes) {
  int space = colors == 1 ? PT_GRAY : colors == 3 ? PT_RGB : PT_CMYK;
  return COLORSPACE_SH(space) | EXTRA_SH(extra) | CHANNELS_SH(colors) | BYTES_SH(bytes);
}

/// Exact: each colour goes through every stage of both profiles, none is looked up in a table made before.
/// Without the cache, which threads would share.
static const cmsUInt32Number clcms_exact =
    cmsFLAGS_NOOPTIMIZE | cmsFLAGS_NOCACHE | cmsFLAGS_BLACKPOINTCOMPENSATION;

static inline int clcms_pixel_bytes(cmsUInt32Number format) {
  return (int)((T_CHANNELS(format) + T_EXTRA(format)) * T_BYTES(format));
}
