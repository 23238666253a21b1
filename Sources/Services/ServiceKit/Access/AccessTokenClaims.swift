import Foundation
import JWTKit

/// What an access token says (RFC 9068, cut to what the shop uses).
package struct AccessTokenClaims: JWTPayload {
    package static let issuer = "msctl-shop"
    package static let audience = "shop"

    package let iss: IssuerClaim
    package let aud: AudienceClaim
    package let sub: SubjectClaim
    package let iat: IssuedAtClaim
    package let nbf: NotBeforeClaim
    package let exp: ExpirationClaim
    package let jti: IDClaim
    /// The session, which lasts over many access tokens and may be ended before they expire. A token without one never
    /// is.
    package let sid: String?
    package let username: String
    package let roles: [String]

    package init(
        account: Principal.Account, session: String?, issued: Timestamp, lifetime: Duration, id: UUID = UUID.random()
    ) {
        // Whole seconds: what every reader of a NumericDate understands.
        let issued = Timestamp(milliseconds: issued.milliseconds / 1000 * 1000)
        iss = IssuerClaim(value: Self.issuer)
        aud = AudienceClaim(value: Self.audience)
        sub = SubjectClaim(value: account.id.text)
        iat = IssuedAtClaim(value: issued.date)
        nbf = NotBeforeClaim(value: issued.date)
        exp = ExpirationClaim(value: (issued + lifetime).date)
        jti = IDClaim(value: id.text)
        sid = session
        username = account.username
        roles = account.roles.map(\.rawValue).sorted()
    }

    /// Whether it is good at `time`, with five seconds of tolerance for the beginning: it must be good at once on a machine
    /// whose clock is a little behind.
    package func isCurrent(at time: Timestamp) -> Bool {
        nbf.value <= (time + .seconds(5)).date && exp.value > time.date
    }

    /// Called by the library once the signature is good. Whether it has expired is for ``isCurrent(at:)`` to say.
    package func verify(using algorithm: some JWTAlgorithm) throws {
        guard iss.value == Self.issuer else {
            throw JWTError.claimVerificationFailure(failedClaim: iss, reason: "another issuer")
        }
        try aud.verifyIntendedAudience(includes: Self.audience)
    }

    /// nil when the subject is no id. Roles we do not know give nothing.
    package var account: Principal.Account? {
        UUID(text: sub.value).map {
            Principal.Account(id: $0, username: username, roles: Set(roles.compactMap(Principal.Role.init)))
        }
    }
}
