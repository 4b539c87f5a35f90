import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, aMember, say } from "./people.ts";

interface Basis {
  rule: string;
  basis: string | null;
  recordId: string | null;
  notice: { id: string; version: number } | null;
}

interface Profile {
  memberId: string;
  attributes: Record<string, { value: unknown; candidates: { lineage: { basis: Basis | null }[] }[] }>;
  identifiers: { kind: string; value: string }[];
  facts: unknown;
  subjects: unknown[];
  basis: Record<string, { rule: string; recordId: string | null; notice: { version: number } | null }>;
  withheld: Record<string, { rule: string; because: string }>;
}
interface Door {
  operationId: string;
  parameters?: { name: string; in: string }[];
}

const CANARIES = ["canary.lin@example.com", "Canarina", "+886912345678"];

describe("purpose-bound reads", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("consent-reads");
  });
  after(() => server.close());

  const aPerson = () =>
    aMember(server, {
      email: `p${Math.random()}@example.com`,
      listWith: { phone: "0912 345 678", firstName: "Canarina", birthday: "1990-04-02" },
    });
  const read = (memberId: string, query: string, key?: string) =>
    server.call<Profile>("GET", `/v1/members/${memberId}${query}`, key === undefined ? {} : { key });

  it("gives what the purpose covers with its basis, and says of the rest why not", async () => {
    const { memberId } = await aPerson();
    const service = await read(memberId, "?purpose=service");
    expect(service.body.attributes.firstName?.value).to.equal("Canarina");
    expect(service.body.basis.identity).to.deep.include({ rule: "contract", recordId: null });
    expect(service.body.withheld.online?.rule).to.equal("category-outside-purpose");
    expect(service.body.withheld.online?.because).to.contain("not part of");

    const profiling = await read(memberId, "?purpose=profiling");
    expect(profiling.body).to.deep.include({ attributes: {}, identifiers: [], facts: null, subjects: [] });
    expect(profiling.body.withheld.demographic?.rule).to.equal("no-consent");
    const given = await say(server, aGrant(memberId, "profiling"));
    const after = await read(memberId, "?purpose=profiling");
    expect(after.body.attributes).to.have.keys(["birthday"]);
    expect(after.body.identifiers).to.deep.equal([]);
    expect(after.body.basis.demographic?.recordId).to.equal(given.body.records[0]?.id);
    expect(after.body.basis.demographic?.notice?.version).to.equal(1);
    await say(server, { memberId, state: "withdrawn", purpose: "profiling" });
    expect((await read(memberId, "?purpose=profiling")).body.attributes).to.deep.equal({});
  });

  it("names beside every statement why the purpose lets it be read", async () => {
    const { memberId } = await aPerson();
    const given = await say(server, aGrant(memberId, "profiling"));
    const basesOf = async (purpose: string, field: string) =>
      (await read(memberId, `?purpose=${purpose}`)).body.attributes[field]?.candidates.flatMap((c) =>
        c.lineage.map((l) => l.basis),
      );
    const [contract, ...others] = (await basesOf("service", "birthday")) ?? [];
    expect(contract).to.include({ rule: "contract", basis: "contract", recordId: null, notice: null });
    expect(others).to.deep.equal([]);
    const [consent] = (await basesOf("profiling", "birthday")) ?? [];
    expect(consent).to.deep.include({ basis: "consent", recordId: given.body.records[0]?.id });
    expect(consent?.notice).to.deep.equal({ id: "profiling", version: 1 });
  });

  it("opens only the address of the channel that was consented to", async () => {
    const { memberId } = await aPerson();
    await say(server, aGrant(memberId, "marketing", { channel: "sms" }));
    expect((await read(memberId, "?purpose=marketing")).body.withheld.contact?.rule).to.equal(
      "channel-required",
    );
    const sms = await read(memberId, "?purpose=marketing&channel=sms");
    expect(sms.body.attributes).to.include.keys("firstName", "phone");
    expect(sms.body.attributes).to.not.include.keys("email");
    expect(sms.body.identifiers.map((i) => i.kind)).to.not.include("email");
    const email = await read(memberId, "?purpose=marketing&channel=email");
    expect(email.body.attributes).to.deep.equal({});
  });

  it("registers who was given what before it answers, and shows it to an officer alone", async () => {
    const { memberId } = await aPerson();
    await read(memberId, "?purpose=service");
    await read(memberId, "?purpose=service");
    const shown = await server.call<{
      disclosures: { purpose: string; categories: string[]; reader: object }[];
    }>("GET", `/v1/members/${memberId}/disclosures`);
    expect(shown.body.disclosures).to.have.length(1);
    expect(shown.body.disclosures[0]?.purpose).to.equal("service");
    expect(shown.body.disclosures[0]?.categories).to.include.members(["contact", "demographic", "identity"]);
    const cx = await aKey("cx", ["service"]);
    expect((await server.call("GET", `/v1/members/${memberId}/disclosures`, { key: cx })).status).to.equal(
      403,
    );
  });

  const aKey = async (role: string, purposes: string[]) => {
    const made = await server.call<{ secret: string }>("POST", "/v1/keys", {
      body: { name: `${role} key`, role, purposes },
    });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    return made.body.secret;
  };

  it("leaks nothing through any read door without a purpose, with a foreign key or of a withdrawn member", async () => {
    const { memberId } = await aMember(server, {
      email: CANARIES[0] as string,
      listWith: { phone: "0912 345 678", firstName: CANARIES[1] },
    });
    const given = await say(server, aGrant(memberId, "profiling"));
    await say(server, aGrant(memberId, "marketing", { channel: "sms" }));
    await say(server, { memberId, state: "withdrawn", purpose: "*" });
    const recordId = given.body.records[0]?.id as string;
    const foreign = await aKey("cx", ["survey-contact"]);
    const recipient = await aKey("recipient", ["marketing", "profiling"]).catch(() => null);
    const { body: document } = await server.call<{ paths: Record<string, Record<string, Door>> }>(
      "GET",
      "/openapi.json",
      { key: null },
    );
    const doors = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, door]) =>
        method === "get" || ["lookUpProfile", "decide"].includes(door.operationId)
          ? [{ path, method, door }]
          : [],
      ),
    );
    expect(doors.length, "doors listed").to.be.greaterThan(20);
    expect(doors.map((d) => d.door.operationId)).to.include.members([
      "getMember",
      "listMemberEvents",
      "lookUpProfile",
    ]);
    const attempts = [
      { key: undefined, purpose: null },
      { key: undefined, purpose: "no-such-purpose" },
      { key: foreign, purpose: "service" },
      { key: foreign, purpose: "profiling" },
      { key: undefined, purpose: "profiling" },
      { key: undefined, purpose: "marketing&channel=sms" },
      ...(recipient === null ? [] : [{ key: recipient, purpose: "marketing&channel=sms" }]),
      { key: null, purpose: "service" },
    ];
    for (const { path, method, door } of doors) {
      if (["/metrics", "/healthz", "/readyz", "/openapi.json"].includes(path)) continue;
      const isRecord = /consents\/\{id\}/.test(path);
      const filled = path.replace("{id}", isRecord ? recordId : memberId).replace(/\{\w+\}/g, memberId);
      for (const { key, purpose } of attempts) {
        const query = purpose === null ? "" : `?purpose=${purpose}`;
        const answer = await server.call<unknown>(method.toUpperCase(), `${filled}${query}`, {
          ...(key === undefined ? {} : { key }),
          ...(door.operationId === "lookUpProfile" ? { body: { kind: "email", value: CANARIES[0] } } : {}),
          ...(door.operationId === "decide"
            ? { body: { decisions: [{ memberId, purpose: "profiling" }] } }
            : {}),
        });
        const text = JSON.stringify(answer.body);
        for (const canary of CANARIES)
          expect(text, `${door.operationId} ${purpose} ${String(key).slice(0, 6)}`).to.not.contain(canary);
      }
    }
    const honest = await read(memberId, "?purpose=service");
    expect(JSON.stringify(honest.body), "the test would see them").to.contain(CANARIES[1]);
  });
});
