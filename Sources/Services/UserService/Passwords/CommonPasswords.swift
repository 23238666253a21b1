/// The passwords that are tried first, of eight characters or more: the most frequent ones of public leaks, and some that
/// the names and fashions since then have brought.
enum CommonPasswords {
    static func contains(_ password: String) -> Bool {
        list.contains(password.lowercased())
    }

    static let list = Set((frequent + " " + recent).split(whereSeparator: \.isWhitespace).map(String.init))

    private static let recent = """
        password password1 password12 password123 password1234 password! passw0rd p@ssw0rd p@ssword pa55word
        12345678 123456789 1234567890 12345678910 123123123 1234512345 11111111 111111111 1111111111 00000000
        0000000000 22222222 55555555 66666666 77777777 88888888 99999999 87654321 987654321 0987654321 9876543210
        11223344 1122334455 112233445566 12341234 123454321 147258369 159357456 741852963 789456123 123654789
        qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwerty12345 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 zaq12wsx
        q1w2e3r4 q1w2e3r4t5 asdfghjk asdfghjkl asdfasdf asdf1234 zxcvbnm1 zxcvbnm, zxcvbnm123 abcd1234 abc12345
        a1b2c3d4 aa123456 abcdefgh abcdefghi abcabcabc iloveyou iloveyou1 iloveyou2 iloveyou! sunshine sunshine1
        princess princess1 football football1 baseball baseball1 basketball superman superman1 batman123 starwars
        pokemon1 pokemon123 computer computer1 internet internet1 michelle jennifer jessica1 charlie1 michael1
        jordan23 liverpool liverpool1 chelsea1 arsenal1 manchester trustno1 whatever welcome1 welcome123 letmein1
        letmein123 changeme changeme1 changeme123 default1 admin123 admin1234 administrator adminadmin root1234 rootroot
        testtest test1234 test12345 testing1 testing123 secret12 secret123 guest123 user1234 username master123 dragon123
        monkey123 shadow123 hunter22 freedom1 mustang1 corvette mercedes ferrari1 samantha elizabeth victoria
        alexander christian chocolate butterfly liverpool1 blink182 lovelove loveme123 loveyou1 iloveu123 fuckyou1
        hello123 hello1234 hellohello google123 facebook1 linkedin1 photoshop adobe123 dropbox1 samsung1 nintendo
        playstation minecraft roblox123 pass1234 pass12345 passpass passw0rd1 p4ssw0rd temp1234 temporary
        """
}
