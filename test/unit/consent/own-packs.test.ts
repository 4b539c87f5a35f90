import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { decideRegime } from "../../../consent/regimes/decide-regime.ts";
import { loadRegimes } from "../../../consent/regimes/own-packs.ts";
import { BUILT_IN_REGIMES, consentAge } from "../../../consent/regimes/regimes.ts";
import { EXIT, runCli } from "../../../src/cli/index.ts";
import { AppError } from "../../../src/kernel/problems.ts";
import { fakeIo } from "../cli/fake-io.ts";

describe("an operator's own regime packs", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "candor-regimes-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const built = (id: string) =>
    structuredClone(BUILT_IN_REGIMES.get(id)) as NonNullable<ReturnType<typeof BUILT_IN_REGIMES.get>>;
  const put = (file: string, content: unknown) =>
    writeFileSync(join(folder, file), typeof content === "string" ? content : JSON.stringify(content));
  const places = (): string[] => {
    try {
      loadRegimes(folder);
    } catch (error) {
      if (error instanceof AppError && error.code === "invalid-settings")
        return (error.errors ?? []).map((e) => `${e.path} ${e.message}`);
      throw error;
    }
    return [];
  };

  it("replace the built-in pack of their id, and leave the others alone", () => {
    const taiwan = built("TW");
    put("taiwan.json", {
      ...taiwan,
      ages: { ...taiwan.ages, consent: { ...taiwan.ages.consent, value: 18 } },
    });
    put("notes.txt", "not a pack");
    const packs = loadRegimes(folder);
    expect(consentAge(packs.get("TW") ?? taiwan, "TW")).to.equal(18);
    expect(packs.get("EU")).to.equal(BUILT_IN_REGIMES.get("EU"));
    expect(loadRegimes(null)).to.equal(BUILT_IN_REGIMES);
  });

  it("add laws of countries, and of the rest of a country of which a part has its own", () => {
    put("jp.json", { ...built("TW"), id: "JP", territory: [{ country: "JP" }] });
    put("us.json", { ...built("US-CA"), id: "US", territory: [{ country: "US" }] });
    const packs = loadRegimes(folder);
    const regime = (country: string, region?: string) =>
      decideRegime({ country, ...(region === undefined ? {} : { region }) }, packs).regime;
    expect([regime("JP"), regime("US", "CA"), regime("US", "NY"), regime("US")]).to.deep.equal([
      "JP",
      "US-CA",
      "US",
      "US",
    ]);
  });

  it("are refused together, each fault with its file, its place and what is expected, and no value", () => {
    const { source: _source, ...bare } = built("TW").ages.consent;
    put("a.json", { ...built("TW"), ages: { ...built("TW").ages, consent: bare } });
    put("b.json", '{\n "id": "secret-value",\n}');
    put("c.json", { ...built("CN"), id: "hunter2", colour: "red", reviewedOn: "yesterday" });
    const calendar = built("UK").requests.calendar;
    put("d.json", {
      ...built("UK"),
      requests: {
        ...built("UK").requests,
        calendar: { ...calendar, value: { ...calendar.value, timeZone: "Europe/Atlantis" } },
      },
    });
    mkdirSync(join(folder, "e.json"));
    const found = places();
    expect(found).to.include("a.json/ages/consent must have required property 'source'");
    expect(
      found.some((p) => /^b\.json is not JSON, from line \d on$/.test(p)),
      found.join("\n"),
    ).to.equal(true);
    expect(found).to.include("c.json has a property that no pack has: colour");
    expect(found.some((p) => p.startsWith("c.json/id must match pattern"))).to.equal(true);
    expect(found).to.include("d.json/requests/calendar/value/timeZone must be an IANA time zone");
    expect(found).to.include("e.json cannot be read");
    expect(found.join("\n")).to.not.match(/secret-value|hunter2|Atlantis|yesterday/);
  });

  it("may not claim one id or one place twice", () => {
    put("1.json", built("TW"));
    put("2.json", built("TW"));
    put("3.json", { ...built("TW"), id: "FR", territory: [{ country: "FR" }] });
    put("4.json", { ...built("US-CA"), id: "US-XX", territory: [{ country: "US", regions: ["NY", "CA"] }] });
    expect(places()).to.deep.equal([
      "2.json/id is the id of 1.json too",
      "3.json/territory/0 is the place of EU too",
      "4.json/territory/0 is the place of US-CA too",
    ]);
  });

  it("are checked by a command before the server is restarted with them", async () => {
    const check = async () => {
      const io = fakeIo();
      const code = await runCli(["node", "candor", "regimes", "check", folder], io);
      return { code, said: [...io.output, ...io.notes].join("\n") };
    };
    put("jp.json", { ...built("TW"), id: "JP", version: 4, territory: [{ country: "JP" }] });
    expect(await check()).to.deep.equal({ code: EXIT.ok, said: "1 pack fits: JP version 4." });
    put("tw.json", { id: "TW" });
    const refused = await check();
    expect(refused.code).to.equal(EXIT.server);
    expect(refused.said).to.contain("tw.json must have required property 'version'");
    rmSync(folder, { recursive: true });
    expect((await check()).said).to.contain("CANDOR_REGIMES_DIR must be a folder");
    mkdirSync(folder);
  });
});
