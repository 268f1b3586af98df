//! A corpus of leaks and of what only looks like one, planted at test time: no file of the repository holds a text that
//! looks like a key.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::killer::Dice;

/// A file, and the key that was put into it.
#[derive(Debug)]
pub(crate) struct Planted {
    pub(crate) path: String,
    pub(crate) key: String,
}

/// Kinds of text files; `@` is where the key stands.
const TEXTS: &[(&str, &str)] = &[
    (".env", "DEBUG=1\nSTRIPE_SECRET_KEY=@\n"),
    (".env.production", "export STRIPE_KEY=\"@\"\n"),
    ("config.yaml", "stripe:\n  secret: @\n  currency: eur\n"),
    ("values.yml", "env:\n  - name: KEY\n    value: '@'\n"),
    ("config.json", "{\"a\": 1, \"stripe\": {\"key\": \"@\"}}\n"),
    ("settings.json5", "{ key: '@', }\n"),
    ("config.toml", "[stripe]\nkey = \"@\"\n"),
    ("app.ini", "[pay]\nkey=@\r\n"),
    ("app.properties", "stripe.key=@\n"),
    ("server.js", "const stripe = require('stripe')('@');\n"),
    ("app.min.js", "!function(){var a=1,b=\"@\",c=function(e){return b+e};c(a)}();"),
    ("pay.ts", "export const key: string = `@`;\n"),
    ("Pay.tsx", "<Pay secret={\"@\"} />\n"),
    ("index.html", "<script>pay('@')</script>\n"),
    ("Pay.vue", "<script setup>\nconst k = '@'\n</script>\n"),
    ("pay.py", "stripe.api_key = '@'  # live\n"),
    ("notebook.ipynb", "{\"cells\": [{\"source\": [\"import stripe\\n\", \"k = 1\\n@\\n\"]}]}\n"),
    ("pay.rb", "Stripe.api_key = \"@\"\n"),
    ("pay.php", "<?php \\Stripe\\Stripe::setApiKey('@'); ?>\n"),
    ("Pay.java", "class Pay { static final String K = \"@\"; }\n"),
    ("Pay.kt", "val key = \"@\"\n"),
    ("pay.go", "package main\n\nconst key = `@`\n"),
    ("pay.rs", "const KEY: &str = \"@\";\n"),
    ("Pay.cs", "StripeConfiguration.ApiKey = \"@\";\n"),
    ("Pay.swift", "let key = \"@\"\n"),
    ("pay.c", "static const char *key = \"@\";\n"),
    ("deploy.sh", "curl https://api.stripe.com/v1/charges -u @: -d amount=1\n"),
    ("deploy.ps1", "$env:STRIPE_KEY = '@'\r\n"),
    ("deploy.bat", "set STRIPE_KEY=@\r\n"),
    ("Dockerfile", "FROM debian\nENV STRIPE_KEY @\n"),
    ("docker-compose.yml", "services:\n  app:\n    environment:\n      - STRIPE_KEY=@\n"),
    ("main.tf", "variable \"key\" {\n  default = \"@\"\n}\n"),
    ("terraform.tfstate", "{\"outputs\":{\"key\":{\"value\":\"@\",\"type\":\"string\"}}}\n"),
    ("package-lock.json", "{\"resolved\": \"https://user:@@registry.example/a.tgz\"}\n"),
    ("yarn.lock", "  resolved \"https://registry.example/a.tgz?token=@#abc\"\n"),
    ("README.md", "Run it with `STRIPE_KEY=@ make`.\n"),
    ("export.csv", "1,shop,@,eur\n"),
    ("export.tsv", "1\tshop\t@\teur\n"),
    ("dump.sql", "INSERT INTO settings VALUES (1,'stripe','@');\n"),
    ("web.config.xml", "<add key=\"Stripe\" value=\"@\"/>\n"),
    ("Info.plist", "<key>k</key><string>@</string>\n"),
    ("access.log", "127.0.0.1 \"GET /?key%3D@ HTTP/1.1\" 200\n"),
    ("colour.log", "\u{1b}[32mkey \u{1b}[1m@\u{1b}[0m\n"),
    ("trace.har", "{\"headers\":[{\"name\":\"Authorization\",\"value\":\"Bearer @\"}]}\n"),
    (".bash_history", "ls\nexport K=@; ./run\n"),
    (".netrc", "machine api.stripe.com login @ password x\n"),
    (".npmrc", "//registry.example/:_authToken=@\n"),
    ("Makefile", "run:\n\tKEY=@ ./run\n"),
    ("build.gradle", "buildConfigField('String', 'K', '\"@\"')\n"),
    ("mail.eml", "Content-Transfer-Encoding: quoted-printable\n\nkey=3D@\n"),
    ("escaped.json", "{\"body\": \"{\\\"key\\\": \\\"@\\\"}\"}\n"),
    ("unicode.json", "{\"html\": \"\\u0022@\\u0022\"}\n"),
];

