import CCurl

/// One easy handle of libcurl, set up for one request after another. Confined to the thread of its ``TransferLoop``.
final class EasyHandle {
    let pointer: CurlLibrary.Handle
    private let library: CurlLibrary
    private var headers: UnsafeMutablePointer<curl_slist>?
    /// libcurl writes its explanation here; CURL_ERROR_SIZE bytes.
    private let explanation: UnsafeMutablePointer<CChar>

    init?(library: CurlLibrary) {
        guard let pointer = library.easyInit() else { return nil }
        self.library = library
        self.pointer = pointer
        explanation = .allocate(capacity: Int(CURL_ERROR_SIZE))
        explanation.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        library.easyCleanup(pointer)
        library.listFree(headers)
        explanation.deallocate()
    }

    /// Forgets the last request; open connections are the multi handle's and stay.
    func reset() {
        library.easyReset(pointer)
        library.listFree(headers)
        headers = nil
        explanation[0] = 0
    }

    /// Sets everything for `request`; the callbacks get `context`.
    func prepare(
        _ request: CurlRequest, context: UnsafeMutableRawPointer, onHeader: @escaping ccurl_data_callback,
        onBody: @escaping ccurl_data_callback
    ) throws(CurlError) {
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_ERRORBUFFER, pointer: explanation)
        try set(CURLOPT_URL, request.url)
        // An empty string switches proxies off, also those of the environment.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        try set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.wholeMilliseconds)
        if let timeout = request.timeout { try set(CURLOPT_TIMEOUT_MS, timeout.wholeMilliseconds) }
        if let path = request.unixSocketPath { try set(CURLOPT_UNIX_SOCKET_PATH, path) }
        if request.forbidReuse {
            try set(CURLOPT_FORBID_REUSE, 1)
            try set(CURLOPT_FRESH_CONNECT, 1)
        }
        try setMethod(of: request)
        try setHeaders(of: request)
        try set(CURLOPT_HEADERFUNCTION, onHeader)
        try set(CURLOPT_HEADERDATA, pointer: context)
        try set(CURLOPT_WRITEFUNCTION, onBody)
        try set(CURLOPT_WRITEDATA, pointer: context)
    }

    private func setMethod(of request: CurlRequest) throws(CurlError) {
        if let body = request.body {
            // The size comes first: without it libcurl would copy up to the first zero byte.
            try check(
                ccurl_setopt_off(library.setopt, pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            let code = body.withUnsafeBytes { bytes in
                var empty: UInt8 = 0
                return bytes.isEmpty
                    ? ccurl_setopt_pointer(library.setopt, pointer, CURLOPT_COPYPOSTFIELDS, &empty)
                    : ccurl_setopt_pointer(library.setopt, pointer, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress)
            }
            try check(code)
        } else if request.method == "HEAD" {
            try set(CURLOPT_NOBODY, 1)
        }
        try set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func setHeaders(of request: CurlRequest) throws(CurlError) {
        // An empty value takes a header away that libcurl would add by itself.
        var lines = ["Expect:"]
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        lines += request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        for line in lines {
            guard !line.utf8.contains(where: { $0 == 10 || $0 == 13 || $0 == 0 }) else {
                throw .other(code: Int32(CURLE_BAD_FUNCTION_ARGUMENT.rawValue), message: "a header holds a line break")
            }
            guard let list = library.listAppend(headers, line) else { throw outOfMemory }
            headers = list
        }
        try set(CURLOPT_HTTPHEADER, pointer: headers)
    }

    /// What was answered: 0 before the status line.
    var status: Int { information(CURLINFO_RESPONSE_CODE) { ccurl_getinfo_long($0, $1, $2, $3) } }

    var totalSeconds: Double { information(CURLINFO_TOTAL_TIME) { ccurl_getinfo_double($0, $1, $2, $3) } }

    private func information<Value: Numeric>(
        _ info: CURLINFO,
        _ get: (UnsafeMutableRawPointer, CurlLibrary.Handle, CURLINFO, UnsafeMutablePointer<Value>) -> CURLcode
    ) -> Value {
        var value: Value = 0
        return get(library.getinfo, pointer, info, &value) == CURLE_OK ? value : 0
    }

    /// How a transfer that ended with `code` is told; nil when it went well.
    func error(for code: CURLcode) -> CurlError? {
        guard code != CURLE_OK else { return nil }
        let own = String(cString: explanation)
        let message = own.isEmpty ? library.easyStrerror(code).map { String(cString: $0) } ?? "curl error" : own
        return switch code {
        case CURLE_COULDNT_CONNECT: .refused(message)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve(message)
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE: .interrupted(message)
        default: .other(code: Int32(code.rawValue), message: message)
        }
    }

    private var outOfMemory: CurlError { .other(code: Int32(CURLE_OUT_OF_MEMORY.rawValue), message: "out of memory") }

    private func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
        try check(ccurl_setopt_long(library.setopt, pointer, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(CurlError) {
        try check(ccurl_setopt_string(library.setopt, pointer, option, value))
    }

    private func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) throws(CurlError) {
        try check(ccurl_setopt_pointer(library.setopt, pointer, option, value))
    }

    private func set(_ option: CURLoption, _ value: @escaping ccurl_data_callback) throws(CurlError) {
        try check(ccurl_setopt_callback(library.setopt, pointer, option, value))
    }

    private func check(_ code: CURLcode) throws(CurlError) {
        if let error = error(for: code) { throw error }
    }
}

extension Duration {
    /// Rounded up, so that a short time does not become "none", which libcurl writes as 0.
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Swift.max(1, Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
