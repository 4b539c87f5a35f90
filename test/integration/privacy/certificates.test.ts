import { expect } from "chai";
import { BUILT_IN_REGIMES, citeIn, LOCALES, type Locale } from "../../../consent/index.ts";
import { sequenceAudit, verifyEvidence } from "../../../src/audit/index.ts";
import { DAY, fixedClock } from "../../../src/kernel/clock.ts";
import { sequenceChanges } from "../../../src/members/index.ts";
import { ANY_REQUEST_KINDS, type AnyRequestKind } from "../../../src/privacy/index.ts";
import { CLOSED, type RequestState } from "../../../src/privacy/requests/state.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, say } from "../consent/people.ts";
import { send, whoIs } from "../erasure/acts.ts";
import { aRecipient, follow, pull } from "../recipients/shop.ts";
import { CONTROLLER } from "./people.ts";

interface Shown {
  readonly id: string;
  readonly state: RequestState;
  readonly certificateId: string | null;
}
interface Certified {
  readonly certificate: {
    readonly kind: string;
    readonly outcome: string;
    readonly regime: string;
    readonly request: {
      readonly kind: string;
      readonly state: string;
      readonly answer: { readonly inTime: boolean; readonly provision: string };
      readonly refusal: { readonly ground: string; readonly provision: string } | null;
      readonly course: readonly { readonly act: string }[];
      readonly notices: readonly { readonly notice: string }[];
    };
    readonly exceptions: readonly { readonly code: string }[];
    readonly recipients: readonly { readonly recipientId: string; readonly state: string }[];
    readonly counts: Readonly<Record<string, number>>;
  };
  readonly since: {
    readonly told: number;
    readonly confirmed: number;
    readonly recipients: readonly { readonly recipientId: string; readonly state: string }[];
  } | null;
}

/** Only work of several steps can end with exceptions; the rest is done at once, or not at all. */
const IN_STEPS: ReadonlySet<AnyRequestKind> = new Set<AnyRequestKind>(["erasure", "access", "portability"]);
/** What the certificate of a request that ended without its wish is called, and what its asker was told. */
const UNDONE: Readonly<Partial<Record<RequestState, readonly [kind: string, notice: string]>>> = {
  denied: ["refusal", "denied"],
  withdrawn: ["withdrawn-request", "withdrawn"],
  expired: ["expired-request", "expired"],
  duplicate: ["duplicate-request", "duplicate"],
};
const TITLES: Readonly<Record<string, readonly [en: string, cn: string, tw: string]>> = {
  completed: ["Certificate of", "证明", "證明"],
  completed_with_exceptions: ["with exceptions", "存在例外", "存在例外"],
  denied: ["Certificate of a refusal", "不予办理证明", "不予准許證明"],
  withdrawn: ["Certificate of a withdrawn request", "请求撤回证明", "請求撤回證明"],
  expired: ["Certificate of a request that ran out", "请求逾期结束证明", "請求逾期結束證明"],
  duplicate: ["Certificate of a duplicate request", "重复请求证明", "重複請求證明"],
};

/** Every way in which each kind of request can end. */
const ENDS = ANY_REQUEST_KINDS.flatMap((kind) =>
  [...CLOSED]
    .filter((end) => end !== "completed_with_exceptions" || IN_STEPS.has(kind))
    .map((end) => [kind, end] as const),
);

async function* linesOf(text: string) {
  yield* text.split("\n");
}

