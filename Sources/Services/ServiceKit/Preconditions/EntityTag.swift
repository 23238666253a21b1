import HTTPTypes
import Hummingbird

/// The version of a resource as a strong entity tag (RFC 9110 section 8.8.3): `"v7"`. A version is a number in the
/// resource's row that every change of what is shown of it makes larger.
package struct EntityTag: Sendable, Equatable {
    package let version: Int64

    package init(version: Int64) { self.version = version }

    /// With its quotes; nil when it is none of ours, or weak.
    init?(_ text: some StringProtocol) {
        guard text.hasPrefix("\"v"), text.hasSuffix("\""), text.utf8.count <= 24,
            let version = Int64(text.dropFirst(2).dropLast()), version >= 0
        else { return nil }
        self.version = version
        // Of the spellings of a number there is one that we give out.
        guard self.text == text else { return nil }
    }

    package var text: String { "\"v\(version)\"" }
}

/// What `If-Match` demands of a change: it is made only to a version that the client has seen, so that nobody undoes what
/// he does not know of (RFC 9110 section 13.1.1).
package enum ExpectedVersion: Sendable, Equatable {
    /// `*`: any there is.
    case any
    case oneOf(Set<Int64>)

    package func accepts(_ version: Int64) -> Bool {
        switch self {
        case .any: true
        case .oneOf(let versions): versions.contains(version)
        }
    }
}

extension Request {
    /// What the client says it has seen: 428 when it says nothing, 400 when `If-Match` is no list of entity tags.
    package func expectedVersion() throws(Problem) -> ExpectedVersion {
        let values = headers[values: .ifMatch]
        if values.isEmpty { throw .preconditionRequired }
        let tags = values.flatMap { $0.split(separator: ",") }.map { $0.trimming(while: { $0 == " " || $0 == "\t" }) }
        if tags == ["*"] { return .any }
        guard !tags.isEmpty, tags.allSatisfy(Self.isEntityTag) else {
            throw .malformedRequest("If-Match is a list of entity tags, such as the ETag of an answer, or *.")
        }
        // A weak tag, or one we did not give out, matches nothing.
        return .oneOf(Set(tags.compactMap { EntityTag($0)?.version }))
    }

    /// Whether the client has this version already (RFC 9110 section 13.1.2): then the answer is 304.
    package func has(_ tag: EntityTag) -> Bool {
        headers[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }.contains { value in
            let value = value.trimming(while: { $0 == " " || $0 == "\t" })
            // Compared weakly: W/"v7" is as good as "v7".
            return value == "*" || (value.hasPrefix("W/") ? value.dropFirst(2) : value) == tag.text
        }
    }

    private static func isEntityTag(_ text: Substring) -> Bool {
        let opaque = text.hasPrefix("W/") ? text.dropFirst(2) : text
        return opaque.utf8.count >= 2 && opaque.hasPrefix("\"") && opaque.hasSuffix("\"")
            && opaque.dropFirst().dropLast().utf8.allSatisfy { $0 != 0x22 && $0 >= 0x21 && $0 != 0x7F }
    }
}

extension Response {
    /// The representation with its entity tag, or 304 without it when the client has it.
    package static func json(
        _ value: some JSONWritable, _ tag: EntityTag, to request: Request, cacheControl: String = "no-store"
    ) -> Response {
        let headers: HTTPFields = [.eTag: tag.text, .cacheControl: cacheControl]
        if request.method == .get || request.method == .head, request.has(tag) {
            // A length would be that of the representation (RFC 9110 section 8.6), which is not made.
            var response = Response(status: .notModified, headers: headers)
            response.headers[.contentLength] = nil
            return response
        }
        return .json(.ok, value, headers: headers)
    }
}

extension Problem {
    /// RFC 6585 section 3.
    package static let preconditionRequired = Problem(
        type: "precondition-required", status: .preconditionRequired, title: "Say which version you change",
        detail: "Read the resource and send its ETag as If-Match.")

    /// - Parameter tag: what it is now.
    package static func preconditionFailed(_ tag: EntityTag) -> Problem {
        Problem(
            type: "precondition-failed", status: .preconditionFailed, title: "It was changed meanwhile",
            detail: "Read the resource again and change that version.", headers: [.eTag: tag.text])
    }
}

extension Substring {
    fileprivate func trimming(while isBlank: (Character) -> Bool) -> Substring {
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
