import LogStore
import Testing

/// What programs print as they fail must stay one piece, and stay with the entry above it.
@Suite struct ContinuationTests {
    private func expectNoHead(_ text: String, _ location: SourceLocation = #_sourceLocation) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            #expect(ScannedLine(String(line)).fields == LineFields(), "\(line)", sourceLocation: location)
        }
    }

    @Test func `a Python traceback has neither time nor level`() {
        expectNoHead(
            """
            Traceback (most recent call last):
              File "/srv/app/orders.py", line 41, in <module>
                main()
                ~~~~^^
              File "/srv/app/orders.py", line 12, in main
                raise ValueError("bad")
            ValueError: bad

            During handling of the above exception, another exception occurred:

            Traceback (most recent call last):
              File "/srv/app/orders.py", line 43, in <module>
                log.error("ERROR: %s", e)
            KeyError: 'level'
            sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such table: orders
            [SQL: SELECT 1]
            (Background on this error at: https://sqlalche.me/e/20/e3q8)
            """)
    }

    @Test func `a Java stack trace has neither time nor level`() {
        expectNoHead(
            """
            Exception in thread "main" java.lang.IllegalStateException: ERROR in state
            \tat c.x.Orders.place(Orders.java:41)
            \tat java.base/java.lang.Thread.run(Thread.java:1583) ~[na:na]
            \tSuppressed: java.io.IOException: closed
            \t\tat c.x.Orders.close(Orders.java:77)
            Caused by: java.net.ConnectException: Connection refused
            \tat java.base/sun.nio.ch.Net.pollConnect(Native Method)
            \t... 12 more
            java.lang.NullPointerException: Cannot invoke "String.length()" because "x" is null
            """)
    }

    @Test func `a Node stack trace has neither time nor level`() {
        expectNoHead(
            """
            /srv/app/index.js:3
                throw new Error("bad");
                ^

            Error: bad
                at Object.<anonymous> (/srv/app/index.js:3:11)
                at Module._compile (node:internal/modules/cjs/loader:1554:14)
                at node:internal/main/run_main_module:36:49 {
              code: 'ERR_BAD',
              [cause]: TypeError: x is not a function
            }
            TypeError: Cannot read properties of undefined (reading 'level')
            Uncaught:

            Node.js v22.14.0
            """)
    }

    @Test func `a Go panic has neither time nor level`() {
        expectNoHead(
            """
            panic: runtime error: index out of range [5] with length 3 [recovered]
            \tpanic: again
            [signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48f0e4]

            goroutine 1 [running]:
            main.main()
            \t/srv/app/main.go:8 +0x1d
            goroutine 18 [chan receive, 2 minutes]:
            net/http.(*conn).serve(0xc0000b4000, {0x7f1f28, 0xc0000a8000})
            \t/usr/local/go/src/net/http/server.go:2092 +0x5d0
            created by net/http.(*Server).Serve in goroutine 1
            fatal error: all goroutines are asleep - deadlock!
            rax    0x0
            exit status 2
            """)
    }

    @Test func `a crash of a Rust or a Swift program has neither time nor level`() {
        expectNoHead(
            """
            thread 'main' panicked at src/main.rs:2:5:
            index out of bounds: the len is 3 but the index is 5
            note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
            stack backtrace:
               0: rust_begin_unwind
            shop/main.swift:3: Fatal error: Index out of range
            Thread 0 "shop" crashed:
            0 0x00007f main + 12 in shop at /srv/app/main.swift:3:5
            Illegal instruction (core dumped)
            """)
    }
}
