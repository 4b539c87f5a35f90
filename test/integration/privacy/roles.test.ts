import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { ROLES, type Role, STAFF_ROLES, type StaffRole } from "../../../src/kernel/route.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { profileOf, sendBatch } from "../sources/reading.ts";

interface Operation {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly "x-roles"?: readonly Role[];
  readonly parameters?: readonly { name: string; in: string; required: boolean }[];
}

interface Door {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

type Caller = Role | "write key" | "unknown key" | "nobody";

/** What a door says to a caller it does not take; the codes of everything else are another's business. */
const TURNED_AWAY = new Set(["unauthenticated", "forbidden"]);
/** How the HTTP room words a refusal of a role or key, as against a refusal by what the door does. */
const BY_ROLE = /^(This takes a key of the role|A source's write key only sends events)/;
/** The same for people who have logged in. */
const BY_STAFF_ROLE = /^(This is for |This takes a source's write key)/;
const PASSWORD = "a long enough pass phrase";

describe("every door of /openapi.json and every kind of caller", () => {
  let server: TestServer;
  let doors: readonly Door[];
  const keys = new Map<Caller, string | null>();
  let shop: { id: string; writeKey: string };

  const keyFor = async (role: Role, purposes?: readonly string[]): Promise<string> => {
    const made = await server.call<{ secret: string }>("POST", "/v1/keys", {
      body: { name: role, role, ...(purposes === undefined ? {} : { purposes }) },
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    return made.body.secret;
  };

  before(async () => {
    server = await startTestServer("roles");
    shop = await server.source({ name: "Shop", kind: "web" });
    for (const role of ROLES) keys.set(role, await keyFor(role));
    keys.set("write key", shop.writeKey);
    keys.set("unknown key", `ck_${"x".repeat(43)}`);
    keys.set("nobody", null);
    const api = await server.call<{ paths: Record<string, Record<string, Operation>> }>(
      "GET",
      "/openapi.json",
    );
    doors = Object.entries(api.body.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation,
      })),
    );
  });
  after(() => server.close());

  /** Who the document says may knock; null for everybody. */
  const declared = ({ operation }: Door): readonly Caller[] | null => {
    if (operation.security.length === 0) return null;
    if (operation.security.some((s) => "writeKey" in s)) return ["admin", "ingest", "write key"];
    return operation["x-roles"] ?? [];
  };

  const knock = (door: Door, caller: Caller, query = "") =>
    server.call<{ code?: string; detail?: string }>(
      door.method,
      `${door.path.replace(/\{\w+\}/g, () => randomUUID())}${query}`,
      {
        key: keys.get(caller) ?? null,
        headers: { "content-type": "application/json" },
        ...(door.method === "GET" || door.method === "DELETE" ? {} : { raw: "{}" }),
      },
    );

  it("takes those it declares, and answers the others 401 or 403 before it does anything", async () => {
    expect(doors.length).to.be.greaterThan(40);
    const wrong: string[] = [];
    for (const door of doors) {
      const may = declared(door);
      for (const caller of keys.keys()) {
        const { status, body } = await knock(door, caller);
        const said = `${door.method} ${door.path} by ${caller}: ${status} ${body.code ?? ""} ${body.detail ?? ""}`;
        if (status >= 500) wrong.push(said);
        const isKnown = caller !== "nobody" && caller !== "unknown key";
        if (may === null || may.includes(caller)) {
          const isTurnedAway =
            body.code === "unauthenticated" || (body.code === "forbidden" && BY_ROLE.test(body.detail ?? ""));
          if (isTurnedAway) wrong.push(said);
        } else if (caller === "write key") {
          // Unknown as an API key, or known and of another kind: which of the two is the same to its holder.
          if (!TURNED_AWAY.has(body.code ?? "")) wrong.push(said);
        } else if (
          isKnown
            ? status !== 403 || body.code !== "forbidden"
            : status !== 401 || body.code !== "unauthenticated"
        ) {
          wrong.push(said);
        }
      }
    }
    expect(wrong).to.deep.equal([]);
  });

  /** A person of that role, logged in: what their browser sends. */
  const loggedIn = async (role: StaffRole): Promise<Record<string, string>> => {
    const email = `${role}-${randomUUID()}@candor.example`;
    const made = await server.call<{ link: string }>("POST", "/v1/staff", {
      body: { email, name: "Kim Lee", role },
    });
    const opened = await server.call<{ csrf: string }>("POST", "/v1/invitations/use", {
      key: null,
      body: { token: made.body.link.split("#")[1], password: PASSWORD },
    });
    expect(opened.status, JSON.stringify(opened.body)).to.equal(201);
    const cookie = (opened.headers.get("set-cookie") ?? "").split(";")[0] as string;
    return { cookie, "x-candor-csrf": opened.body.csrf };
  };

  const knockAs = (door: Door, headers: Record<string, string>) =>
    server.call<{ code?: string; detail?: string }>(
      door.method,
      door.path.replace(/\{\w+\}/g, () => randomUUID()),
      {
        key: null,
        headers: { "content-type": "application/json", ...headers },
        ...(door.method === "GET" || door.method === "DELETE" ? {} : { raw: "{}" }),
      },
    );

  /** Which people the document lets in; null for everybody. */
  const declaredForPeople = ({ operation }: Door): readonly StaffRole[] | null => {
    if (operation.security.length === 0) return null;
    if (operation.security.some((s) => "writeKey" in s)) return ["admin"];
    const roles = operation["x-roles"];
    return roles === undefined ? STAFF_ROLES : STAFF_ROLES.filter((role) => roles.includes(role));
  };

  it("takes people who have logged in by the roles it declares, and answers the others 403 before it does anything", async () => {
    const wrong: string[] = [];
    for (const role of STAFF_ROLES) {
      let session = await loggedIn(role);
      for (const door of doors) {
        const may = declaredForPeople(door);
        const { status, body } = await knockAs(door, session);
        const said = `${door.method} ${door.path} by ${role}: ${status} ${body.code ?? ""} ${body.detail ?? ""}`;
        if (status >= 500) wrong.push(said);
        const isTurnedAway =
          // An administrator may import a file into a source that the address names; other doors want its key.
          (body.code === "unauthenticated" && body.detail !== "Send the write key of a source.") ||
          body.code === "csrf" ||
          (body.code === "forbidden" && BY_STAFF_ROLE.test(body.detail ?? ""));
        if (may === null || may.includes(role) ? isTurnedAway : status !== 403 || body.code !== "forbidden")
          wrong.push(said);
        if (door.operation.operationId === "logOut") session = await loggedIn(role);
      }
    }
    expect(wrong).to.deep.equal([]);
  });

  it("takes no write from a browser that does not send the token of our own pages", async () => {
    const { cookie = "" } = await loggedIn("admin");
    const writes = doors.filter((d) => d.method !== "GET" && declared(d) !== null);
    expect(writes.length).to.be.greaterThan(40);
    const wrong: string[] = [];
    for (const door of writes)
      for (const headers of [{ cookie }, { cookie, "x-candor-csrf": "x".repeat(43) }]) {
        const { status, body } = await knockAs(door, headers as Record<string, string>);
        if (status !== 403 || body.code !== "csrf")
          wrong.push(`${door.method} ${door.path}: ${status} ${body.code}`);
      }
    expect(wrong).to.deep.equal([]);
  });

  it("tells no stranger which doors there are behind a key, nor what they take", async () => {
    for (const door of doors.filter((d) => declared(d) !== null)) {
      for (const caller of ["nobody", "unknown key"] as const) {
        const { status, body, headers } = await knock(door, caller, "?purpose=nonsense&limit=-1");
        expect([status, TURNED_AWAY.has(body.code ?? "")], `${door.method} ${door.path}`).to.deep.equal([
          401,
          true,
        ]);
        expect(headers.get("www-authenticate")).to.be.a("string");
      }
    }
  });

  it("lets nobody read a person whose work is with counts, stores, sending or checking", () => {
    const people = doors.filter(
      ({ method, path }) =>
        (method === "GET" || path.endsWith("/lookup")) &&
        /^\/v1\/(profiles|members|quarantine\/\{id\}|outbox\/\{id\})/.test(path) &&
        // What to ask a member at the counter: the words of a prompt, and nothing that is known of the person.
        path !== "/v1/members/{id}/asking",
    );
    expect(people.length).to.be.greaterThan(5);
    for (const door of people) {
      for (const role of ["store", "analyst", "ingest"] as const) {
        expect(declared(door), `${door.method} ${door.path}`).not.to.include(role);
      }
    }
  });

  it("leaves keys, sources and decisions about identity to those who answer for them", () => {
    const only = (operationId: string, roles: readonly Role[]) => {
      const door = doors.find((d) => d.operation.operationId === operationId);
      expect([...(door?.operation["x-roles"] ?? [])].sort(), operationId).to.deep.equal([...roles].sort());
    };
    for (const id of ["createKey", "listKeys", "endKey", "createSource", "changeSource", "rotateSourceKey"]) {
      only(id, ["admin"]);
    }
    for (const id of [
      "splitMember",
      "joinSubjects",
      "getQuarantined",
      "replayQuarantine",
      "discardQuarantine",
    ]) {
      only(id, ["admin", "compliance"]);
    }
  });

  it("asks every read of a profile for its purpose, and gives it for none but the key's own", async () => {
    await sendBatch(server, shop.writeKey, [
      { type: "identify", userId: "ROLE-1", traits: { firstName: "Rolf" } },
    ]);
    const { memberId } = await profileOf(server, { kind: "user_id", value: "ROLE-1" });
    const narrow = await keyFor("cx", ["service"]);
    const none = await keyFor("cx", []);
    const reads: readonly (readonly [string, string, string | undefined])[] = [
      ["POST", "/v1/profiles/lookup", '{"kind":"user_id","value":"ROLE-1"}'],
      ["GET", `/v1/members/${memberId}`, undefined],
      ["GET", `/v1/members/${memberId}/events`, undefined],
    ];
    for (const [method, path, raw] of reads) {
      const read = async (query: string, key: string) => {
        const { status, body } = await server.call<{ code?: string }>(method, `${path}${query}`, {
          key,
          headers: { "content-type": "application/json" },
          ...(raw === undefined ? {} : { raw }),
        });
        return status === 200 ? "given" : `${status} ${body.code}`;
      };
      expect(await read("", narrow), path).to.equal("400 purpose-required");
      expect(await read("?purpose=", narrow), path).to.equal("400 purpose-required");
      expect(await read("?purpose=service", narrow), path).to.equal("given");
      expect(await read("?purpose=service", none), path).to.equal("403 purpose-not-allowed");
      expect(await read("?purpose=no-such-purpose", narrow), path).to.match(/^40[03] purpose-/);
      expect(await read("?purpose=service&purpose=other", narrow), path).to.match(/^40[03] /);
      expect(await read("?purpose=SERVICE", narrow), path).to.match(/^40[03] purpose-/);
    }
  });

  it("writes every read of a profile into the audit log, with its purpose and without a name", async () => {
    const reads = async () => {
      const entries = await server.database.db.query<{ entry: string }>(sql`
        select entry from audit_stage where action = 'profile.read'
        union all select entry from audit_entry where action = 'profile.read'`);
      return entries.map(({ entry }) => JSON.parse(entry) as { purpose: string });
    };
    const before = (await reads()).length;
    await profileOf(server, { kind: "user_id", value: "ROLE-1" });
    await server.call("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "user_id", value: "NOBODY-1" },
    });
    const after = await reads();
    expect(after.length - before).to.equal(1);
    expect(after.at(-1)?.purpose).to.equal("service");
    expect(JSON.stringify(after)).not.to.contain("ROLE-1");
  });
});
