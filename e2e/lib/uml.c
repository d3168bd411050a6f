/* LD_PRELOAD for linux.uml (Linux 6.1), which moves every guest's floating-point state by ptrace, twice a system call.
 *
 * 1. Its 2696-byte buffer is shorter than the XSAVE area of CPUs with AMX, and the host kernel refuses a short
 *    PTRACE_SETREGSET: it is padded with the initial state.
 * 2. A state that the process has already is not written again: a fifth of what a guest's system call costs.
 * 3. A tick that comes while what the one before set off still goes on, as it does under load, is dropped (unblock_signals: "Do not
 *    reenter the handler"), and with it the one-shot timer, which that tick would have set anew. Nothing that waits for a time goes on then:
 *    while the kernel is idle it looks at the timer for ever, finds it neither running nor told of, and never sleeps; while a process is
 *    busy no other gets its turn, and the node answers nothing. It is told again. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif

static unsigned char area[65536] __attribute__((aligned(64)));
static size_t full;

/* What each process has, as far as it was seen; pages of it become real as processes come. */
#define SLOTS 1024
static struct held {
  long pid;
  size_t length;
  unsigned char state[4096 - 2 * sizeof(long)];
} held[SLOTS] __attribute__((aligned(4096)));

static long raw(long request, long pid, void *addr, void *data) { return syscall(SYS_ptrace, request, pid, addr, data); }

static struct held *slot(long pid) { return &held[pid % SLOTS]; }

static void keep(long pid, const struct iovec *state) {
  struct held *one = slot(pid);
  one->pid = 0;
  if (state->iov_len > sizeof one->state) return;
  memcpy(one->state, state->iov_base, state->iov_len);
  one->length = state->iov_len;
  one->pid = pid;
}

/* Of a buffer that is longer than the state, as it is where a CPU has less than UML makes room for, the host takes as much as there is. */
static int has(long pid, const struct iovec *state) {
  struct held *one = slot(pid);
  return one->pid == pid && one->length <= state->iov_len && memcmp(one->state, state->iov_base, one->length) == 0;
}

static long set_padded(long pid, void *addr, struct iovec *state) {
  uint64_t features;
  struct iovec out = {area, full};
  memcpy(area, state->iov_base, state->iov_len);
  memcpy(&features, area + 512, sizeof features);
  features &= 0x2ff;
  memcpy(area + 512, &features, sizeof features);
  return raw(PTRACE_SETREGSET, pid, addr, &out);
}

static long set_state(long pid, void *addr, struct iovec *state) {
  long result;
  if (has(pid, state)) return 0;
  if (!full) {
    struct iovec all = {area, sizeof area};
    if (raw(PTRACE_GETREGSET, pid, addr, &all) == 0) full = all.iov_len;
    memset(area, 0, sizeof area);
  }
  result = full > state->iov_len ? set_padded(pid, addr, state) : raw(PTRACE_SETREGSET, pid, addr, state);
  if (result == 0) keep(pid, state); else slot(pid)->pid = 0;
  return result;
}

static long get_state(long pid, void *addr, struct iovec *state) {
  long result = raw(PTRACE_GETREGSET, pid, addr, state);
  if (result == 0) keep(pid, state); else slot(pid)->pid = 0;
  return result;
}

static int goes_on(long request) {
  switch (request) {
    case PTRACE_CONT: case PTRACE_SYSCALL: case PTRACE_SYSEMU: case PTRACE_SYSEMU_SINGLESTEP: case PTRACE_SINGLESTEP:
      return 1;
  }
  return 0;
}

static int leaves_state(long request) {
  if (goes_on(request)) return 1;
  switch (request) {
    case PTRACE_GETREGS: case PTRACE_SETREGS: case PTRACE_PEEKUSER: case PTRACE_POKEUSER: case PTRACE_GETSIGINFO:
      return 1;
  }
  return 0;
}

/* Looks in a row that find the timer run out: from the idle loop, which asks before it sleeps, a second's worth is some ten thousand. */
#define FORGOTTEN_IDLE 5000
/* While processes run there is always a next tick. Ten milliseconds or more lie between two looks. */
#define FORGOTTEN_BUSY 3
#define CALLS_BETWEEN_LOOKS 4096

static timer_t the_timer;
static int timer_known;
static int idle_looks, busy_looks;

static int ran_out(int result, const struct itimerspec *left) { return result == 0 && !left->it_value.tv_sec && !left->it_value.tv_nsec; }

static int look(timer_t timer, struct itimerspec *left) {
  static int (*next)(timer_t, struct itimerspec *);
  int result;
  if (!next) next = (int (*)(timer_t, struct itimerspec *))dlsym(RTLD_NEXT, "timer_gettime");
  result = next(timer, left);
  if (!ran_out(result, left)) idle_looks = busy_looks = 0;
  return result;
}

/* The node's log says how often. */
static void tell_again(const char *doing) {
  idle_looks = busy_looks = 0;
  kill(getpid(), SIGALRM);
  dprintf(STDERR_FILENO, "uml: a tick was lost while %s\n", doing);
}

static void look_while_busy(void) {
  static unsigned calls;
  struct itimerspec left;
  if (!timer_known || ++calls % CALLS_BETWEEN_LOOKS) return;
  if (ran_out(look(the_timer, &left), &left) && ++busy_looks >= FORGOTTEN_BUSY) tell_again("busy");
}

int timer_gettime(timer_t timer, struct itimerspec *left) {
  int result = look(timer, left);
  the_timer = timer;
  timer_known = 1;
  if (ran_out(result, left) && ++idle_looks >= FORGOTTEN_IDLE) tell_again("idle");
  return result;
}

long ptrace(enum __ptrace_request request, ...) {
  va_list arguments;
  va_start(arguments, request);
  long pid = (int)va_arg(arguments, long);
  void *addr = va_arg(arguments, void *), *data = va_arg(arguments, void *);
  va_end(arguments);
  look_while_busy();
  if ((uintptr_t)addr == NT_X86_XSTATE && request == PTRACE_SETREGSET) return set_state(pid, addr, data);
  if ((uintptr_t)addr == NT_X86_XSTATE && request == PTRACE_GETREGSET) return get_state(pid, addr, data);
  /* Every process begins with options being set: one that has a dead one's number has nothing of its state. One that goes on
   * with a signal (data) enters its handler with a fresh state. */
  if (!leaves_state(request) || (goes_on(request) && data)) slot(pid)->pid = 0;
  if (request >= PTRACE_PEEKTEXT && request <= PTRACE_PEEKUSER) {
    long word;
    if (raw(request, pid, addr, &word) < 0) return -1;
    errno = 0;
    return word;
  }
  return raw(request, pid, addr, data);
}
