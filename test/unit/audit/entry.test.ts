import { createHash } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { actorOf, commitment, leafHash, renderEntry } from "../../../src/audit/index.ts";
import { canonicalJson } from "../../../src/kernel/canonical-json.ts";

const at = new Date("2026-11-21T10:00:00Z");
const salt = Buffer.alloc(16, 7);
const actor = { kind: "system", id: "sequencer" } as const;

describe("audit entries", () => {
  it("are canonical JSON of who did what to whom", () => {
    const text = renderEntry(
      {
        actor: { kind: "api-key", id: "k1", role: "cx" },
        action: "profile.read",
        purpose: "service",
        targets: [{ kind: "member", id: "m1" }],
        counts: { fields: 3 },
        requestId: "r1",
      },
      { id: "e1", at, salts: [salt] },
    );
    const hash = createHash("sha256").update(salt).update("m1").digest("base64url");
    expect(text).to.equal(
      `{"action":"profile.read","actor":{"id":"k1","kind":"api-key","role":"cx"},"at":"2026-11-21T10:00:00.000Z",` +
        `"counts":{"fields":3},"id":"e1","outcome":"done","purpose":"service","requestId":"r1",` +
        `"targets":[{"commitment":"${hash}","kind":"member"}],"v":1}`,
    );
  });

  it("never hold the id of a target", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uint8Array({ minLength: 16, maxLength: 16 }), (id, bytes) => {
        const text = renderEntry(
          { actor, action: "member.read", targets: [{ kind: "member", id }] },
          { id: "e1", at, salts: [Buffer.from(bytes)] },
        );
        expect(text).not.to.contain(id);
        expect(canonicalJson(JSON.parse(text))).to.equal(text);
      }),
    );
  });

  it("commit to different values, and under different salts, differently", () => {
    expect(commitment(salt, "a")).to.equal(commitment(salt, "a"));
    expect(commitment(salt, "a")).not.to.equal(commitment(salt, "b"));
    expect(commitment(salt, "a")).not.to.equal(commitment(Buffer.alloc(16, 8), "a"));
  });

  it("refuse actions that are not dotted words, and missing salts", () => {
    for (const action of ["", "created", "Source.created", "source created", "source.", 'x.y"'])
      expect(() => renderEntry({ actor, action }, { id: "e", at, salts: [] }), action).to.throw(TypeError);
    const targets = [{ kind: "member", id: "m" }];
    expect(() => renderEntry({ actor, action: "a.b", targets }, { id: "e", at, salts: [] })).to.throw(
      TypeError,
    );
    const short = [Buffer.alloc(8)];
    expect(() => renderEntry({ actor, action: "a.b", targets }, { id: "e", at, salts: short })).to.throw(
      TypeError,
    );
  });

  it("hash as RFC 6962 leaves: the empty one as the RFC's test vectors have it", () => {
    expect(leafHash("").toString("hex")).to.equal(
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    );
  });

  it("name keys and sources by id alone", () => {
    expect(actorOf({ kind: "api-key", id: "k", name: "Anna", role: "cx", purposes: [] })).to.deep.equal({
      kind: "api-key",
      id: "k",
      role: "cx",
    });
    expect(actorOf({ kind: "anonymous" })).to.deep.equal({ kind: "anonymous", id: "" });
  });
});
