import { expect } from "chai";
import fc from "fast-check";
import type { Candidate } from "../../../../pipelines/steps/index.ts";
import { candidatesOfExternalIds, collectIdentifiers } from "../../../../pipelines/steps/index.ts";
import { aSource, simpleNormalise } from "./builders.ts";

const collect = (candidates: readonly Candidate[], changes = {}) =>
  collectIdentifiers(candidates, aSource(changes), simpleNormalise);

const codeOf = (result: ReturnType<typeof collect>) => (result.kind === "ok" ? "ok" : result.rejection.code);

const candidate = (kind: string, value: unknown): Candidate => ({ kind, value, field: kind });

describe("collecting identifiers", () => {
  it("issues accounts and contacts by the installation, and sessions and accounts elsewhere by the source", () => {
    const result = collect([
      candidate("anonymousId", "a-1"),
      candidate("userId", 42),
      candidate("email", " Mei@Example.com "),
      candidate("wechat_openid", "o1"),
    ]);
    expect(result).to.deep.equal({
      kind: "ok",
      identifiers: [
        { kind: "user_id", issuer: "", value: "42", verified: false },
        { kind: "email", issuer: "", value: "Mei@Example.com", verified: false },
        { kind: "wechat_openid", issuer: "source-1", value: "o1", verified: false },
        { kind: "anonymous_id", issuer: "source-1", value: "a-1", verified: false },
      ],
      shared: {},
    });
  });

  it("applies the namespace and the verification that the source declares, under any spelling of the kind", () => {
    const identifiers = { userId: { namespace: "shop-b" }, email: { verified: true } };
    expect(collect([candidate("user_id", "u"), candidate("email", "a@b.c")], { identifiers })).to.deep.equal({
      kind: "ok",
      identifiers: [
        { kind: "user_id", issuer: "shop-b", value: "u", verified: false },
        { kind: "email", issuer: "", value: "a@b.c", verified: true },
      ],
      shared: {},
    });
  });

  it("keeps a shared identifier out of identity but not out of sight", () => {
    const identifiers = { device_id: { shared: true } };
    expect(
      collect([candidate("device_id", "kiosk-7"), candidate("member_card", "M1")], { identifiers }),
    ).to.deep.equal({
      kind: "ok",
      identifiers: [{ kind: "member_id", issuer: "", value: "M1", verified: false }],
      shared: { device_id: "kiosk-7" },
    });
    expect(codeOf(collect([candidate("device_id", "kiosk-7")], { identifiers }))).to.equal(
      "missing-identifier",
    );
  });

  it("says whether an item named nobody, only placeholders, or something malformed", () => {
    expect(codeOf(collect([]))).to.equal("missing-identifier");
    expect(codeOf(collect([candidate("userId", null), candidate("email", "  ")]))).to.equal(
      "missing-identifier",
    );
    expect(codeOf(collect([candidate("userId", "No response"), candidate("phone", "000-000")]))).to.equal(
      "blocked-identifier",
    );
    expect(codeOf(collect([candidate("userId", { id: 1 })]))).to.equal("invalid-identifier");
    expect(codeOf(collect([candidate("email", "not an address")]))).to.equal("invalid-identifier");
    expect(codeOf(collect([candidate("userId", "x".repeat(2_000))]))).to.equal("invalid-identifier");
  });

  it("never repeats the submitted value in a message", () => {
    const result = collect([candidate("email", "canary-value")]);
    expect(JSON.stringify(result)).not.to.contain("canary-value");
  });

  it("drops a placeholder or malformed contact beside a good identifier", () => {
    const result = collect([
      candidate("userId", "u1"),
      candidate("email", "none"),
      candidate("phone", "0000"),
    ]);
    expect(result.kind === "ok" && result.identifiers.map((i) => i.kind)).to.deep.equal(["user_id"]);
  });

  it("blocks what the source names as its own number", () => {
    expect(codeOf(collect([candidate("phone", "0223456789")], { blockedValues: ["0223456789"] }))).to.equal(
      "blocked-identifier",
    );
  });

  it("refuses two members in one item, but not two spellings of one, nor one in two namespaces", () => {
    const two = [candidate("member_id", "M1"), candidate("memberCard", "M2")];
    expect(codeOf(collect(two))).to.equal("conflicting-identifiers");
    expect(codeOf(collect([candidate("member_id", "M1"), candidate("memberCard", "m1")]))).to.equal("ok");
    const apart = [
      candidate("user_id", "u1"),
      { ...candidate("user_id", "u2"), rule: { namespace: "old-shop" } },
    ];
    expect(codeOf(collect(apart))).to.equal("ok");
  });

  it("refuses kinds that are names of JavaScript's own", () => {
    for (const kind of ["constructor", "__proto__", "toString", "a b", ""]) {
      expect(codeOf(collect([candidate(kind, "x")])), kind).to.equal("invalid-identifier");
    }
  });

  it("reads external ids of people, with an issuer where one is named, and passes over those of accounts", () => {
    const found = candidatesOfExternalIds([
      { id: "o1", type: "wechat_openid", collection: "users", encoding: "none", issuer: "wx123" },
      { id: "acme", type: "account_id", collection: "accounts" },
      "nonsense",
      { id: 9 },
    ]);
    expect(found).to.deep.equal([
      { kind: "wechat_openid", value: "o1", issuer: "wx123", field: "context.externalIds[0].id" },
    ]);
    expect(candidatesOfExternalIds({ id: 1 })).to.deep.equal([]);
  });

  it("answers the same whatever the order of the candidates", () => {
    const some = fc.array(
      fc.tuple(
        fc.constantFrom("user_id", "email", "phone", "anonymous_id", "device_id", "weibo_uid"),
        fc.constantFrom("A@b.c", "a@B.c", "0912345678", "0912 345 678", "u1", "null", ""),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        some.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          const read = (pairs: [string, string][]) => {
            const result = collect(pairs.map(([kind, value]) => candidate(kind, value)));
            return result.kind === "ok" ? result : { kind: "rejected", code: result.rejection.code };
          };
          expect(read(shuffled)).to.deep.equal(read(list));
        },
      ),
    );
  });
});
