import { expect } from "chai";
import fc from "fast-check";
import { isBlocked, NORMALISER_VERSION, normaliseIdentifier } from "../../../src/vault/index.ts";

const ok = (value: string) => ({ kind: "ok", value, version: NORMALISER_VERSION });
const BLOCKED = { kind: "blocked" };
const KINDS = ["email", "phone", "member_id", "user_id", "wechat_openid", "weibo_uid", "a kind of my own"];

/** The same text in full-width forms. */
function fullWidth(text: string): string {
  return [...text]
    .map((c) => {
      const code = c.charCodeAt(0);
      return code > 0x20 && code < 0x7f ? String.fromCharCode(code + 0xfee0) : c;
    })
    .join("");
}

/** Every way of changing case letter by letter is one of these. */
function mixedCase(text: string, flips: readonly boolean[]): string {
  return [...text].map((c, i) => (flips[i % flips.length] ? c.toUpperCase() : c.toLowerCase())).join("");
}

describe("normalising any identifier", () => {
  it("throws nothing and repeats nothing, whatever it is given", () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.anything(), (kind, value) => {
        const result = normaliseIdentifier(kind, value);
        expect(["ok", "blocked", "bad"]).to.include(result.kind);
        if (result.kind === "bad") expect(Object.keys(result)).to.have.members(["kind", "reason"]);
      }),
    );
  });

  it("changes nothing when done twice", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.emailAddress()),
        (kind, value) => {
          const once = normaliseIdentifier(kind, value, { region: "TW" });
          fc.pre(once.kind === "ok");
          expect(
            normaliseIdentifier(kind, once.kind === "ok" ? once.value : "", { region: "TW" }),
          ).to.deep.equal(once);
        },
      ),
      {
        numRuns: 300,
        examples: [
          ["phone", "(02) 2345-6789 ext. 12"],
          ["email", "İSTANBUL@Example.com"],
          ["email", "ﬁnn@EXAMPLE。com"],
          ["member_id", "１７８５０.0"],
        ],
      },
    );
  });

  it("never gives a blocked value as a good one", () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.string({ unit: "binary" }), (kind, value) => {
        const result = normaliseIdentifier(kind, value);
        if (result.kind === "ok") expect(isBlocked(kind, result.value)).to.equal(false);
      }),
    );
  });

  it("refuses NUL bytes, lone surrogates, and what is not text or a number", () => {
    for (const kind of KINDS) {
      for (const value of ["a\0b", "\ud800", "a\udc00b"])
        expect(normaliseIdentifier(kind, value)).to.deep.equal({ kind: "bad", reason: "bad-text" });
      for (const value of [{}, [], ["a@example.org"], () => "a", Symbol("a"), new Date(0)])
        expect(normaliseIdentifier(kind, value)).to.deep.equal({ kind: "bad", reason: "not-text" });
    }
  });

  it("refuses values over the limit of their kind, and megabytes at once", () => {
    expect(normaliseIdentifier("member_id", "9".repeat(256)).kind).to.equal("ok");
    for (const value of ["9".repeat(257), "9".repeat(1_000_000), `${" ".repeat(1_000_000)}9`, "ﷺ".repeat(20)])
      expect(normaliseIdentifier("member_id", value)).to.deep.equal({ kind: "bad", reason: "too-long" });
    expect(normaliseIdentifier("email", `${"a".repeat(320)}@example.org`)).to.deep.equal({
      kind: "bad",
      reason: "too-long",
    });
  });

  it("knows other spellings of a kind", () => {
    expect(normaliseIdentifier("mobile", "0912345678", { region: "TW" })).to.deep.equal(ok("+886912345678"));
    expect(normaliseIdentifier("memberCard", " A 1 ")).to.deep.equal(ok("A 1"));
  });
});

describe("member and user ids", () => {
  it("are trimmed, NFKC and folded inside, and keep their case", () => {
    for (const kind of ["member_id", "user_id"]) {
      expect(normaliseIdentifier(kind, "  Ａｂ１２ \t  C\u00a0d\u200b ")).to.deep.equal(ok("Ab12 C d"));
      expect(normaliseIdentifier(kind, "AB12 C d")).not.to.deep.equal(ok("Ab12 C d"));
    }
  });

  it("are the same as number, bigint, text and spreadsheet number", () => {
    for (const value of [17850, 17850n, "17850", "17850.0", "17850.00", " １７８５０.0 ", 17850.0])
      expect(normaliseIdentifier("member_id", value)).to.deep.equal(ok("17850"));
    for (const value of ["017850", "17850.5", "A17850.0"])
      expect(normaliseIdentifier("member_id", value)).to.deep.equal(ok(value));
  });

  it("keep every digit of a bigint and refuse numbers that have lost some", () => {
    expect(normaliseIdentifier("user_id", 9007199254740993n)).to.deep.equal(ok("9007199254740993"));
    for (const value of [2 ** 53, 1e21, -(2 ** 60), Number.POSITIVE_INFINITY])
      expect(normaliseIdentifier("user_id", value)).to.deep.equal({ kind: "bad", reason: "unsafe-number" });
  });

  it("are one for every Unicode form of the same text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (text) => {
        const results = (["NFC", "NFD", "NFKC", "NFKD"] as const).map((form) =>
          normaliseIdentifier("member_id", text.normalize(form)),
        );
        for (const result of results) expect(result).to.deep.equal(results[0]);
      }),
    );
  });

  it("refuse control characters", () => {
    expect(normaliseIdentifier("member_id", "12\u000734")).to.deep.equal({ kind: "bad", reason: "bad-text" });
  });
});

