import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import ServiceKit

/// An upstream's answer on its way to the client.
struct Answer: Sendable {
    private let upstream: HTTPClientResponse
    private let lease: InstanceLease
    private let place: Bulkhead.Place
    private let upload: Upload?

    init(
        _ upstream: HTTPClientResponse, lease: InstanceLease, place: Bulkhead.Place, upload: Upload?
    ) {
        self.upstream = upstream
        self.lease = lease
        self.place = place
        self.upload = upload
    }

    /// The response: its head now, its body as it comes.
    func response(in context: ShopContext) -> Response {
        let status = HTTPResponse.Status(code: Int(upstream.status.code), reasonPhrase: upstream.status.reasonPhrase)
        return Response(
            status: status, headers: fields,
            body: ResponseBody { writer in
                do {
                    try await pass(to: &writer, context)
                } catch {
                    end()
                    await upload?.abandon()
                    throw error
                }
                end()
                await upload?.finish()
            })
    }

    /// Gives back the places at the upstream and its instance.
    private func end() {
        lease.end()
        place.end()
    }

    /// The upstream's fields but those of the connection, and but what only the gateway decides.
    private var fields: HTTPFields {
        var fields = HTTPFields()
        for (name, value) in upstream.headers {
            guard let name = HTTPField.Name(name) else { continue }
            fields.append(HTTPField(name: name, value: value))
        }
        return HTTPFields(fields.endToEnd.filter { !$0.name.canonicalName.hasPrefix("access-control-") })
    }

    /// Copies the body part by part, each read only when the one before is written. An error closes the client's
    /// connection, which is how it learns that the body is not whole.
    private func pass(to writer: inout any ResponseBodyWriter, _ context: ShopContext) async throws {
        var parts = upstream.body.makeAsyncIterator()
        var sent = 0
        while true {
            let part: ByteBuffer?
            do {
                part = try await parts.next()
            } catch {
                report("the upstream broke off its answer", error, sent, context)
                throw error
            }
            do {
                guard let part else {
                    try await writer.finish(nil)
                    return
                }
                try await writer.write(part)
                sent += part.readableBytes
            } catch {
                report("the client went away during the answer", error, sent, context)
                throw error
            }
        }
    }

    /// The access-log line was written with the head, so this is a line of its own, with the same ids.
    private func report(_ message: Logger.Message, _ error: any Error, _ sent: Int, _ context: ShopContext) {
        RequestIdentity.$current.withValue(context.identity) {
            context.logger.warning(
                message, error: error,
                metadata: ["upstream": .string(lease.endpoint.instance), "bytes": .stringConvertible(sent)])
        }
    }
}
