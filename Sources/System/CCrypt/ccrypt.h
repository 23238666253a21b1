// libxcrypt's reentrant password hashing (crypt(3), crypt_gensalt(3)).
#pragma once
#include <crypt.h>