/// How the bytes of a text file are written.
type Encoder = fn(&str) -> Vec<u8>;

/// Files that are no plain text, and what makes them of a text.
const ENCODED: &[(&str, Encoder)] = &[
    ("utf16le.reg", |text| [vec![0xff, 0xfe], utf16(text, u16::to_le_bytes)].concat()),
    ("utf16be.txt", |text| [vec![0xfe, 0xff], utf16(text, u16::to_be_bytes)].concat()),
    ("utf16.strings", |text| utf16(text, u16::to_le_bytes)),
    ("utf32.txt", |text| text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()),
    ("latin1.txt", |text| [b"caf\xe9 = ".to_vec(), text.as_bytes().to_vec()].concat()),
    ("photo.png", |text| {
        let chunk = [b"Comment\0".as_slice(), text.as_bytes()].concat();
        let length = u32::try_from(chunk.len()).expect("a short text").to_be_bytes();
        [b"\x89PNG\r\n\x1a\n".as_slice(), &length, b"tEXt", &chunk, &[1, 2, 3, 4]].concat()
    }),
    ("photo.jpg", |text| {
        let length = u16::try_from(text.len() + 2).expect("a short text").to_be_bytes();
        [b"\xff\xd8\xff\xfe".as_slice(), &length, text.as_bytes(), b"\xff\xd9"].concat()
    }),
    ("page.pdf", |text| format!("%PDF-1.7\n1 0 obj << /Title ({text}) >> endobj\n").into_bytes()),
    ("program.bin", |text| {
        [b"\x7fELF\x02\x01\0\0\0".as_slice(), text.as_bytes(), b"\0\0\x01.text\0"].concat()
    }),
    ("message.pb", |text| {
        let length = u8::try_from(text.len()).expect("a short text");
        [&[0x0a, length], text.as_bytes(), &[0x12, 0x01]].concat()
    }),
    ("secret.k8s.yaml", |text| {
        format!("kind: Secret\ndata:\n  key: {}\n", STANDARD.encode(text)).into_bytes()
    }),
    ("basic.http", |text| {
        format!("Authorization: Basic {}\n", STANDARD.encode(format!("{text}:"))).into_bytes()
    }),
    ("escaped.js", |text| format!("k = '{}';\n", text.replace('_', "\\x5f")).into_bytes()),
    ("unicode_escapes.json", |text| {
        format!("{{\"k\": \"{}\"}}\n", text.replace('_', "\\u005f")).into_bytes()
    }),
    ("encoded.url", |text| format!("https://example.com/?k={}\n", text.replace('_', "%5F")).into_bytes()),
    ("entities.html", |text| format!("<a data-k=\"{}\">\n", text.replace('_', "&#95;")).into_bytes()),
    ("escaped.md", |text| format!("The key is {}.\n", text.replace('_', "\\_")).into_bytes()),
    ("env.b64", |text| STANDARD.encode(format!("STRIPE_KEY={text}\n")).into_bytes()),
];

fn utf16<const N: usize>(text: &str, unit: fn(u16) -> [u8; N]) -> Vec<u8> {
    format!("[key]\r\nvalue={text}\r\n").encode_utf16().flat_map(unit).collect()
}

/// How many kinds of files and encodings there are.
pub(crate) const KINDS: usize = TEXTS.len() + ENCODED.len();

/// Prefixes and the lengths of bodies of every kind of secret.
const KEYS: &[(&[&str], usize)] = &[
    (&["sk", "live"], 99),
    (&["sk", "test"], 99),
    (&["rk", "live"], 99),
    (&["sk", "live"], 24),
    (&["rk", "test"], 24),
    (&["whsec"], 32),
    (&["sk", "org", "live"], 48),
    (&["oak"], 40),
    (&["rkcs", "test"], 60),
];

