import { expect } from "chai";
import {
  BUILT_IN_REGIMES,
  collectRegimes,
  type RegimePack,
  type RegimePacks,
} from "../../../consent/index.ts";
import { runCli } from "../../../src/cli/index.ts";
import { fixedClock, HOUR } from "../../../src/kernel/clock.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../../setup/server.ts";
import { fakeIo } from "../../unit/cli/fake-io.ts";
import { aMember, say } from "./people.ts";
import { openShop, preferenceLink } from "./shop.ts";

/** The packs that come with Candor, a corrected one for the United Kingdom, and a law that Candor does not bring. */
function withOwnPacks(): RegimePacks {
  const [uk, tw] = ["UK", "TW"].map((id) => structuredClone(BUILT_IN_REGIMES.get(id)) as RegimePack);
  if (uk === undefined || tw === undefined) throw new Error("a pack is missing");
  return collectRegimes([
    ...BUILT_IN_REGIMES.values(),
    { ...uk, version: 90, reask: { ...uk.reask, afterRefusal: { ...uk.reask.afterRefusal, value: "P3M" } } },
    {
      ...tw,
      id: "JP",
      version: 1,
      name: { en: "Japan", "zh-CN": "日本", "zh-TW": "日本" },
      laws: ["APPI"],
      territory: [{ country: "JP" }],
      noticeItems: [{ item: "APPI Art. 32", section: "rights", mark: "house-rule" }],
    },
  ]);
}

interface Answer {
  allowed: boolean;
  rule: string;
  regime: string | null;
  regimeVersion: number | null;
  regimeSha256: string | null;
  detail: string | number | null;
  duties: string[];
  sentences?: string[];
}

