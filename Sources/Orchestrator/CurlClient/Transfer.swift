import CCurl

/// One request on its way. Confined to the thread of its ``TransferLoop``, like the easy handle it uses.
final class Transfer {
    /// Where the answer goes.
    enum Sink {
        case whole(CheckedContinuation<Result<CurlResponse, CurlError>, Never>)
        case stream(StreamBuffer)
    }

    let ticket: Ticket
    let easy: EasyHandle
    private let request: CurlRequest
    private let sink: Sink
    private var headers: [(name: String, value: String)] = []
    private var body: [UInt8] = []
    /// Why a callback of ours told libcurl to stop; libcurl itself only knows that it was stopped.
    private var refusal: CurlError?

    init(ticket: Ticket, request: CurlRequest, sink: Sink, easy: EasyHandle) {
        self.ticket = ticket
        self.request = request
        self.sink = sink
        self.easy = easy
    }

    /// The pointer handed to libcurl is not retained: the loop holds the transfer until its handle is removed, and no
    /// callback comes after that.
    func prepare() throws(CurlError) {
        try easy.prepare(
            request, context: Unmanaged.passUnretained(self).toOpaque(),
            onHeader: { data, size, count, context in
                Transfer.from(context)?.receive(header: UnsafeRawBufferPointer(start: data, count: size * count)) ?? 0
            },
            onBody: { data, size, count, context in
                Transfer.from(context)?.receive(body: UnsafeRawBufferPointer(start: data, count: size * count)) ?? 0
            })
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Ends the transfer: whoever waits for it goes on.
    func finish(_ code: CURLcode) {
        guard let error = refusal ?? easy.error(for: code) else {
            return finish(.success(easy.totalSeconds))
        }
        finish(.failure(error))
    }

    func fail(_ error: CurlError) { finish(.failure(error)) }

    private func finish(_ result: Result<Double, CurlError>) {
        switch (sink, result) {
        case (.whole(let continuation), .success(let seconds)):
            let response = CurlResponse(
                status: easy.status, headers: headers, body: body, duration: .seconds(seconds))
            continuation.resume(returning: .success(response))
        case (.whole(let continuation), .failure(let error)):
            continuation.resume(returning: .failure(error))
        case (.stream(let buffer), .success):
            // An answer without a body has not opened the stream yet.
            buffer.open(status: easy.status, headers: headers)
            buffer.finish(nil)
        case (.stream(let buffer), .failure(let error)):
            buffer.finish(error)
        }
    }

    private func receive(header bytes: UnsafeRawBufferPointer) -> Int {
        let line = String(decoding: bytes, as: UTF8.self).trimmingLineBreak
        if line.hasPrefix("HTTP/") {
            // An interim answer (100, 103) came before; only the last one counts.
            headers = []
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            headers.append((String(line[..<colon]), String(value)))
        } else if line.isEmpty, easy.status >= 200, case .stream(let buffer) = sink {
            buffer.open(status: easy.status, headers: headers)
        }
        return bytes.count
    }

    /// Anything but the number of bytes given makes libcurl end the transfer.
    private func receive(body bytes: UnsafeRawBufferPointer) -> Int {
        let limit = request.maximumBodyBytes
        switch sink {
        case .whole:
            if body.count + bytes.count <= limit {
                body.append(contentsOf: bytes)
                return bytes.count
            }
        case .stream(let buffer):
            if buffer.append(bytes, limit: limit) { return bytes.count }
        }
        refusal = .tooLarge(limit: limit)
        return bytes.isEmpty ? 1 : 0
    }
}

extension String {
    fileprivate var trimmingLineBreak: String {
        String(decoding: utf8.prefix { $0 != 13 && $0 != 10 }, as: UTF8.self)
    }
}
