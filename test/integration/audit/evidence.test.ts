import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { sequenceAudit, stageAuditMany, verifyEvidence } from "../../../src/audit/index.ts";
import { storedTree } from "../../../src/audit/tree.store.ts";
import { runCli } from "../../../src/cli/index.ts";
import { sql } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../../setup/server.ts";

const clock = fixedClock("2026-11-22T10:00:00Z");
const deps = { ids: uuidIds, clock };

interface HeadView {
  readonly size: number;
  readonly root: string;
  readonly jws: string;
  readonly keyId: string;
}

async function* linesOf(text: string): AsyncGenerator<string> {
  yield* text.split("\n");
}

describe("evidence from the audit log", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("audit_evidence", { clock });
  });
  after(() => server.close());

  const write = async (count: number): Promise<string[]> => {
    const { db } = server.database;
    const ids = await db.tx((tx) =>
      stageAuditMany(
        tx,
        deps,
        Array.from({ length: count }, (_, i) => ({
          actor: { kind: "system" as const, id: "test" },
          action: "thing.made",
          targets: [{ kind: "member", id: `somebody-${i}` }],
        })),
      ),
    );
    await sequenceAudit(db);
    return ids;
  };
  const sign = async () => (await server.call<HeadView>("POST", "/v1/audit/tree-heads")).body;
  const exported = async (size?: number): Promise<string> => {
    const query = size === undefined ? "" : `?size=${size}`;
    const answer = await fetch(`${server.url}/v1/audit/export${query}`, {
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
    });
    expect(answer.status).to.equal(200);
    return answer.text();
  };
  const verdictOn = (text: string, options = {}) => verifyEvidence(linesOf(text), options);

  it("says so while nothing is signed", async () => {
    for (const path of ["/v1/audit/tree-head", "/v1/audit/export"])
      expect((await server.call("GET", path)).status).to.equal(404);
    expect((await server.call("POST", "/v1/audit/tree-heads")).status).to.equal(404);
  });

  it("is exported whole, with every signed head in its place, and verifies from the file alone", async () => {
    await write(3);
    const first = await sign();
    expect(first.size).to.equal(3);
    expect(await sign(), "nothing came since").to.deep.equal(first);
    await write(700);
    clock.advance(60_000);
    const second = await sign();
    expect(second.size).to.equal(703);
    const text = await exported();
    const verdict = await verdictOn(text, { heads: [first.jws], keyId: second.keyId });
    expect(verdict).to.deep.include({ kind: "log", ok: true, fails: [], keyId: second.keyId });
    expect(verdict.holds.join(" "))
      .to.include("All entries (703)")
      .and.include("2 signed tree heads on the way");
    expect((await verdictOn(await exported(3))).ok).to.equal(true);
    expect(text, "whom an entry is about is only committed to").not.to.include("somebody-1");
  });

  it("keeps the roots of full subtrees, and has the same tree without them", async () => {
    const { db } = server.database;
    const [{ n } = { n: 0 }] = await db.query<{ n: number }>(sql`select count(*)::int as n from audit_node`);
    expect(n).to.equal(2);
    const withTiles = await storedTree(db).root(703);
    await db.tx(async (tx) => {
      await tx.exec(
        "alter table audit_node disable trigger all; delete from audit_node; alter table audit_node enable trigger all",
      );
    });
    expect((await storedTree(db).root(703)).equals(withTiles)).to.equal(true);
    await write(1);
    const [again] = await db.query<{ n: number }>(sql`select count(*)::int as n from audit_node`);
    expect(again?.n, "they are made again with the next entries").to.equal(2);
    expect((await storedTree(db).root(703)).equals(withTiles)).to.equal(true);
  });

  it("proves single entries and its own growth, and the proofs verify from their files alone", async () => {
    const [id] = await write(1);
    expect((await server.call("GET", `/v1/audit/entries/${id}/proof`)).status, "not signed yet").to.equal(
      404,
    );
    const head = await sign();
    const proof = await server.call("GET", `/v1/audit/entries/${id}/proof`);
    expect(proof.status).to.equal(200);
    expect(proof.body.size).to.equal(head.size);
    const verdict = await verdictOn(JSON.stringify(proof.body, null, 2));
    expect(verdict).to.deep.include({ kind: "entry", ok: true, fails: [] });
    const growth = await server.call("GET", `/v1/audit/growth?from=3&to=${head.size}`);
    expect(await verdictOn(JSON.stringify(growth.body))).to.deep.include({
      kind: "growth",
      ok: true,
      fails: [],
    });
    expect(
      (await server.call("GET", "/v1/audit/growth?from=4&to=703")).status,
      "4 was never signed",
    ).to.equal(404);
    expect((await server.call("GET", `/v1/audit/entries/${uuidIds.next()}/proof`)).status).to.equal(404);
    const heads = await server.call<{ items: HeadView[] }>("GET", "/v1/audit/tree-heads?limit=2");
    expect(heads.body.items.map((h) => h.size)).to.deep.equal([3, 703]);
  });

  it("no longer verifies when anything in the file was changed", async () => {
    const text = await exported(703);
    const lines = text.trimEnd().split("\n");
    const tampered: Readonly<Record<string, (l: string[], i: number) => string[]>> = {
      "an entry changed": (l, i) => l.map((x, n) => (n === i ? x.replace("thing.made", "thing.done") : x)),
      "an entry dropped": (l, i) => l.filter((_, n) => n !== i),
      "an entry doubled": (l, i) => [...l.slice(0, i), l[i] as string, ...l.slice(i)],
      "two entries swapped": (l, i) => {
        const copy = [...l];
        [copy[i], copy[i + 1]] = [copy[i + 1] as string, copy[i] as string];
        return copy;
      },
      "the end cut off": (l, i) => l.slice(0, i),
      "white space in an entry": (l, i) =>
        l.map((x, n) => (n === i ? x.replace('{\\"action', '{ \\"action') : x)),
      "the head's root changed": (l) => [
        (l[0] as string).replace(/"treeHead":"([^.]+)\.([^.]+)/, '"treeHead":"$1.e30'),
        ...l.slice(1),
      ],
    };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(tampered)),
        fc.integer({ min: 5, max: 650 }),
        async (how, at) => {
          const changed = tampered[how]?.(lines, at) as string[];
          expect(changed.join("\n"), how).not.to.equal(lines.join("\n"));
          const verdict = await verdictOn(changed.join("\n"));
          expect(verdict.ok, how).to.equal(false);
          expect(verdict.fails, how).not.to.deep.equal([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("does not trust another key, a head of another log, or a file that is something else", async () => {
    const text = await exported(703);
    expect((await verdictOn(text, { keyId: "another" })).ok).to.equal(false);
    const other = JSON.parse(text.split("\n")[0] as string) as { treeHead: string };
    const [header, , signature] = other.treeHead.split(".");
    const forged = Buffer.from(
      JSON.stringify({ v: 1, size: 3, root: "0".repeat(64), at: "2026-11-22T10:00:00.000Z" }),
    );
    const kept = `${header}.${forged.toString("base64url")}.${signature}`;
    expect((await verdictOn(text, { heads: [kept] })).fails.join(" ")).to.include("not genuine");
    const newest = await sign();
    expect((await verdictOn(text, { heads: [newest.jws] })).fails.join(" ")).to.include("ends before");
    for (const stray of [
      "",
      "{}",
      "[]",
      "null",
      "not json",
      '{"format":"candor-audit-proof"}',
      '{"format":"candor-audit-log"}',
    ])
      expect((await verdictOn(stray)).ok, stray).to.equal(false);
  });

  it("forgets whom entries speak of when their salts are erased, and verifies as before", async () => {
    const { db } = server.database;
    const target = { kind: "member", id: "somebody-5" };
    expect(await server.candor.audit.entriesAbout([target])).to.have.length(1);
    expect(await db.tx((tx) => server.candor.audit.eraseSalts(tx, [target]))).to.equal(1);
    expect(await server.candor.audit.entriesAbout([target])).to.deep.equal([]);
    expect(await db.tx((tx) => server.candor.audit.eraseSalts(tx, [target])), "again").to.equal(0);
    expect((await verdictOn(await exported())).ok).to.equal(true);
  });

  it("is written and verified by the command, offline", async () => {
    const folder = mkdtempSync(join(tmpdir(), "candor-audit-"));
    const said: string[] = [];
    const io = {
      out: (...lines: readonly string[]) => void said.push(...lines),
      note: (...lines: readonly string[]) => void said.push(...lines),
      screen: null,
      stdin: (async function* () {})(),
      readStdin: async () => "",
      confirm: async () => null,
      untilStopped: async () => {},
    };
    const candor = (...args: string[]) => {
      said.length = 0;
      return runCli(["node", "candor", ...args], io);
    };
    const to = ["--url", server.url, "--key", ADMIN_KEY];
    try {
      const [log, head, proof] = ["log.ndjson", "head.json", "proof.json"].map((f) => join(folder, f)) as [
        string,
        string,
        string,
      ];
      const [id] = await write(2);
      expect(await candor(...to, "audit", "head", "--sign"), said.join("\n")).to.equal(0);
      writeFileSync(head, said.join("\n"));
      expect(await candor(...to, "audit", "export", log), said.join("\n")).to.equal(0);
      expect(await candor(...to, "audit", "export", log), "never over a file").to.equal(2);
      expect(await candor(...to, "audit", "proof", id as string, proof), said.join("\n")).to.equal(0);
      expect(await candor("verify", log, "--head", head), said.join("\n")).to.equal(0);
      expect(said.join("\n")).to.include("VERIFIED").and.include("1 kept elsewhere agrees");
      expect(await candor("verify", proof), said.join("\n")).to.equal(0);
      writeFileSync(log, readFileSync(log, "utf8").replace("thing.made", "thing.none"));
      expect(await candor("verify", log)).to.equal(1);
      expect(said.join("\n")).to.include("NOT VERIFIED");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("signs no past that was changed in the database", async () => {
    const { db } = server.database;
    await db.tx(async (tx) => {
      await tx.exec(`alter table audit_entry disable trigger all;
        update audit_entry set leaf_hash = sha256('x'::bytea) where seq = (select max(seq) from audit_entry);
        alter table audit_entry enable trigger all`);
    });
    await write(1);
    expect((await server.call("POST", "/v1/audit/tree-heads")).status).to.equal(500);
    const text = await exported();
    expect((await verdictOn(text)).ok, "the signed log is what it was").to.equal(true);
  });

  it("is for auditors, and for nobody who sells", async () => {
    const made = await server.call<{ secret: string }>("POST", "/v1/keys", {
      body: { name: "cx", role: "cx" },
    });
    expect((await server.call("GET", "/v1/audit/export", { key: made.body.secret })).status).to.equal(403);
  });
});
