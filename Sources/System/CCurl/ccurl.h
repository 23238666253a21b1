// libcurl's types and constants, and its variadic calls with one wrapper for each kind of argument. Nothing is linked:
// libcurl is loaded at first use, and each wrapper takes the address of the function that was found.
#ifndef MSCTL_CCURL_H
#define MSCTL_CCURL_H

#include <curl/curl.h>

typedef CURLcode (*ccurl_setopt_fn)(CURL *, CURLoption, ...);
typedef CURLcode (*ccurl_getinfo_fn)(CURL *, CURLINFO, ...);
typedef CURLMcode (*ccurl_multi_setopt_fn)(CURLM *, CURLMoption, ...);

typedef size_t (*ccurl_data_callback)(char *data, size_t size, size_t count, void *context);

static inline CURLcode ccurl_setopt_long(void *function, CURL *handle, CURLoption option, long value) {
    return ((ccurl_setopt_fn)function)(handle, option, value);
}

static inline CURLcode ccurl_setopt_off(void *function, CURL *handle, CURLoption option, curl_off_t value) {
    return ((ccurl_setopt_fn)function)(handle, option, value);
}

static inline CURLcode ccurl_setopt_string(void *function, CURL *handle, CURLoption option, const char *value) {
    return ((ccurl_setopt_fn)function)(handle, option, value);
}

static inline CURLcode ccurl_setopt_pointer(void *function, CURL *handle, CURLoption option, const void *value) {
    return ((ccurl_setopt_fn)function)(handle, option, value);
}

static inline CURLcode ccurl_setopt_callback(
    void *function, CURL *handle, CURLoption option, ccurl_data_callback value) {
    return ((ccurl_setopt_fn)function)(handle, option, value);
}

static inline CURLcode ccurl_getinfo_long(void *function, CURL *handle, CURLINFO info, long *value) {
    return ((ccurl_getinfo_fn)function)(handle, info, value);
}

static inline CURLcode ccurl_getinfo_double(void *function, CURL *handle, CURLINFO info, double *value) {
    return ((ccurl_getinfo_fn)function)(handle, info, value);
}

static inline CURLcode ccurl_getinfo_pointer(void *function, CURL *handle, CURLINFO info, void *value) {
    return ((ccurl_getinfo_fn)function)(handle, info, (void **)value);
}

static inline CURLMcode ccurl_multi_setopt_long(void *function, CURLM *handle, CURLMoption option, long value) {
    return ((ccurl_multi_setopt_fn)function)(handle, option, value);
}

// The finished transfer of a message, which C keeps in a union.
static inline CURLcode ccurl_message_result(const CURLMsg *message) { return message->data.result; }

#endif
