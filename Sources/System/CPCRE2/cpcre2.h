// PCRE2's types and constants for bytes. Nothing is linked: the library is loaded at first use.
#ifndef MSCTL_CPCRE2_H
#define MSCTL_CPCRE2_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#endif
