// Calls that tell the outside world. What goes out by write(2) and writev(2) is in bytes.c.

#define _GNU_SOURCE
#include "turn.h"

#include <sys/socket.h>


static enum kind socket_kind(int file) { return crash_kind(file) == SEND ? SEND : NONE; }

ssize_t send(int file, const void *bytes, size_t length, int flags) {
  NEXT(send);
  struct iovec part = {(void *)bytes, length};
  return IN_TURN(
      crash_enter(socket_kind(file), file, NULL), next(file, bytes, turn.dies ? length / 2 : length, flags),
      crash_wrote(turn.kind, file, &part, 1, -1, result));
}

ssize_t sendto(int file, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t size) {
  NEXT(sendto);
  struct iovec part = {(void *)bytes, length};
  return IN_TURN(
      crash_enter(socket_kind(file), file, NULL), next(file, bytes, turn.dies ? length / 2 : length, flags, to, size),
      crash_wrote(turn.kind, file, &part, 1, -1, result));
}

ssize_t sendmsg(int file, const struct msghdr *message, int flags) {
  NEXT(sendmsg);
  return IN_TURN(
      crash_enter(socket_kind(file), file, NULL),
      turn.dies ? crash_half(file, message->msg_iov, (int)message->msg_iovlen, -1) : next(file, message, flags),
      crash_wrote(turn.kind, file, message->msg_iov, (int)message->msg_iovlen, -1, result));
}

int connect(int file, const struct sockaddr *to, socklen_t size) {
  NEXT(connect);
  return IN_TURN(crash_enter(CONNECT, file, NULL), next(file, to, size), );
}
