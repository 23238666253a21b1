#pragma once
#include <sqlite3.h>

// A macro over a cast function pointer, which Swift does not import: the value is copied by SQLite.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text) {
    return sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}
