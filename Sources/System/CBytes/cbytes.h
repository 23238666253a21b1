// Where bytes of interest are, as bits of a word: Swift's SIMD types have no way from a comparison to a number.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>

static inline uint64_t cbytes_quotes_in_16(const uint8_t *bytes) {
    __m128i all = _mm_loadu_si128((const __m128i *)bytes);
    __m128i quotes = _mm_cmpeq_epi8(all, _mm_set1_epi8('"'));
    __m128i backslashes = _mm_cmpeq_epi8(all, _mm_set1_epi8('\\'));
    return (uint64_t)_mm_movemask_epi8(_mm_or_si128(quotes, backslashes));
}
#else
static inline uint64_t cbytes_quotes_in_16(const uint8_t *bytes) {
    uint64_t marks = 0;
    for (int i = 0; i < 16; i++) marks |= (uint64_t)(bytes[i] == '"' || bytes[i] == '\\') << i;
    return marks;
}
#endif

// Bit i is set when byte i is a quote or a backslash. Reads min(count, 64) bytes and no more.
static inline uint64_t cbytes_quotes(const void *from, size_t count) {
    const uint8_t *bytes = (const uint8_t *)from;
    if (__builtin_expect(count >= 64, 1)) {
        return cbytes_quotes_in_16(bytes) | cbytes_quotes_in_16(bytes + 16) << 16 |
               cbytes_quotes_in_16(bytes + 32) << 32 | cbytes_quotes_in_16(bytes + 48) << 48;
    }
    uint64_t marks = 0;
    size_t i = 0;
    for (; i + 16 <= count; i += 16) marks |= cbytes_quotes_in_16(bytes + i) << i;
    for (; i < count; i++) marks |= (uint64_t)(bytes[i] == '"' || bytes[i] == '\\') << i;
    return marks;
}
