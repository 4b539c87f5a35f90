import { createPublicKey, type JsonWebKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { verifyReceipt } from "../../consent/index.ts";
import { runCli } from "../../src/cli/index.ts";
import { openBrowser, openPage } from "../browser/browser.ts";
import { A_SHOP } from "../integration/consent/shop.ts";
import { type Change, follow, pull } from "../integration/recipients/shop.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../setup/server.ts";
import { fakeIo } from "../unit/cli/fake-io.ts";

/** The tour of docs/tour-consent.md, step by step, by its own commands where it gives commands. */
describe("a notice, a consent, a withdrawal, and the proof", function () {
  this.timeout(180_000);
  let server: TestServer;
  let browser: Browser | null;
  const folder = mkdtempSync(join(tmpdir(), "candor-tour-"));
  before(async () => {
    server = await startTestServer("journey-consent", { workers: true });
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const candor = async (...args: string[]) => {
    const io = fakeIo({});
    const code = await runCli(["node", "candor", "--url", server.url, "--key", ADMIN_KEY, ...args], io);
    expect(code, io.notes.join("\n")).to.equal(0);
    return { out: io.output.join("\n"), notes: io.notes.join("\n") };
  };
  const recipient = async (id: string, purposes: string[], categories: string[]): Promise<string> => {
    const contact = `ops@${id}.example`;
    const made = await server.call("POST", "/v1/recipients", {
      body: { id, name: id, role: "processor", country: "TW", purposes, categories, contact },
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    const key = await server.call<{ secret: string }>("POST", `/v1/recipients/${id}/keys`, {
      body: { name: "tour" },
    });
    return key.body.secret;
  };
  /** One switch of the page, turned by whoever looks at it; without a browser by the form that the page holds. */
  const turn = async (path: string, card: string, channel: string | null): Promise<string> => {
    if (browser !== null) {
      const page = await openPage(browser, `${server.url}${path}?lang=en`, { javaScriptEnabled: false });
      const form =
        channel === null
          ? `#p-${card} .alone .switch`
          : `#p-${card} form:has(input[name=channel][value=${channel}]) .switch`;
      await page.click(form);
      const said = (await page.textContent("[role=status]")) ?? "";
      await page.context().close();
      return said;
    }
    const shown = await (await fetch(`${server.url}${path}?lang=en`)).text();
    const fields = [...shown.matchAll(/<form[^>]*>(.*?)<\/form>/gs)]
      .map(([, form = ""]) => ({
        form,
        fields: new URLSearchParams(
          [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(
            ([, name = "", value = ""]): [string, string] => [name, value],
          ),
        ),
      }))
      .find(({ fields: f }) => f.get("purpose") === card && f.get("channel") === channel)?.fields;
    const answer = await fetch(`${server.url}${path}`, { method: "POST", body: fields ?? null });
    return /role="status">([^<]*)</.exec(await answer.text())?.[1] ?? "";
  };
  /** What a feed tells after a position, once it tells what is waited for. */
  const told = async (key: string, purpose: string, after: string, wanted: (c: Change) => boolean) => {
    const began = performance.now();
    for (;;) {
      const { changes } = await follow(server, key, purpose, after);
      if (changes.some(wanted)) return changes;
      if (performance.now() - began > 60_000) expect.fail(`the feed for ${purpose} does not tell of it`);
    }
  };

  it("are walked by a newcomer with the tour in hand", async () => {
    // 1. Who we are, and the words of a notice.
    const company = await server.call("PUT", "/v1/controller", {
      body: { ...A_SHOP, publicUrl: server.url },
    });
    expect(company.status, JSON.stringify(company.body)).to.equal(200);
    const file = join(folder, "analytics.yaml");
    writeFileSync(file, (await candor("notices", "show", "analytics")).out);
    const words = readFileSync(file, "utf8");
    expect(words).to.contain("Lantern & Leaf");
    writeFileSync(
      file,
      words.replace("to improve your shops and site", "to improve your shops, site and app"),
    );
    const short = join(folder, "short.yaml");
    writeFileSync(
      short,
      words
        .split("\n")
        .filter((line) => !line.trimStart().startsWith("retention:"))
        .join("\n"),
    );
    const lacking = await candor("notices", "publish", short);
    expect(lacking.out).to.contain("PDPA Art. 8(1)(4) (Taiwan)").and.contain("GDPR Art. 13(2)(a)");
    expect(lacking.notes).to.contain("nor would --yes publish it");
    expect((await candor("notices", "publish", file)).notes).to.contain("Nothing has been published");
    expect((await candor("notices", "publish", file, "--yes")).out).to.contain(
      "Published analytics version 3.",
    );

    // 2. A member and two recipients; nobody has agreed to anything.
    const members = join(folder, "members.ndjson");
    writeFileSync(
      members,
      `${JSON.stringify({ memberId: "M-2001", firstName: "Ada", lastName: "Example", phone: "0912 345 678", city: "Taipei", updatedAt: "2026-11-01T00:00:00Z" })}\n`,
    );
    await candor("source", "add", "Members", "--kind", "members", "--locale", "zh-TW", "--region", "TW");
    await candor("ingest", "Members", members);
    const member = /Member (\S+)/.exec((await candor("profile", "member_id", "M-2001")).out)?.[1] as string;
    const mailer = await recipient("mailer", ["marketing"], ["identity", "contact"]);
    const bi = await recipient("bi", ["analytics"], ["transaction", "location"]);
    expect((await candor("explain", member, "marketing", "--channel", "sms")).out).to.contain("Not allowed.");
    expect((await pull(server, mailer, "marketing")).profiles).to.have.length(0);
    expect((await pull(server, bi, "analytics")).profiles).to.have.length(0);

    // 3. She agrees on the preference page; each recipient is given her as what it is for, under an id of its own.
    const link = await server.call<{ path: string }>("POST", `/v1/members/${member}/preference-link`, {
      body: { ttlSeconds: 3_600 },
    });
    const { path } = link.body;
    expect(await turn(path, "marketing", "sms")).to.equal("Turned on: News and offers · Text message.");
    expect(await turn(path, "analytics", null)).to.equal("Turned on: Understanding how our shops are used.");
    const forMail = await pull(server, mailer, "marketing");
    const forBi = await pull(server, bi, "analytics");
    const [mailed, counted] = [forMail.profiles[0], forBi.profiles[0]];
    expect(mailed?.fields).to.deep.equal({ firstName: "Ada", lastName: "Example", phone: "0912 345 678" });
    expect(counted?.fields).to.deep.equal({ city: "Taipei" });
    expect(counted?.member).to.not.equal(mailed?.member);

    // 4. She changes her mind: gone from one feed, as she was in the other.
    expect(await turn(path, "marketing", "sms")).to.equal("Turned off: News and offers · Text message.");
    const changes = await told(mailer, "marketing", forMail.position, (c) => c.kind === "tombstone");
    expect(changes.map((c) => [c.kind, c.member, c.reason])).to.deep.equal([
      ["tombstone", mailed?.member, "withdrawn"],
    ]);
    expect((await pull(server, mailer, "marketing")).profiles).to.have.length(0);
    const stays = await told(bi, "analytics", forBi.position, (c) => c.kind === "upsert");
    expect(stays.map((c) => [c.kind, c.member])).to.deep.equal([["upsert", counted?.member]]);
    expect((await pull(server, bi, "analytics")).profiles.map((l) => l.fields)).to.deep.equal([
      { city: "Taipei" },
    ]);

    // 5. The proof: the reason in a sentence, an unbroken chain, a receipt on paper and one that anybody can check.
    const why = (await candor("explain", member, "marketing", "--channel", "sms")).out;
    expect(why).to.contain("The member withdrew consent to “News and offers”");
    expect((await candor("explain", member, "analytics")).out).to.contain("notice “analytics” version 3");
    const entry = /entry ([0-9a-f-]{36})/.exec(why)?.[1] as string;
    const ledger = await server.call<{ chains: Record<string, { kind: string; length: number }> }>(
      "GET",
      `/v1/members/${member}/consents?verify=true`,
    );
    expect(Object.values(ledger.body.chains).map((c) => [c.kind, c.length])).to.deep.equal([["intact", 3]]);
    const paper = await server.call<string>("GET", `/v1/consents/${entry}/receipt?format=html&lang=en`);
    expect(paper.body).to.contain("withdrawn").and.contain("on the preference page");
    // Kept as a file it looks the same: it loads nothing; and the words of a yes are there to be printed.
    expect(paper.body).to.contain("<style>").and.not.contain('<link rel="stylesheet"');
    const agreed = ((await candor("explain", member, "analytics")).out.match(/entry ([0-9a-f-]{36})/) ??
      [])[1];
    const yes = await server.call<string>("GET", `/v1/consents/${agreed}/receipt?format=html&lang=en`);
    expect(yes.body).to.contain("<details open>").and.contain("to improve your shops, site and app");
    const signed = await server.call<{ jws: string }>("GET", `/v1/consents/${entry}/receipt?format=kantara`);
    const { keys } = (
      await server.call<{ keys: (JsonWebKey & { kid: string })[] }>("GET", "/.well-known/jwks.json", {
        key: null,
      })
    ).body;
    const genuine = await verifyReceipt(signed.body.jws, (kid) => {
      const jwk = keys.find((k) => k.kid === kid);
      return jwk === undefined ? null : createPublicKey({ key: jwk, format: "jwk" });
    });
    expect(genuine.kind).to.equal("genuine");
    const register = await server.call<{ disclosures: { reader: { id: string }; purpose: string }[] }>(
      "GET",
      `/v1/members/${member}/disclosures`,
    );
    expect(new Set(register.body.disclosures.map((d) => `${d.reader.id} ${d.purpose}`))).to.include.all.keys(
      "mailer marketing",
      "bi analytics",
    );
  });
});