fn random(dice: &mut Dice, length: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    (0..length).map(|_| char::from(LETTERS[dice.below(LETTERS.len())])).collect()
}

/// A random key of one of the kinds, by number.
pub(crate) fn key(dice: &mut Dice, number: usize) -> String {
    let (prefix, length) = KEYS[number % KEYS.len()];
    format!("{}_{}", prefix.join("_"), random(dice, length))
}

/// Something that only looks like a key, by number.
fn look_alike(dice: &mut Dice, number: usize) -> String {
    let secret = |mode: &str, body: &str| format!("{}_{mode}_{body}", ["sk", "rk"][number / 30 % 2]);
    let mode = ["live", "test"][number / 60 % 2];
    match number % 30 {
        0 => format!("pk_{mode}_{}", random(dice, 99)),
        1 => secret(mode, &"x".repeat(24 + number % 7)),
        2 => secret(mode, "..."),
        3 => secret(mode, "YOUR_SECRET_KEY"),
        4 => secret(mode, "YourSecretKeyGoesHere"),
        5 => secret(mode, "1234567890abcdef12345678"),
        6 => secret(mode, "abcdefghijklmnopqrstuvwx"),
        7 => secret(mode, "createCustomerWithDefaultCard"),
        8 => secret(mode, "replace_me_with_your_key_please"),
        9 => secret(mode, "51Hxxxxxxxxxxxxxxxxxxxxxxxxx"),
        10 => secret(mode, "${STRIPE_KEY_SUFFIX_FROM_VAULT}"),
        11 => secret(mode, "******************abcd"),
        12 => format!("ta{}", secret(mode, "throughput_of_the_worker_pool")),
        13 => format!("di{}", secret(mode, &format!("{:032x}", number * 7_919))),
        14 => secret(mode, "exampleKey4eC39HqLyjWDarj"),
        15 => secret(mode, "00000000000000000000000000"),
        16 => format!("whsec_{}", "secretsecretsecretsecretsecret"),
        17 => "whsec_your/webhook/signing/secret/here".into(),
        18 => format!("mk_1{}", random(dice, 23)),
        19 => format!("pi_3{}", random(dice, 23)),
        20 => format!("we_1{}", random(dice, 23)),
        21 => format!("acct_1{}", random(dice, 15)),
        22 => secret(mode, &random(dice, 300)),
        23 => secret(mode, "abc123"),
        24 => "oak_dining_table_with_six_chairs_and_bench".into(),
        25 => "sk_org_chart_of_the_finance_department".into(),
        26 => secret(mode, &random(dice, 99)) + " # paycli:allow",
        27 => ["sk", "test", "4eC39HqLyjWDarjtT1zdp7dc"].join("_"),
        28 => secret(mode, "asdfghjklasdfghjklasdfgh"),
        _ => format!("ask_{mode}_again_when_the_user_comes_back_later"),
    }
}

fn write(dir: &Path, number: usize, kind: usize, text: &str) -> String {
    let (name, bytes) = if let Some(at) = kind.checked_sub(TEXTS.len()) {
        (ENCODED[at].0, ENCODED[at].1(text))
    } else {
        // Of two places in a row the first one is the key's.
        let (name, template) = TEXTS[kind];
        (name, template.replacen('@', text, 1).into_bytes())
    };
    let folder = format!("{number:03}");
    std::fs::create_dir_all(dir.join(&folder)).expect("a folder of the corpus");
    std::fs::write(dir.join(&folder).join(name), bytes).expect("a file of the corpus");
    format!("{folder}/{name}")
}

/// Plants so many leaks, every kind of key in every kind of file.
pub(crate) fn leaks(dir: &Path, count: usize, dice: &mut Dice) -> Vec<Planted> {
    let plant = |number: usize| {
        let key = key(dice, number + number / KINDS);
        let path = write(dir, number, number % KINDS, &key);
        Planted { path, key }
    };
    (0..count).map(plant).collect()
}

/// Plants so many files without a leak, every kind of look-alike in every kind of text file.
pub(crate) fn look_alikes(dir: &Path, count: usize, dice: &mut Dice) -> Vec<Planted> {
    let plant = |number: usize| {
        let key = look_alike(dice, number);
        let path = write(dir, number, number % TEXTS.len(), &key);
        Planted { path, key }
    };
    (0..count).map(plant).collect()
}
