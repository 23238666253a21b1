import CPCRE2
import Glibc

/// PCRE2's functions, found at first use: who searches for plain text never pays for loading the library.
///
/// Loaded once and never unloaded. `@unchecked Sendable`: all members are addresses of code, constant after `load`.
struct PCRELibrary: @unchecked Sendable {
    let compile:
        @convention(c) (
            UnsafePointer<UInt8>?, Int, UInt32, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int>, OpaquePointer?
        ) -> OpaquePointer?
    let compileToMachineCode: @convention(c) (OpaquePointer, UInt32) -> Int32
    let codeFree: @convention(c) (OpaquePointer?) -> Void
    let match:
        @convention(c) (
            OpaquePointer, UnsafePointer<UInt8>?, Int, Int, UInt32, OpaquePointer, OpaquePointer?
        ) -> Int32
    let matchDataCreate: @convention(c) (UInt32, OpaquePointer?) -> OpaquePointer?
    let matchDataFree: @convention(c) (OpaquePointer?) -> Void
    let contextCreate: @convention(c) (OpaquePointer?) -> OpaquePointer?
    let contextFree: @convention(c) (OpaquePointer?) -> Void
    let setMatchLimit: @convention(c) (OpaquePointer, UInt32) -> Int32
    let setHeapLimit: @convention(c) (OpaquePointer, UInt32) -> Int32
    let setOffsetLimit: @convention(c) (OpaquePointer, Int) -> Int32
    let stackCreate: @convention(c) (Int, Int, OpaquePointer?) -> OpaquePointer?
    let stackAssign: @convention(c) (OpaquePointer, UnsafeMutableRawPointer?, OpaquePointer?) -> Void
    let stackFree: @convention(c) (OpaquePointer?) -> Void
    private let errorMessage: @convention(c) (Int32, UnsafeMutablePointer<UInt8>, Int) -> Int32

    /// It cannot be loaded; what the loader said.
    struct Missing: Error {
        let reason: String
    }

    private static let loaded: Result<PCRELibrary, Missing> = Result { () throws(Missing) in try load() }

    /// The library, loaded by whoever asks first.
    static func shared() throws(Missing) -> PCRELibrary { try loaded.get() }

    /// What one of its numbers means.
    func text(of error: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 256)
        let length = errorMessage(error, &bytes, bytes.count)
        return length > 0 ? String(decoding: bytes.prefix(Int(length)), as: UTF8.self) : "PCRE2 error \(error)"
    }

    private static func load() throws(Missing) -> PCRELibrary {
        guard let library = dlopen("libpcre2-8.so.0", RTLD_NOW | RTLD_LOCAL) else {
            throw Missing(reason: dlerror().map { String(cString: $0) } ?? "libpcre2-8.so.0 not found")
        }
        func function<Function>(_ name: String, as type: Function.Type = Function.self) throws(Missing) -> Function {
            guard let address = dlsym(library, "pcre2_\(name)_8") else {
                throw Missing(reason: "it has no pcre2_\(name)_8; 10.34 is needed")
            }
            return unsafeBitCast(address, to: type)
        }
        return PCRELibrary(
            compile: try function("compile"),
            compileToMachineCode: try function("jit_compile"),
            codeFree: try function("code_free"),
            match: try function("match"),
            matchDataCreate: try function("match_data_create"),
            matchDataFree: try function("match_data_free"),
            contextCreate: try function("match_context_create"),
            contextFree: try function("match_context_free"),
            setMatchLimit: try function("set_match_limit"),
            setHeapLimit: try function("set_heap_limit"),
            setOffsetLimit: try function("set_offset_limit"),
            stackCreate: try function("jit_stack_create"),
            stackAssign: try function("jit_stack_assign"),
            stackFree: try function("jit_stack_free"),
            errorMessage: try function("get_error_message"))
    }
}