/** Every value of the regime packs that binds, asked through the door that everybody asks. */
describe("the regimes, through POST /v1/decisions", () => {
  const clock = fixedClock("2026-11-15T08:00:00Z");
  let server: TestServer;
  let analytics: Record<string, unknown>;
  before(async () => {
    server = await startTestServer("consent-regimes", { clock, regimes: withOwnPacks() });
    await openShop(server);
    const { purposes } = (await server.call<{ purposes: Record<string, unknown>[] }>("GET", "/v1/purposes"))
      .body;
    analytics = purposes.find((p) => p.id === "analytics") as Record<string, unknown>;
    const own = (id: string, more: object) => ({
      ...analytics,
      id,
      whenDenied: "refuse",
      consentExpiresAfter: null,
      ...more,
    });
    const partner = { id: "ads-partner", name: analytics.name, role: "third-party", country: "US" };
    const applied = await server.call("POST", "/v1/purposes", {
      raw: JSON.stringify({
        format: "candor-purposes/1",
        purposes: [
          own("health", { sensitive: true }),
          own("abroad", { crossBorder: true }),
          own("ads", { saleOrShare: true, recipients: [partner], programme: "gold-club" }),
        ],
      }),
    });
    expect(applied.status, JSON.stringify(applied.body)).to.equal(200);
    const words = (
      await server.call<{ notices: { texts: object }[] }>(
        "GET",
        "/v1/notices?id=analytics&version=2&texts=true",
      )
    ).body;
    for (const id of ["health", "abroad", "ads"]) {
      const texts = words.notices[0]?.texts;
      const published = await server.call("POST", "/v1/notices?force=true", {
        body: { id, purposes: [id], material: true, texts },
      });
      expect(published.status, JSON.stringify(published.body)).to.equal(201);
    }
  });
  after(() => server.close());

  const decide = async (
    memberId: string,
    purpose: string,
    more: object = {},
    query = "",
  ): Promise<Answer> => {
    const answer = await server.call<{ results: Answer[] }>("POST", `/v1/decisions${query}`, {
      body: { decisions: [{ memberId, purpose, ...more }] },
    });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    return answer.body.results[0] as Answer;
  };
  const rule = async (memberId: string, purpose: string, more: object = {}) =>
    (await decide(memberId, purpose, more)).rule;
  /** Somebody who says where they live, and how old they are, by something that rests on nothing. */
  const person = async (country: string, birthYear?: number): Promise<string> => {
    const { memberId } = await aMember(server);
    await tell(memberId, {
      state: "channel-opened",
      purpose: "*",
      channel: "app",
      country,
      ...(birthYear === undefined ? {} : { birthYear }),
    });
    return memberId;
  };
  const tell = async (memberId: string, statement: Record<string, unknown>) => {
    clock.advance(1_000);
    const answer = await say(server, { memberId, ...statement });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body;
  };
  const grant = (memberId: string, purpose: string, more: Record<string, unknown> = {}) =>
    tell(memberId, { state: "given", purpose, notice: { id: purpose, locale: "en" }, ...more });

  const REGIMES = [
    // [country, regime, silence about analytics (consent; opt-out in California), survey by e-mail (legitimate interest)]
    ["DE", "EU", "no-consent", "not-refused"],
    ["GB", "UK", "no-consent", "not-refused"],
    ["US-CA", "US-CA", "not-refused", "not-refused"],
    ["CN", "CN", "no-consent", "no-consent"],
    ["TW", "TW", "no-consent", "no-consent"],
  ] as const;

  it("take silence as each law takes it, by lawful basis, and contract and legal duties as given everywhere", async () => {
    for (const [country, regime, consent, interest] of REGIMES) {
      const memberId = await person(country);
      const asked = await decide(memberId, "analytics");
      expect([asked.regime, asked.rule], country).to.deep.equal([regime, consent]);
      expect(asked.regimeVersion, country).to.equal(
        regime === "UK" ? 90 : BUILT_IN_REGIMES.get(regime)?.version,
      );
      expect(await rule(memberId, "survey-contact", { channel: "email" }), country).to.equal(interest);
      expect(await rule(memberId, "service"), country).to.equal("contract");
      expect(await rule(memberId, "legal-obligation"), country).to.equal("legal-obligation");
    }
    const nowhere = await person("BR");
    expect(await rule(nowhere, "analytics")).to.equal("regime-unknown");
    expect(await rule(nowhere, "service")).to.equal("contract");
  });

  // Age is reckoned as if born on the last day of the year: whoever turns 16 this year counts as 15.
  const MINORS = [
    ["DE", 2011, 2009, 16],
    ["GB", 2014, 2012, 13],
    ["CN", 2013, 2011, 14],
    ["TW", 2020, 2018, 7],
  ] as const;

  it("want a guardian's consent below each law's age, and take none but the person's own from there on", async () => {
    for (const [country, young, old, limit] of MINORS) {
      const child = await person(country, young);
      const alone = await grant(child, "analytics");
      expect(alone.records).to.have.length(1);
      const denied = await decide(child, "analytics", {}, "?explain=true&locale=en");
      expect([denied.allowed, denied.rule], country).to.deep.equal([false, "guardian-missing"]);
      expect(denied.detail, country).to.be.below(limit);
      expect(denied.sentences?.join(" "), country).to.contain("parent or guardian");
      await grant(child, "analytics", {
        guardian: { ref: "G-1", relation: "parent", method: "id-shown-in-shop" },
        actor: { kind: "guardian", ref: "G-1" },
      });
      expect(await rule(child, "analytics"), country).to.equal("consent-given");
      const grown = await person(country, old);
      await grant(grown, "analytics");
      expect(await rule(grown, "analytics"), country).to.equal("consent-given");
    }
  });

  it("ask again in person when a child whose guardian consented comes of age to consent", async () => {
    const child = await person("GB", 2013);
    await grant(child, "profiling", {
      guardian: { ref: "G-2", relation: "guardian", method: "court-order" },
    });
    expect(await rule(child, "profiling")).to.equal("consent-given");
    const later = new Date("2027-06-01T00:00:00Z").getTime() - clock.now().getTime();
    clock.advance(later);
    const grown = await decide(child, "profiling");
    clock.advance(-later);
    expect([grown.rule, grown.detail]).to.deep.equal(["guardian-consent-ended", 13]);
  });

  it("want an opt-in to sale and sharing below sixteen in California, a parent's below thirteen", async () => {
    const adult = await person("US-CA", 1990);
    expect(await rule(adult, "ads")).to.equal("not-refused");
    const teen = await person("US-CA", 2012);
    expect(await rule(teen, "ads")).to.equal("no-consent");
    await grant(teen, "ads");
    expect(await rule(teen, "ads")).to.equal("consent-given");
    const child = await person("US-CA", 2015);
    await grant(child, "ads");
    expect(await rule(child, "ads")).to.equal("guardian-missing");
  });

  it("want the separate consents that each law names, each by itself", async () => {
    const wanted = { sensitive: ["DE", "GB", "CN", "TW"], "cross-border": ["CN"], sharing: ["CN"] } as const;
    const purposeOf = { sensitive: "health", "cross-border": "abroad", sharing: "ads" } as const;
    for (const aspect of ["sensitive", "cross-border", "sharing"] as const) {
      const purpose = purposeOf[aspect];
      for (const [country] of REGIMES) {
        const memberId = await person(country, 1990);
        await grant(memberId, purpose);
        const to = aspect === "sharing" ? { recipient: "ads-partner" } : {};
        const before = await decide(memberId, purpose, to);
        const isWanted = (wanted[aspect] as readonly string[]).includes(country);
        const about = `${aspect} in ${country}`;
        if (!isWanted) {
          expect(before.rule, about).to.not.equal("separate-consent-missing");
          continue;
        }
        expect([before.rule, before.detail], about).to.deep.equal(["separate-consent-missing", aspect]);
        await grant(memberId, purpose, { separateConsent: aspect, ...to });
        const after = await decide(memberId, purpose, to);
        // China wants the transfer abroad consented apart as well: the partner is in another country.
        const next =
          aspect === "sharing" ? ["separate-consent-missing", "cross-border"] : ["consent-given", null];
        expect([after.rule, after.detail], about).to.deep.equal(next);
      }
    }
  });

  it("honour an opt-out signal in California until the member says otherwise with the conflict shown, or keeps a programme", async () => {
    const signal = async (memberId: string, card: string) => {
      const shop = await server.source({ name: "Shop", kind: "web", region: "US" });
      const sent = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
        key: shop.writeKey,
        headers: { "sec-gpc": "1" },
        body: {
          batch: [
            {
              type: "track",
              event: "Product Viewed",
              messageId: `gpc-${memberId}`,
              properties: { member_card: card },
            },
          ],
        },
      });
      expect(sent.body.results[0]?.status).to.equal("accepted");
      clock.advance(1_000);
    };
    for (const outcome of ["conflict-shown", "not-affirmed", "affirmed"] as const) {
      const { memberId, card } = await aMember(server);
      await tell(memberId, {
        state: "channel-opened",
        purpose: "*",
        channel: "app",
        country: "US-CA",
        birthYear: 1990,
      });
      expect(await rule(memberId, "ads")).to.equal("not-refused");
      await signal(memberId, card);
      expect(await rule(memberId, "ads")).to.equal("signal-gpc");
      expect(await rule(memberId, "analytics"), "a signal is about sale and sharing").to.equal("not-refused");
      const advice = await server.call<{ loyaltyPrompt: { ask: boolean; reason: string } }>(
        "GET",
        `/v1/members/${memberId}/asking?purpose=ads`,
      );
      expect(advice.body.loyaltyPrompt).to.deep.equal({ ask: true, reason: "signal-contradicts-programme" });
      if (outcome === "conflict-shown") {
        await grant(memberId, "ads");
        expect(await rule(memberId, "ads"), "without the conflict shown").to.equal("signal-gpc");
        await grant(memberId, "ads", { conflictShown: true });
        expect(await rule(memberId, "ads")).to.equal("consent-given");
        continue;
      }
      const prompted = await server.call("POST", `/v1/members/${memberId}/loyalty-prompts`, {
        body: { purpose: "ads", outcome },
      });
      expect(prompted.status, JSON.stringify(prompted.body)).to.equal(201);
      expect(await rule(memberId, "ads")).to.equal(outcome === "affirmed" ? "signal-gpc" : "not-refused");
    }
    const elsewhere = await aMember(server);
    await tell(elsewhere.memberId, { state: "channel-opened", purpose: "*", channel: "app", country: "GB" });
    await signal(elsewhere.memberId, elsewhere.card);
    await grant(elsewhere.memberId, "ads");
    expect(await rule(elsewhere.memberId, "ads")).to.equal("consent-given");
  });

  it("take an operator's own packs in place of the built-in ones and beside them", async () => {
    const listed = await server.call<{ regimes: { id: string; version: number; origin: string }[] }>(
      "GET",
      "/v1/regimes",
    );
    expect(listed.body.regimes.filter((r) => r.origin === "own").map((r) => [r.id, r.version])).to.deep.equal(
      [
        ["JP", 1],
        ["UK", 90],
      ],
    );
    const pack = await server.call<RegimePack>("GET", "/v1/regimes/UK");
    expect(pack.body.reask.afterRefusal.value).to.equal("P3M");
    expect((await server.call("GET", "/v1/regimes/FR")).status).to.equal(404);

    const briton = await person("GB", 1990);
    await tell(briton, { state: "refused", purpose: "marketing" });
    const asking = await server.call<{ notBefore: string }>(
      "GET",
      `/v1/members/${briton}/asking?purpose=marketing&channel=email`,
    );
    expect(asking.body.notBefore.slice(0, 7)).to.equal("2027-02");

    const japanese = await person("JP", 1990);
    const silent = await decide(japanese, "analytics", {}, "?explain=true&locale=en");
    expect([silent.regime, silent.rule]).to.deep.equal(["JP", "no-consent"]);
    expect(silent.sentences?.join(" ")).to.contain("under the rules of Japan");
    const { records } = await grant(japanese, "analytics");
    expect(await rule(japanese, "analytics")).to.equal("consent-given");
    const receipt = await server.call<string>(
      "GET",
      `/v1/consents/${records[0]?.id}/receipt?format=html&lang=zh-TW`,
    );
    expect(receipt.body).to.contain("日本");

    const lint = await server.call<{ findings: { message: string }[] }>("POST", "/v1/notices?preview=true", {
      body: {
        id: "own",
        purposes: ["analytics"],
        material: false,
        texts: { en: { title: "T", ask: "A", sections: {} } },
      },
    });
    expect(lint.body.findings.map((f) => f.message).join(" ")).to.contain("APPI Art. 32 (Japan)");
    const basis = (id: string) =>
      server.call<{ errors?: { code: string }[] }>("POST", "/v1/purposes?preview=true", {
        raw: JSON.stringify({ ...analytics, id: "basis", basisByRegime: { [id]: "contract" } }),
      });
    expect((await basis("JP")).status).to.equal(200);
    expect((await basis("FR")).body.errors?.[0]?.code).to.equal("unknown-regime");
  });

  it("answer for a past date by the packs that were in force then, and say which", async () => {
    const memberId = await person("JP", 1990);
    clock.advance(HOUR);
    const before = clock.now().toISOString();
    clock.advance(HOUR);
    const packs = withOwnPacks();
    const japan = packs.get("JP") as RegimePack;
    const { consent } = japan.defaults;
    const loosened = {
      ...japan,
      version: 2,
      defaults: { ...japan.defaults, consent: { ...consent, value: "opt-out" } },
    };
    const restarted = await startTestServer("consent-regimes-restarted", {
      clock,
      database: server.database,
      regimes: collectRegimes([...[...packs.values()].filter((p) => p.id !== "JP"), loosened]),
    });
    try {
      const ask = async (at?: string) => {
        const answer = await restarted.call<{ results: Answer[] }>("POST", "/v1/decisions", {
          body: { decisions: [{ memberId, purpose: "analytics" }], ...(at === undefined ? {} : { at }) },
        });
        return answer.body.results[0] as Answer;
      };
      const versionAt = async (at: string) => {
        const io = fakeIo({});
        const command = ["regimes", "show", "JP", "--at", at];
        await runCli(["node", "candor", "--url", restarted.url, "--key", ADMIN_KEY, ...command], io);
        return (JSON.parse(io.output.join("\n")) as RegimePack).version;
      };
      clock.advance(HOUR);
      const [then, now] = [await ask(before), await ask()];
      expect([then.allowed, then.rule, then.regimeVersion]).to.deep.equal([false, "no-consent", 1]);
      expect([now.allowed, now.rule, now.regimeVersion]).to.deep.equal([true, "not-refused", 2]);
      expect(then.regimeSha256)
        .to.match(/^[0-9a-f]{64}$/)
        .and.not.equal(now.regimeSha256);
      expect([await versionAt(before), await versionAt(clock.now().toISOString())]).to.deep.equal([1, 2]);
    } finally {
      await restarted.close();
    }
  });

  it("leave a refusal in peace for a year in California, and say so", async () => {
    const memberId = await person("US-CA", 1990);
    await tell(memberId, { state: "refused", purpose: "marketing" });
    const asked = await server.call<{ mayAsk: boolean; reason: string; notBefore: string }>(
      "GET",
      `/v1/members/${memberId}/asking?purpose=marketing&channel=email`,
    );
    expect(asked.body).to.include({ mayAsk: false, reason: "refusal-is-recent" });
    expect(asked.body.notBefore.slice(0, 7)).to.equal("2027-11");
  });

  it("make the first marketing contact on a channel offer a refusal, until one is known that did", async () => {
    for (const [country] of REGIMES) {
      const memberId = await person(country, 1990);
      await grant(memberId, "marketing", { channel: "sms" });
      const on = { channel: "sms" };
      const duty = async () => (await decide(memberId, "marketing", on, "?explain=true&locale=zh-TW")).duties;
      expect(await duty(), country).to.deep.equal(["offer-refusal"]);
      const note = (refusalOffered: boolean) =>
        server.call("POST", `/v1/members/${memberId}/contacts`, {
          body: { purpose: "marketing", channel: "sms", refusalOffered },
        });
      expect((await note(false)).status).to.equal(204);
      expect(await duty(), `${country}: a contact without offer`).to.deep.equal(["offer-refusal"]);
      const before = clock.now().toISOString();
      clock.advance(1_000);
      await note(true);
      expect(await duty(), country).to.deep.equal([]);
      expect(
        (await decide(memberId, "marketing", { ...on, at: before })).duties,
        `${country}, as of before`,
      ).to.deep.equal(["offer-refusal"]);
    }
    const silent = await person("TW", 1990);
    expect((await decide(silent, "marketing", { channel: "sms" })).duties).to.deep.equal([]);
  });

  it("let a guardian decide on the preference page by a link of their own, and the child not", async () => {
    const child = await person("TW", 2021);
    const { path: own } = await preferenceLink(server, child);
    const shown = await server.call<string>("GET", `${own}?lang=zh-TW`, { key: null });
    expect(shown.body).to.contain("法定代理人同意").and.not.contain("by-guardian");
    const turn = (path: string) =>
      server.call("POST", `${path}/choices`, {
        key: null,
        body: { purpose: "analytics", on: true, notice: "analytics/2" },
      });
    await turn(own);
    expect(await rule(child, "analytics")).to.equal("guardian-missing");
    const { path } = await preferenceLink(server, child, {
      guardian: { ref: "G-77", relation: "parent", method: "id-shown-in-shop" },
    });
    expect(Buffer.from(path, "utf8").toString()).to.not.contain("G-77");
    const token = Buffer.from(path.slice(3).split(".")[0] as string, "base64url").toString("latin1");
    expect(token).to.not.contain("G-77");
    const page = await server.call<string>("GET", `${path}?lang=zh-TW`, { key: null });
    expect(page.body).to.contain('id="by-guardian"');
    clock.advance(1_000);
    expect((await turn(path)).status).to.equal(200);
    expect(await rule(child, "analytics")).to.equal("consent-given");
    const said = await server.call<{ history: { state: string; actor: string; byGuardian: boolean }[] }>(
      "GET",
      `/v1/members/${child}/consents`,
    );
    expect(said.body.history[0]).to.include({ state: "given", actor: "guardian", byGuardian: true });
    const forged = `${path.slice(0, -30)}${"A".repeat(30)}`;
    expect((await server.call("GET", forged, { key: null })).status).to.equal(410);
  });
});
