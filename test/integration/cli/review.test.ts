import { expect } from "chai";
import { runCli } from "../../../src/cli/index.ts";
import { ADMIN_KEY } from "../../setup/server.ts";
import { fakeIo } from "../../unit/cli/fake-io.ts";
import { aHouse, card, type House, phone } from "../identity/house.ts";
import { listItem } from "../order/items.ts";

const AT = "2026-10-01T10:00:00.000Z";

describe("candor review", () => {
  let house: House;
  before(async () => {
    house = await aHouse("cli-review");
  });
  beforeEach(() => house.clear());
  after(() => house.drop());

  /** Runs the command to its end, with somebody at the keyboard where `answer` is given. */
  const run = async (args: readonly string[], answer?: boolean) => {
    const io = fakeIo(answer === undefined ? {} : { answer });
    const { url } = house.server();
    const code = await runCli(["node", "candor", "--url", url, "--key", ADMIN_KEY, "review", ...args], io);
    return { code, out: io.output.join("\n"), err: io.notes.join("\n"), asked: io.questions };
  };
  const listed = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await run(["list", ...args]);
    expect(code, err).to.equal(0);
    return out;
  };
  /** A telephone number that two members gave, and the members. */
  const shareAPhone = async () => {
    await house.take([
      listItem([card("M-1"), phone("0922333444")], { at: AT, id: "1" }),
      listItem([card("M-2"), phone("0922333444")], { at: AT, id: "2" }),
    ]);
    return [
      (await house.profile("member_id", "M-1")).memberId,
      (await house.profile("member_id", "M-2")).memberId,
    ];
  };

  it("lists what is contested with its rule and its holders, and no value", async () => {
    expect(await listed()).to.equal("Nothing is contested.");
    const members = await shareAPhone();
    const shown = await listed();
    expect(shown).to.match(/^[0-9a-f]{32} {2}phone, since /);
    expect(shown).to.contain("class1-conflict: ");
    for (const member of members) expect(shown).to.contain(`member ${member}`);
    expect(shown).not.to.contain("922333444");
    const json = JSON.parse(await listed("--json")) as { kind: string; rule: string; partyCount: number }[];
    expect(json.map(({ kind, rule, partyCount }) => [kind, rule, partyCount])).to.deep.equal([
      ["phone", "class1-conflict", 2],
    ]);
    expect(await listed("--rule", "degree-exceeded")).to.equal("Nothing is contested.");
  });

  it("settles after a preview and a yes, and not before", async () => {
    await shareAPhone();
    const [item] = await house.review();
    const id = item?.id ?? "";
    const declined = await run(["settle", id, "names-nobody"], false);
    expect([declined.code, declined.asked]).to.deep.equal([0, ["Do this?"]]);
    expect(declined.err).to.contain("Nothing was changed");
    expect(await house.review(), "only looked at").to.have.length(1);

    const settled = await run(["settle", id, "names-nobody"], true);
    expect(settled.code, settled.err).to.equal(0);
    expect(settled.err).to.contain("Done.");
    expect(await listed()).to.equal("Nothing is contested.");
  });

  it("settles at once with --yes, and prints the outcome", async () => {
    const members = await shareAPhone();
    const [item] = await house.review();
    const settled = await run(["settle", item?.id ?? "", "different-people", "--yes", "--json"]);
    expect(settled.code, settled.err).to.equal(0);
    expect(settled.asked).to.deep.equal([]);
    const outcome = JSON.parse(settled.out) as { preview: boolean; after: { memberId: string }[] };
    expect(outcome.preview).to.equal(false);
    expect(outcome.after.map((g) => g.memberId).sort()).to.deep.equal([...members].sort());
    const again = await run(["settle", "0".repeat(32), "names-nobody", "--yes"]);
    expect(again.code).to.equal(4);
  });
});