describe("identifiers of other kinds", () => {
  it("are trimmed and NFC, with their case and width kept", () => {
    expect(normaliseIdentifier("wechat_openid", " oABC_-xyZ９ ")).to.deep.equal(ok("oABC_-xyZ９"));
    expect(normaliseIdentifier("custom", "Cafe\u0301")).to.deep.equal(ok("Caf\u00e9"));
    expect(normaliseIdentifier("weibo_uid", 9007199254740993n)).to.deep.equal(ok("9007199254740993"));
  });
});

describe("blocked values", () => {
  const words = [
    ...["", " ", "0", "000", "-", "--", "0-0", "00000000-0000-0000-0000-000000000000", "-1", "－１", "-1.0"],
    ...["null", "none", "undefined", "nil", "na", "n/a", "nan", "unknown", "anonymous", "guest", "test"],
    ...["no response", "No  Response", "(not set)", "[object Object]", "true", "false", "?", "***", "…"],
    ...["无", "無", "匿名", "未知", "测试", "測試", "訪客", "游客", "散客", "非會員", "没有", "不詳"],
  ];

  it("name nobody in any kind, case or width", () => {
    const flips = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.constantFrom(...words),
        flips,
        fc.boolean(),
        (kind, word, f, wide) => {
          const written = mixedCase(word, f);
          expect(normaliseIdentifier(kind, wide ? fullWidth(written) : ` ${written}\n`)).to.deep.equal(
            BLOCKED,
          );
        },
      ),
      { numRuns: 400 },
    );
    for (const kind of KINDS) {
      for (const word of words) expect(isBlocked(kind, word), `${kind} ${word}`).to.equal(true);
      for (const value of [null, undefined, Number.NaN, true, false, 0, -0, -1, 0n, -1n])
        expect(normaliseIdentifier(kind, value)).to.deep.equal(BLOCKED);
    }
  });

  it("do not take real values with them", () => {
    for (const value of ["testa", "0001", "-12", "nullable", "Guest House 4", "无锡", "N", "10-00", "O"])
      expect(normaliseIdentifier("member_id", value), value).to.deep.equal(ok(value));
  });

  it("are e-mail addresses made of placeholders on both sides", () => {
    for (const value of ["test@test.com", "null@null", "NONE@none.com", "na@na.na", "0@0.com", "无@无.com"])
      expect(normaliseIdentifier("email", value), value).to.deep.equal(BLOCKED);
    for (const value of ["test@example.org", "anna@test.com", "guest@hotel.example"])
      expect(normaliseIdentifier("email", value), value).to.deep.equal(ok(value));
  });

  it("are telephone numbers of nothing but zeros", () => {
    for (const value of ["0000-000-000", "+000000000", "(00) 0000 0000"])
      expect(normaliseIdentifier("phone", value, { region: "TW" }), value).to.deep.equal(BLOCKED);
  });

  it("are those a sender lists, in any spelling of their kind", () => {
    const options = { region: "TW", blocked: ["02-2345-6789", "Shop@Example.org", "C 999"] };
    for (const phone of ["02 2345 6789", "+886223456789", "（02）23456789", "0223456789"])
      expect(normaliseIdentifier("phone", phone, options), phone).to.deep.equal(BLOCKED);
    expect(normaliseIdentifier("email", "shop@example.org ", options)).to.deep.equal(BLOCKED);
    expect(normaliseIdentifier("member_id", "c  999", options)).to.deep.equal(BLOCKED);
    expect(normaliseIdentifier("phone", "02 2345 6780", options)).to.deep.equal(ok("+886223456780"));
    expect(isBlocked("phone", "+886223456789", new Set(["02-2345-6789"]), "TW")).to.equal(true);
    expect(isBlocked("phone", "+886223456789", ["+886223456789"])).to.equal(true);
    expect(isBlocked("phone", "+886223456789", [])).to.equal(false);
  });
});
