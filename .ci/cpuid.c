/* Makes a program believe that it runs on another processor, at full speed: a library to preload.
 *
 * Linux lets the instruction CPUID fail on processors with "cpuid_fault" (arch_prctl(2)); the handler answers in its
 * place. AVX-512 and AMX are hidden, and the sizes of the caches are those of CACHES ("32 512 32768": kilobytes of the
 * first, second and third level), by which libraries split their loops. With MAKE=AMD the vendor is AMD.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { CPUID_SET = 0x1012, LENGTH = 2 };

static unsigned kilobytes[3] = {32, 512, 32768};
static int is_amd;

static void fail_cpuid(int fail) { syscall(SYS_arch_prctl, CPUID_SET, fail ? 0 : 1); }

static void put(uint32_t *to, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    to[0] = a, to[1] = b, to[2] = c, to[3] = d;
}

/* The caches by number: data and instructions of the first level, then the second and the third. */
static void cache(uint32_t number, uint32_t *to) {
    static const unsigned level[] = {1, 1, 2, 3}, type[] = {1, 2, 3, 3}, ways[] = {8, 8, 8, 16};
    unsigned size = number < 4 ? kilobytes[level[number] - 1] * 1024 : 0;
    memset(to, 0, 4 * sizeof *to);
    if (size)
        put(to, type[number] | level[number] << 5 | 1 << 8, 63 | (ways[number] - 1) << 22,
            size / (64 * ways[number]) - 1, 0);
}

static void change(uint32_t leaf, uint32_t sub, uint32_t *to) {
    if (leaf == 7 && sub == 0) {
        to[1] &= ~(1u << 16 | 1u << 17 | 1u << 21 | 1u << 26 | 1u << 27 | 1u << 28 | 1u << 30 | 1u << 31);
        to[2] &= ~(1u << 1 | 1u << 6 | 1u << 11 | 1u << 12 | 1u << 14);
        to[3] &= ~(1u << 2 | 1u << 3 | 1u << 8 | 1u << 22 | 1u << 23 | 1u << 24 | 1u << 25);
    } else if (leaf == 7 && sub == 1) {
        to[0] &= ~(1u << 4 | 1u << 5);
        to[3] = 0;
    } else if (leaf == 4 && !is_amd) {
        cache(sub, to);
    }
    if (!is_amd)
        return;
    if (leaf == 0 || leaf == 0x80000000)
        put(to, leaf ? 0x80000020 : 0x10, 0x68747541, 0x444d4163, 0x69746e65); /* AuthenticAMD */
    else if (leaf == 1)
        to[0] = 0x00A00F11; /* Milan */
    else if (leaf == 4)
        memset(to, 0, 4 * sizeof *to);
    else if (leaf == 0x80000001)
        to[2] |= 1u << 22; /* describes its caches */
    else if (leaf == 0x80000005)
        to[2] = kilobytes[0] << 24 | 0x080140, to[3] = 0x20080140;
    else if (leaf == 0x80000006)
        to[2] = kilobytes[1] << 16 | 0x6140, to[3] = (kilobytes[2] / 512) << 18 | 0x9140;
    else if (leaf == 0x8000001d)
        cache(sub, to);
}

static void answer(int signal_number, siginfo_t *info, void *context) {
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    const uint8_t *at = (const uint8_t *)registers[REG_RIP];
    uint32_t leaf = registers[REG_RAX], sub = registers[REG_RCX], to[4];
    (void)info;
    if (at[0] != 0x0f || at[1] != 0xa2) { /* another fault: let it happen again */
        signal(signal_number, SIG_DFL);
        return;
    }
    fail_cpuid(0);
    __asm__ volatile("cpuid" : "=a"(to[0]), "=b"(to[1]), "=c"(to[2]), "=d"(to[3]) : "a"(leaf), "c"(sub));
    fail_cpuid(1);
    change(leaf, sub, to);
    registers[REG_RAX] = to[0], registers[REG_RBX] = to[1], registers[REG_RCX] = to[2], registers[REG_RDX] = to[3];
    registers[REG_RIP] += LENGTH;
}

__attribute__((constructor)) static void begin(void) {
    struct sigaction action = {.sa_sigaction = answer, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    const char *caches = getenv("CACHES"), *make = getenv("MAKE");
    if (caches)
        sscanf(caches, "%u %u %u", &kilobytes[0], &kilobytes[1], &kilobytes[2]);
    is_amd = make && !strcmp(make, "AMD");
    sigaction(SIGSEGV, &action, NULL);
    if (syscall(SYS_arch_prctl, CPUID_SET, 0))
        perror("cpuid: cannot be intercepted here"), exit(1);
}