describe("the certificates of requests", () => {
  const clock = fixedClock("2026-11-10T09:00:00Z");
  const ended = new Map<string, string>();
  let server: TestServer;
  let people = 0;
  let shop: { key: string; purpose: string };
  let mailer: { key: string; purpose: string };
  let list: { writeKey: string };

  const act = async (id: string, what: string, body: object = {}) => {
    const done = await server.call<Shown>("POST", `/v1/dsr/${id}/${what}`, { body });
    expect(done.status, `${what}: ${JSON.stringify(done.body)}`).to.equal(200);
    return done.body;
  };
  const file = async (body: object) => {
    const made = await server.call<Shown>("POST", "/v1/dsr", { body: { country: "IE", ...body } });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    return made.body;
  };
  const someone = async () => {
    const number = `CN-${++people}`;
    const email = `canary.${people}@members.example`;
    await send(server, list, [{ memberId: number, email, country: "IE", updatedAt: "2026-10-01T00:00:00Z" }]);
    return { memberId: (await whoIs(server, "member_id", number)) as string, email };
  };
  const wishes = (kind: AnyRequestKind) =>
    kind === "rectification" ? { corrections: [{ field: "firstName", value: "Canarina" }] } : {};

  /** Files a request of somebody new, with a refused one before it where it is an appeal. */
  const ask = async (kind: AnyRequestKind, more: object = {}) => {
    const { memberId, email } = await someone();
    const contact = { kind: "email", value: email };
    if (kind !== "appeal") return file({ kind, memberId, contact, ...wishes(kind), ...more });
    const refused = await file({ kind: "access", memberId, contact });
    await act(refused.id, "deny", { ground: "manifestly-excessive" });
    return file({ kind, appealOf: refused.id, memberId, contact, ...more });
  };
  /** A stranger's request, which nobody proves: what is due then runs out. */
  const askUnknown = async (kind: AnyRequestKind) => {
    const contact = { kind: "email", value: `stranger.${++people}@elsewhere.example` };
    if (kind !== "appeal") return file({ kind, contact, ...wishes(kind) });
    const refused = await file({ kind: "access", contact });
    await act(refused.id, "deny", { ground: "not-identified" });
    return file({ kind, appealOf: refused.id, contact });
  };
  const proven = { identity: { method: "account" } };
  const agent = { filer: "agent", representative: { name: "Canary & Co", proof: "A power of attorney" } };
  const delivery = { kind: "passphrase", passphrase: "a canary that is long enough" };

  const decide = async (kind: AnyRequestKind, isShared = false): Promise<string> => {
    const isPackage = kind === "access" || kind === "portability";
    const { id, state } = await ask(kind, { ...proven, ...(isPackage ? { delivery } : {}) });
    if (isShared) await pull(server, shop.key, "service");
    if (kind === "erasure") {
      const { body } = await server.call<{ fingerprint: string }>("GET", `/v1/dsr/${id}/preview`);
      await act(id, "approve", { fingerprint: body.fingerprint });
      await act(id, "confirm", { note: "by telephone", atOnce: true });
    } else if (state !== "completed") await act(id, "approve");
    return id;
  };
  const ends: Readonly<Record<string, (kind: AnyRequestKind) => Promise<string>>> = {
    completed: async (kind) => {
      const id = await decide(kind);
      await server.candor.fulfil.work();
      return id;
    },
    completed_with_exceptions: async (kind) => {
      const id = await decide(kind, kind === "erasure");
      // The recipient does not answer in time; nobody makes the package before its time is over.
      if (kind === "erasure") await server.candor.fulfil.work();
      clock.advance(90 * DAY);
      await server.candor.fulfil.purge();
      await server.candor.fulfil.work();
      return id;
    },
    denied: async (kind) => {
      const { id } = await ask(kind);
      await act(id, "deny", { ground: "manifestly-excessive", words: "Canary, for the ninth time." });
      return id;
    },
    withdrawn: async (kind) => {
      const { id } = await ask(kind);
      await act(id, "cancel");
      return id;
    },
    expired: async (kind) => {
      const { id } = await askUnknown(kind);
      clock.advance(60 * DAY);
      await server.candor.privacy.requests.time.pass();
      return id;
    },
    duplicate: async (kind) => {
      const { memberId, email } = await someone();
      const contact = { kind: "email", value: email };
      const filing = { kind, memberId, contact, ...wishes(kind), ...agent, ...proven };
      const refused = kind === "appeal" ? await file({ kind: "access", memberId, contact }) : null;
      if (refused !== null) await act(refused.id, "deny", { ground: "manifestly-excessive" });
      const appealed = refused === null ? {} : { appealOf: refused.id };
      const first = await file({ ...filing, ...appealed });
      const second = await file({ ...filing, ...appealed });
      await act(second.id, "duplicate", { of: first.id });
      return second.id;
    },
  };

  before(async () => {
    server = await startTestServer("certificates", { clock });
    expect((await server.call("PUT", "/v1/controller", { body: CONTROLLER })).status).to.equal(200);
    list = await server.source({
      name: "Members",
      kind: "members",
      region: "IE",
      identifiers: { email: { verified: true } },
    });
    const categories = ["contact", "identity"];
    shop = {
      ...(await aRecipient(server, { id: "desk", purposes: ["service"], categories })),
      purpose: "service",
    };
    for (const [kind, end] of ENDS) {
      clock.advance(1_000);
      ended.set(`${kind} ${end}`, (await ends[end]?.(kind)) as string);
      clock.set("2026-11-10T09:00:00Z");
    }
    mailer = {
      ...(await aRecipient(server, { id: "mailer", purposes: ["marketing"], categories })),
      purpose: "marketing",
    };
    while ((await sequenceAudit(server.database.db)) > 0);
    await server.candor.audit.signHead();
  });
  after(() => server.close());

  it("are handed to their asker by the link, once it was proven whose it is", async () => {
    const { requests } = server.candor.privacy;
    const linkOf = async (end: string) => {
      const row = await requests.find(ended.get(end) as string);
      return `/privacy/r/${(await requests.performer.part(row)).token}`;
    };
    const own = await linkOf("erasure completed");
    const status = await server.call<string>("GET", own, { key: null });
    expect(status.body).to.contain(`${own}/certificate?lang=en`);
    const page = await server.call<string>("GET", `${own}/certificate?lang=zh-TW`, { key: null });
    expect(page.body).to.contain("刪除證明").and.contain("已辦理完成");
    const signed = await server.call("GET", `${own}/certificate.json`, { key: null });
    const verdict = await verifyEvidence(linesOf(JSON.stringify(signed.body)));
    expect(verdict).to.include({ kind: "certificate", ok: true });
    const unproven = await linkOf("access expired");
    for (const path of [
      `${unproven}/certificate`,
      `${unproven}/certificate.json`,
      "/privacy/r/x/certificate",
    ])
      expect((await server.call("GET", path, { key: null })).status, path).to.equal(404);
  });

  describe("of what is done at once", () => {
    /** What recipients do about one request of each kind, and how its certificate calls that. */
    const NEWS = [
      ["restriction", {}, "open", "acknowledged"],
      ["objection", { purposes: ["marketing"] }, "open", "acknowledged"],
      ["rectification", wishes("rectification"), "told", "acknowledged"],
    ] as const;

    for (const [kind, more, atFirst, atLast] of NEWS)
      it(`counts the recipients told of ${kind}, does not wait for them, and tells who has confirmed since`, async () => {
        const { memberId, email } = await someone();
        expect(
          (await say(server, { ...aGrant(memberId, "marketing", { channel: "sms" }), country: "IE" })).status,
        ).to.equal(201);
        const before = await Promise.all(
          [shop, mailer].map(
            async ({ key, purpose }) => (await pull(server, key, purpose, "&channel=sms")).position,
          ),
        );
        const contact = { kind: "email", value: email };
        const { id, state } = await file({ kind, memberId, contact, ...more, ...proven });
        if (state !== "completed") await act(id, "approve");
        const { body: request } = await server.call<Shown>("GET", `/v1/dsr/${id}`);
        const read = async () =>
          (await server.call<Certified>("GET", `/v1/certificates/${request.certificateId}`)).body;
        const told = kind === "objection" ? ["mailer"] : ["desk", "mailer"];
        const { certificate, since } = await read();
        expect(certificate.recipients.map((r) => [r.recipientId, r.state])).to.deep.equal(
          told.map((name) => [name, atFirst]),
        );
        expect(certificate.counts).to.include({ recipientsTold: told.length, recipientsConfirmed: 0 });
        expect(since).to.include({ told: told.length, confirmed: 0 });

        clock.advance(1_000);
        while ((await sequenceChanges(server.database.db)) > 0);
        for (const [i, { key, purpose }] of [shop, mailer].entries()) {
          const { changes } = await follow(server, key, purpose, before[i] as string);
          const notices = changes.flatMap((c) => (c.kind === "tombstone" ? [c.notice] : []));
          if (notices.length > 0)
            await server.call("POST", "/v1/acknowledgements", { key, body: { notices } });
          const soFar = await read();
          expect(soFar.certificate, "what was signed stays").to.deep.equal(certificate);
          expect(soFar.since?.confirmed).to.equal(kind === "objection" ? i : i + 1);
        }
        expect((await read()).since?.recipients.map((r) => r.state)).to.deep.equal(told.map(() => atLast));
        const page = await server.call<string>(
          "GET",
          `/v1/certificates/${request.certificateId}/page?lang=en`,
        );
        expect(page.body)
          .to.contain(`${told.length} told, ${told.length} confirmed so far`)
          .and.contain("did not wait for their answers");
      });
  });

  for (const [kind, end] of ENDS)
    it(`proves ${kind} that is ${end}: what was decided, by what rule, and what its asker was told`, async () => {
      const id = ended.get(`${kind} ${end}`) as string;
      const { body: request } = await server.call<Shown>("GET", `/v1/dsr/${id}`);
      expect(request.state).to.equal(end);
      const got = await server.call<Certified>("GET", `/v1/certificates/${request.certificateId}`);
      const { certificate } = got.body;
      const [called, notice] = UNDONE[end] ?? [kind, end === "completed" ? null : "exceptions"];
      expect(certificate).to.include({ kind: called, outcome: end.replaceAll("_", "-"), regime: "EU" });
      expect(certificate.request).to.include({ kind, state: end });
      expect(certificate.request.answer.inTime).to.equal(
        end !== "expired" && end !== "completed_with_exceptions",
      );
      const told = certificate.request.notices.map((n) => n.notice);
      expect(told, "the answer itself").to.include(
        IN_STEPS.has(kind) && kind !== "erasure" && notice === null
          ? "ready"
          : kind !== "erasure" && notice === "exceptions"
            ? "lapsed"
            : (notice ?? "completed"),
      );
      expect(certificate.request.course[0]?.act).to.equal("receive");
      const ground = certificate.request.refusal;
      expect(ground?.ground ?? null).to.equal(end === "denied" ? "manifestly-excessive" : null);
      expect(certificate.exceptions.length > 0).to.equal(end === "completed_with_exceptions");
      expect(JSON.stringify(certificate), "nobody is named").to.not.match(
        /canary|members\.example|elsewhere\.example/i,
      );

      const verdict = await verifyEvidence(linesOf(JSON.stringify(got.body, null, 2)));
      expect(verdict.fails).to.deep.equal([]);
      expect([verdict.kind, verdict.notes]).to.deep.equal(["certificate", []]);

      const pack = BUILT_IN_REGIMES.get("EU");
      for (const [place, locale] of LOCALES.entries()) {
        const page = await server.call<string>(
          "GET",
          `/v1/certificates/${request.certificateId}/page?lang=${locale satisfies Locale}`,
        );
        expect(page.body).to.contain(TITLES[end]?.[place]);
        expect(page.body).to.contain(citeIn(locale, certificate.request.answer.provision, pack));
        expect(page.body).to.not.contain("undefined");
        // What was counted is told in the reader's words, never by the name of a table.
        if (locale !== "en") expect(/[a-z][a-z _-]+: \d+/.exec(page.body)?.[0]).to.equal(undefined);
        if (ground !== null) expect(page.body).to.contain(citeIn(locale, ground.provision, pack));
      }
    });
});
