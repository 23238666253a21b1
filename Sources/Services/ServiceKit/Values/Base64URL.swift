import Foundation

/// Base64url without padding (RFC 4648 section 5), strict in both directions.
package enum Base64URL {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// nil unless `text` is exactly what `encode` writes for some bytes: one text for each value, so that a token or a
    /// cursor has one spelling.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.utf8.contains(where: { $0 == 0x2B || $0 == 0x2F || $0 == 0x3D }) else { return nil }
        var standard = String(text).replacing("-", with: "+").replacing("_", with: "/")
        standard.append(contentsOf: String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4))
        guard let data = Data(base64Encoded: standard), encode(data) == String(text) else { return nil }
        return [UInt8](data)
    }
}
