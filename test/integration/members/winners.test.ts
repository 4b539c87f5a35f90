import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { profileOf, sendBatch } from "../sources/reading.ts";

interface Field {
  readonly value: unknown;
  readonly because: string;
  readonly source: string;
  readonly verified: boolean;
  readonly candidates: readonly { readonly value: unknown }[];
}

describe("which of several values a profile shows, seen from the doors", () => {
  let server: TestServer;
  let list: { id: string; writeKey: string };
  let web: { id: string; writeKey: string };
  let vouching: { id: string; writeKey: string };
  before(async () => {
    server = await startTestServer("winners");
    list = await server.source({ name: "List", kind: "members", region: "TW" });
    web = await server.source({ name: "Web", kind: "web", region: "TW" });
    vouching = await server.source({
      name: "Confirmed",
      kind: "members",
      region: "TW",
      identifiers: { email: { verified: true } },
    });
  });
  after(() => server.close());

  /** What a member list says of a member on a day of October 2026. */
  const listed = async (source: { writeKey: string }, card: string, day: number, said: object) => {
    const row = { memberId: card, updatedAt: `2026-10-0${day}T00:00:00Z`, ...said };
    const [result] = await sendBatch(server, source.writeKey, [row]);
    expect(result?.status, JSON.stringify(result)).to.equal("accepted");
  };
  /** The same from the web site. */
  const identified = async (card: string, day: number, traits: object) => {
    const timestamp = `2026-10-0${day}T00:00:00.000Z`;
    const [result] = await sendBatch(server, web.writeKey, [
      { type: "identify", userId: card, messageId: `${card}-${day}`, timestamp, traits },
    ]);
    expect(result?.status, JSON.stringify(result)).to.equal("accepted");
  };
  const field = async (card: string, name: string): Promise<Field> => {
    const profile = await profileOf(server, { kind: "member_id", value: card });
    return (profile.attributes as unknown as Record<string, Field>)[name] as Field;
  };

  it("shows the only value as such, however many state it", async () => {
    await listed(list, "W-1", 1, { firstName: "Mei" });
    await identified("W-1", 2, { firstName: "Mei" });
    expect(await field("W-1", "firstName")).to.include({ value: "Mei", because: "only-candidate" });
  });

  it("prefers what was stated last, in whatever order it arrives", async () => {
    await listed(list, "W-2", 1, { firstName: "Mei" });
    await identified("W-2", 2, { firstName: "Mai" });
    await identified("W-3", 2, { firstName: "Mai" });
    await listed(list, "W-3", 1, { firstName: "Mei" });
    for (const card of ["W-2", "W-3"]) {
      const shown = await field(card, "firstName");
      expect(shown).to.include({ value: "Mai", because: "latest", source: web.id });
      expect(shown.candidates.map((c) => c.value)).to.deep.equal(["Mai", "Mei"]);
    }
    await listed(list, "W-8", 1, { firstName: "Mai" });
    await identified("W-8", 2, { firstName: "Mei" });
    expect(await field("W-8", "firstName")).to.include({ value: "Mei", because: "latest" });
  });

  it("prefers what its source vouches for to what was stated later", async () => {
    await listed(vouching, "W-4", 1, { email: "sure@mail.example" });
    await identified("W-4", 5, { email: "later@mail.example" });
    const shown = await field("W-4", "email");
    expect(shown).to.include({ value: "sure@mail.example", because: "verified", verified: true });
    expect(shown.candidates.map((c) => c.value)).to.deep.equal(["sure@mail.example", "later@mail.example"]);
  });

  it("settles what was stated at one moment the same way, whoever stated which and came first", async () => {
    await listed(list, "W-5", 3, { firstName: "Mei" });
    await identified("W-5", 3, { firstName: "Mai" });
    await identified("W-6", 3, { firstName: "Mei" });
    await listed(list, "W-6", 3, { firstName: "Mai" });
    const [one, other] = [await field("W-5", "firstName"), await field("W-6", "firstName")];
    expect([one.because, other.because]).to.deep.equal(["hash", "hash"]);
    expect(one.value).to.equal(other.value);
  });

  it("shows an emptied field as empty, and a value stated afterwards again", async () => {
    await listed(list, "W-7", 1, { firstName: "Mei" });
    await identified("W-7", 2, { $unset: ["firstName"] });
    const emptied = await field("W-7", "firstName");
    expect(emptied).to.include({ value: null, because: "unset", source: web.id });
    expect(emptied.candidates.map((c) => c.value)).to.deep.equal(["Mei"]);
    await listed(list, "W-7", 3, { firstName: "Mei Lin" });
    expect(await field("W-7", "firstName")).to.include({ value: "Mei Lin", because: "only-candidate" });
  });
});
