import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import user_service

/// What an account must be like whatever is sent.
@Suite struct AccountRuleTests {
    @Test func `two hundred people with one address at once are one row`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { client in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<200 {
                    group.addTask { try await client.register("person\(number)", email: "ann@example.org").status }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [201: 1, 409: 199])
            let rows = try await DatabasePool(path: "\(fixture.directory.path)/users.db").read { database in
                try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM accounts WHERE email_key = 'ann@example.org'")
            }
            #expect(rows == 1)
        }
    }

    private static let names = ["josé", "zoë.åberg", "naïve-2", "ÉMILE_ñ", "straße", "οδυσσεύς", "ﬁnn"]

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `any spelling of a name is that name`(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let name = try #require(Self.names.randomElement(using: &random))
        let key = try #require(Username(name)).key
        let spellings = (0..<25).map { _ in Spelling.any(of: name, wide: true, using: &random) }
        for spelling in spellings { #expect(Username(spelling)?.key == key, "\(spelling)") }
        try await withUserService { client in
            #expect(try await client.register(name, email: "first@example.org").status == 201)
            for (number, spelling) in spellings.enumerated() {
                #expect(try await client.register(spelling, email: "\(number)@example.org").status == 409)
            }
            for spelling in spellings.prefix(5) { #expect(try await client.logIn(spelling).status == 200) }
            let list = try await client.send(.get, "/api/users", authorization: client.operatorAuthorization())
            #expect(list.body["items"]?.array?.count == 2)
        }
    }

    @Test(arguments: [
        ("straße", "STRASSE"), ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"), ("οδυσσευσ", "οδυσσευς"), ("ﬁnn", "FINN"),
        ("Kelvin", "kelvin"),
        ("ŉame", "ʼname"), ("ſeven", "seven"),
        ("STRAẞE", "straße"),
    ])
    func `letters that differ in lower case alone are the same`(one: String, other: String) {
        #expect(Username.key(one) == Username.key(other))
        #expect(Username.key(Username.key(one)) == Username.key(one))
    }

    @Test func `a key is its own key, and no scalar that is not seen is in a name or an address`() {
        for value in (0x21...0xFFFF as ClosedRange<UInt32>) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let (name, address) = ("ab\(scalar)cd", "ab\(scalar)cd@example.org")
            let isHidden = scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.generalCategory == .format
            if let username = Username(name) {
                #expect(!isHidden && Username.key(username.key) == username.key, "U+\(String(value, radix: 16))")
            }
            if let email = EmailAddress(address) {
                #expect(!isHidden && EmailAddress.key(email.key) == email.key, "U+\(String(value, radix: 16))")
            }
        }
    }

    @Test func `names of before are found under their new keys, unless two would be one`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { client in
            for name in ["Straße", "Weiß", "ann"] { _ = try await client.register(name) }
        }
        let database = try fixture.database()
        // As an older version has left them, and with another account that has the new key already.
        try await database.write { database in
            try database.execute(
                sql: """
                    UPDATE accounts SET username_key = 'straße' WHERE username = 'Straße';
                    UPDATE accounts SET username_key = 'weiß', email_key = 'weiß@example.org' WHERE username = 'Weiß';
                    UPDATE accounts SET username = 'weiss', username_key = 'weiss' WHERE username = 'ann';
                    DELETE FROM grdb_migrations WHERE identifier = '6 keys without case';
                    """)
        }
        try database.close()
        try await fixture.serve { client in
            for login in ["Straße", "STRASSE", "weiss", "Weiß@example.org", "WEISS@example.org"] {
                let reply = try await client.logIn(login)
                #expect(reply.status == 200, "\(login)")
            }
            #expect(try await client.logIn("Weiß").body["user"]?["username"] == "weiss")
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `any spelling of an address is that address`(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let address = try #require(
            ["josé.núñez@exämple.org", "Weiß@straße.example", "σωκράτης@example.org"].randomElement(using: &random))
        let spellings = (0..<25).map { _ in Spelling.any(of: address, wide: false, using: &random) }
        try await withUserService { client in
            _ = try await client.register("jose", email: address)
            for (number, spelling) in spellings.enumerated() {
                #expect(try await client.register("person\(number)", email: spelling).status == 409, "\(spelling)")
            }
        }
    }

    @Test func `an unknown person costs one hash as a wrong password does, and the answers are the same bytes`()
        async throws
    {
        try await withUserService { client in
            _ = try await client.register("ann")
            var texts: Set<String> = []
            for (login, password) in [
                ("ann", "wrong password"), ("nobody", "wrong password"), ("nobody@example.org", "wrong password"),
                ("ann", "password1"), ("ann", String(repeating: "x", count: 100)), ("nobody", "nul\u{0}"),
            ] {
                let before = try await client.checks()
                let reply = try await client.logIn(login, password, traced: true)
                #expect(reply.status == 401)
                #expect(try await client.checks() - before == 1)
                texts.insert(reply.text)
            }
            #expect(texts.count == 1)
        }
    }

    @Test func `passwords that differ in what bcrypt does not read are not the same`() async throws {
        try await withUserService { client in
            let longest = String(repeating: "p", count: 72)
            #expect(try await client.register("ann", password: longest).status == 201)
            #expect(try await client.logIn("ann", longest).status == 200)
            for wrong in [longest + "q", String(repeating: "p", count: 128), longest + "\u{0}", "p\u{0}"] {
                #expect(try await client.logIn("ann", wrong).status == 401)
            }
            for length in [73, 128] {
                let reply = try await client.register("bob", password: String(repeating: "p", count: length))
                #expect(reply.status == 422)
            }
        }
    }
}

/// A name as other people, programs and keyboards write it.
private enum Spelling {
    static func any(of text: String, wide: Bool, using random: inout SplitMix) -> String {
        var result = text
        switch Int.random(in: 0..<3, using: &random) {
        case 0: result = result.uppercased()
        case 1: result = result.lowercased()
        default:
            result = String(
                result.flatMap { Bool.random(using: &random) ? Array($0.uppercased()) : Array($0.lowercased()) })
        }
        if wide, Bool.random(using: &random) {
            // The full-width forms of ASCII lie in one block.
            result = String(
                String.UnicodeScalarView(
                    result.unicodeScalars.map { scalar in
                        let isPlain = scalar.isASCII && !"._-".unicodeScalars.contains(scalar)
                        guard isPlain, Bool.random(using: &random) else { return scalar }
                        return Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar
                    }))
        }
        result =
            Bool.random(using: &random)
            ? result.decomposedStringWithCanonicalMapping : result.precomposedStringWithCanonicalMapping
        let spaces = ["", " ", "  ", "\u{3000}"]
        return (spaces.randomElement(using: &random) ?? "") + result + (spaces.randomElement(using: &random) ?? "")
    }
}
