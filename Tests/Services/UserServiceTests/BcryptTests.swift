import ServiceKit
import Testing

@testable import user_service

@Suite struct BcryptTests {
    @Test(arguments: [
        ("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", true),
        ("U*U*", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", true),
        ("U*U*U", "$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", true),
        ("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", false),
    ])
    func `hashes are the bcrypt everybody else computes`(password: String, hash: String, matches: Bool) throws {
        #expect(try Bcrypt.matches(password, hash: hash) == matches)
        #expect(try !Bcrypt.matches(password, hash: Bcrypt.unmatchable(cost: 4)))
    }

    /// Made by bcrypt 5 of the Python Cryptographic Authority.
    private static let foreign = [
        ("x", "$2b$05$yY4xVjYyIVfEGNPz.o/Zk.X3565oeBMbf05bXKrGcEtOcqCcw1kVW"),
        ("correct horse battery", "$2b$04$wfIrN5sqRYsqf/6AcgJ1C.GTyVH2Zd3pYoOM3FKJeYVYfu/xR.lQW"),
        ("pässwörd", "$2b$05$6a5kuQHN29GOjZNGPCL.U.TrRM5Ue4S2kKS.o9m6zW8rW6xdZ0OC2"),
        ("пароль-пароль", "$2b$06$LEG/kQ6bzTTdgbZ5bNAmL.az5HVI2lccQNa7clU/vbza9qTp.6za2"),
        ("パスワード八文字以上", "$2b$04$FSbi2BBxQzfvxklMbCKB6.6IpvlahMr/YqqbHyZ84eh41M4skspPy"),
        ("🙂🙂🙂🙂🙂🙂🙂🙂", "$2b$04$XfBZhFESl.zoXFMM2VINYuQ6acRBwoi5rvxEkn9AxLu7I.O22Zaky"),
        (String(repeating: "a", count: 71), "$2b$06$k2GEOmZe5thKwdF4wch0vO..Ts80jPBBf7xuU/Fr/DiP/4ULk4KHG"),
        (String(repeating: "a", count: 72), "$2b$04$HBwMNCONaCVecv6rjuttm.mpjpZkqOx5rkuifFejnjQape6O5Ml3G"),
        (String(repeating: "é", count: 36), "$2b$05$CrpQxkjyLN61ptwpqWyWk.rcbHIOamradWLP66ZthzfsJaFv058TO"),
        (" leading and trailing ", "$2b$06$TlKWiYHYz0eSzxIcQvoD9uKAr6ZEKlslrfqaDti0HbUkvMphfeXDy"),
        ("tab\tand\nline", "$2b$04$VT6i.D4HphrR7.7yxPrq7edCILPj4boMuhAiffnXSdtsmE45lcGv."),
        ("\u{7F}\u{1}\u{2}", "$2b$06$A3RO2NmM4kooVeP7fYwxNuaX6d4zMFHEE1Un.ICGgTK0sXoBzLjuu"),
        ("~!@#$%^&*()_+{}|:<>?", "$2b$04$vLzxnuH1/MfLwPbDO5N5je9lh.Q5YyYYXhNd4G1PoUElg6Iq76gBW"),
    ]

    @Test(arguments: foreign)
    func `what another library has hashed is recognised`(password: String, hash: String) throws {
        #expect(try Bcrypt.matches(password, hash: hash))
        #expect(try !Bcrypt.matches(password + "x", hash: hash) || password.utf8.count == 72)
        #expect(try !Bcrypt.matches(String(password.dropLast()), hash: hash))
    }

    @Test func `a refusal takes as many rounds whatever the hash's cost, and without one`() async throws {
        let metrics = MetricsRegistry()
        let hasher = PasswordHasher(cost: 7, rounds: metrics.counter("rounds_total", "Rounds."))
        func rounds() -> Int {
            metrics.text().split(separator: "\n").last?.split(separator: " ").last.flatMap { Int($0) } ?? 0
        }
        for cost in 4...7 {
            let hash = try Bcrypt.hash("correct horse battery", cost: cost)
            let before = rounds()
            #expect(try await !hasher.verify("wrong password", against: hash))
            #expect(rounds() - before == 128)
            #expect(try await hasher.verify("correct horse battery", against: hash))
            #expect(rounds() - before == 128 + 1 << cost)
        }
        let before = rounds()
        #expect(try await !hasher.verify("wrong password", against: nil))
        #expect(rounds() - before == 128)
        try await hasher.stop()
    }
}
