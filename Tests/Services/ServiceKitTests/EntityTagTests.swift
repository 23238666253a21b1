import Testing

@testable import ServiceKit

@Suite struct EntityTagTests {
    @Test(arguments: [0, 1, 42, .max] as [Int64])
    func `a tag is read as it was given out`(version: Int64) {
        #expect(EntityTag(EntityTag(version: version).text)?.version == version)
    }

    @Test(arguments: [
        #""v+1""#, #""v01""#, #""v-0""#, #""v-1""#, #""v""#, #""v1"#, #"v1"#, #"W/"v1""#, #""V1""#, #""v 1""#,
        #""v1 ""#,
        #""v9223372036854775808""#, #""v１""#, #""v1.0""#, "",
    ])
    func `no other spelling is a tag of ours`(text: String) {
        #expect(EntityTag(text) == nil)
    }
}
