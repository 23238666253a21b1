import CCurl
import Glibc

/// libcurl's functions, found at first use: a program that never speaks HTTP never pays for loading the library and the
/// many it brings along.
///
/// Loaded once and never unloaded. `@unchecked Sendable`: all members are addresses of code, constant after `load`, and
/// libcurl's functions may be called from any thread (each handle from one at a time, which their owners see to).
struct CurlLibrary: @unchecked Sendable {
    typealias Handle = UnsafeMutableRawPointer

    let easyInit: @convention(c) () -> Handle?
    let easyCleanup: @convention(c) (Handle) -> Void
    let easyReset: @convention(c) (Handle) -> Void
    let easyStrerror: @convention(c) (CURLcode) -> UnsafePointer<CChar>?
    let multiInit: @convention(c) () -> Handle?
    let multiCleanup: @convention(c) (Handle) -> CURLMcode
    let multiAdd: @convention(c) (Handle, Handle) -> CURLMcode
    let multiRemove: @convention(c) (Handle, Handle) -> CURLMcode
    let multiPerform: @convention(c) (Handle, UnsafeMutablePointer<Int32>) -> CURLMcode
    let multiPoll:
        @convention(c) (Handle, UnsafeMutableRawPointer?, UInt32, Int32, UnsafeMutablePointer<Int32>?) -> CURLMcode
    let multiWakeup: @convention(c) (Handle) -> CURLMcode
    let multiInfoRead: @convention(c) (Handle, UnsafeMutablePointer<Int32>) -> UnsafeMutablePointer<CURLMsg>?
    let listAppend:
        @convention(c) (UnsafeMutablePointer<curl_slist>?, UnsafePointer<CChar>) -> UnsafeMutablePointer<curl_slist>?
    let listFree: @convention(c) (UnsafeMutablePointer<curl_slist>?) -> Void
    /// The variadic ones are called through CCurl's wrappers.
    let setopt: UnsafeMutableRawPointer
    let getinfo: UnsafeMutableRawPointer
    let multiSetopt: UnsafeMutableRawPointer

    private static let loaded: Result<CurlLibrary, CurlError> = Result { () throws(CurlError) in try load() }

    /// The library, loaded by whoever asks first.
    static func shared() throws(CurlError) -> CurlLibrary { try loaded.get() }

    private static func load() throws(CurlError) -> CurlLibrary {
        let names = ["libcurl.so.4", "libcurl-gnutls.so.4"]
        guard let library = names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else {
            throw .libraryMissing(dlerror().map { String(cString: $0) } ?? "libcurl.so.4 not found")
        }
        let symbols = Symbols(library: library)
        typealias GlobalInit = @convention(c) (Int) -> CURLcode
        let initialized = try symbols.function("curl_global_init", as: GlobalInit.self)(Int(CURL_GLOBAL_DEFAULT))
        guard initialized == CURLE_OK else { throw .libraryMissing("curl_global_init gave \(initialized.rawValue)") }
        return CurlLibrary(
            easyInit: try symbols.function("curl_easy_init"),
            easyCleanup: try symbols.function("curl_easy_cleanup"),
            easyReset: try symbols.function("curl_easy_reset"),
            easyStrerror: try symbols.function("curl_easy_strerror"),
            multiInit: try symbols.function("curl_multi_init"),
            multiCleanup: try symbols.function("curl_multi_cleanup"),
            multiAdd: try symbols.function("curl_multi_add_handle"),
            multiRemove: try symbols.function("curl_multi_remove_handle"),
            multiPerform: try symbols.function("curl_multi_perform"),
            multiPoll: try symbols.function("curl_multi_poll"),
            multiWakeup: try symbols.function("curl_multi_wakeup"),
            multiInfoRead: try symbols.function("curl_multi_info_read"),
            listAppend: try symbols.function("curl_slist_append"),
            listFree: try symbols.function("curl_slist_free_all"),
            setopt: try symbols.address("curl_easy_setopt"),
            getinfo: try symbols.address("curl_easy_getinfo"),
            multiSetopt: try symbols.address("curl_multi_setopt"))
    }

    private struct Symbols {
        let library: UnsafeMutableRawPointer

        func address(_ name: String) throws(CurlError) -> UnsafeMutableRawPointer {
            guard let address = dlsym(library, name) else { throw .libraryMissing("it has no \(name); 7.68 is needed") }
            return address
        }

        func function<Function>(_ name: String, as type: Function.Type = Function.self) throws(CurlError) -> Function {
            unsafeBitCast(try address(name), to: type)
        }
    }
}
