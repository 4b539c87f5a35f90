import { mkdirSync } from "node:fs";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { DAY, fixedClock } from "../../src/kernel/clock.ts";
import {
  CONTROLLER,
  codeTo,
  joinMember,
  letters,
  recordingFulfilment,
} from "../integration/privacy/people.ts";
import { startTestServer, type TestServer } from "../setup/server.ts";
import { ARTIFACTS, CHROMIUM, isWide, LANGUAGES, launch, STILL, violations } from "./browser.ts";

describe("the request form in a browser", function () {
  this.timeout(180_000);
  const clock = fixedClock("2026-11-10T09:00:00Z");
  const fulfilment = recordingFulfilment();
  let server: TestServer;
  let browser: Browser;
  before(async function () {
    // A machine without a browser cannot show a page; the HTTP tests cover what the page does.
    if (CHROMIUM === undefined) this.skip();
    server = await startTestServer("request-browser", { clock, fulfilment });
    await server.call("PUT", "/v1/controller", { body: { ...CONTROLLER, publicUrl: server.url } });
    await joinMember(server, { number: "M-1", email: "mei@members.example" });
    mkdirSync(ARTIFACTS, { recursive: true });
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const pageOf = async (options: { script?: boolean; width?: number } = {}): Promise<Page> => {
    const context = await browser.newContext({
      javaScriptEnabled: options.script ?? false,
      bypassCSP: options.script ?? false,
      viewport: { width: options.width ?? 1440, height: 900 },
      ...STILL,
    });
    return context.newPage();
  };
  const faultsOf = async (path: string): Promise<string[]> => {
    const page = await pageOf({ script: true, width: 390 });
    await page.goto(path.startsWith("http") ? path : `${server.url}${path}`);
    const found = await violations(page);
    const wide = await isWide(page);
    await page.context().close();
    return [...found, ...(wide ? ["wider than the phone"] : [])];
  };
  const picture = async (page: Page, name: string) => {
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${ARTIFACTS}request-${name}-${width}.png`, fullPage: true });
    }
  };

  it("takes an erasure from the form to its second confirmation without any script", async () => {
    const page = await pageOf();
    await page.goto(`${server.url}/privacy?lang=en`);
    await picture(page, "form");
    await page.check('input[value="erasure"]');
    await page.fill('input[name="email"]', "mei@members.example");
    await page.click("main button.strong");
    await page.waitForLoadState();
    expect(await page.textContent("h1")).to.equal("Enter your code");
    const unproven = page.url();
    await picture(page, "code");
    await server.candor.privacy.requests.time.lookUp();
    await page.fill('input[name="code"]', "12");
    await page.click("main button.strong");
    expect(await page.textContent("[role=alert]")).to.contain("wrong");
    await page.fill('input[name="code"]', await codeTo(server, "mei@members.example"));
    await page.click("main button.strong");
    await page.waitForLoadState();
    expect(await page.textContent("h1")).to.equal("Your request");
    expect(await page.textContent("main")).to.contain("Being examined");
    const proven = page.url();
    expect(proven.split("?")[0], "another secret after the proof").to.not.equal(unproven.split("?")[0]);
    const old = await fetch(unproven);
    expect([old.status, (await old.text()).includes("Being examined")]).to.deep.equal([404, false]);

    const [row] = await server.candor.privacy.requests.list({ kind: "erasure", limit: 1 });
    const by = { actor: { kind: "system", id: "test" } } as const;
    const preview = await server.candor.privacy.requests.preview(row?.requestId ?? "");
    await server.candor.privacy.requests.approve(by, row?.requestId ?? "", {
      fingerprint: preview.fingerprint,
    });
    const [letter] = await letters(server, "request-confirm");
    const link = /https?:\/\/\S+\/privacy\/r\/\S+/.exec(letter?.text ?? "")?.[0] ?? "";
    await page.goto(link);
    await picture(page, "confirm");
    expect(fulfilment.calls).to.deep.equal([]);
    await page.click("#confirm button.strong");
    await page.waitForLoadState();
    expect(await page.textContent("main")).to.contain("We begin on 13 November 2026");
    expect(await faultsOf(link)).to.deep.equal([]);
    clock.advance(3 * DAY);
    await server.candor.privacy.requests.time.pass();
    await page.reload();
    expect(await page.textContent("main")).to.contain("Being carried out");
    clock.set("2026-11-10T09:00:00Z");
    await page.context().close();
  });

  it("hands over a copy: the passphrase by the page, the link by mail", async () => {
    const page = await pageOf();
    await page.goto(`${server.url}/privacy?lang=zh-TW&kind=access`);
    await page.fill('input[name="email"]', "mei@members.example");
    await page.click("main button.strong");
    await server.candor.privacy.requests.time.lookUp();
    await page.fill('input[name="code"]', await codeTo(server, "mei@members.example"));
    await page.click("main button.strong");
    await page.waitForLoadState();
    await picture(page, "status");
    const status = page.url();
    expect(await faultsOf(status)).to.deep.equal([]);
    await page.click("fieldset + label + p button.strong");
    await page.waitForLoadState();
    const secret = await page.textContent(".secret");
    expect(secret).to.match(/^([a-z2-9]{4}-){4}[a-z2-9]{4}$/);
    const [row] = await server.candor.privacy.requests.list({ kind: "access", limit: 1 });
    const requestId = row?.requestId ?? "";
    await server.candor.privacy.requests.approve({ actor: { kind: "system", id: "test" } }, requestId, {});
    expect(fulfilment.calls.at(-1)).to.equal("access passphrase");
    await server.database.db.tx((tx) =>
      server.candor.privacy.requests.listener.finished(tx, {
        requestId,
        runId: requestId,
        certificateId: requestId,
        outcome: "completed",
      }),
    );
    const [ready] = await letters(server, "request-ready");
    expect(ready?.text)
      .to.contain("/privacy/packages/package-token")
      .and.not.contain(secret ?? "?");
    await page.goto(status);
    expect(await page.getAttribute("a.action", "href")).to.equal("/privacy/packages/package-token");
    await page.context().close();
  });

  it("answers a stranger and a member alike until the address is proven, and opts out without proof", async () => {
    const bodies: string[] = [];
    for (const email of ["mei@members.example", "stranger@elsewhere.example"]) {
      const sent = await fetch(`${server.url}/privacy`, {
        method: "POST",
        redirect: "manual",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ kind: "access", email, country: "IE", lang: "en" }).toString(),
      });
      expect(sent.status).to.equal(303);
      await server.candor.privacy.requests.time.lookUp();
      const location = sent.headers.get("location") ?? "";
      const shown = await (await fetch(`${server.url}${location}`)).text();
      bodies.push(shown.replaceAll(/\/privacy\/r\/[\w-]+/g, ""));
    }
    expect(bodies[0]).to.equal(bodies[1]);
    const optOut = await fetch(`${server.url}/privacy`, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        kind: "opt-out",
        email: "mei@members.example",
        country: "US-CA",
      }).toString(),
    });
    expect(optOut.headers.get("location")).to.equal("/privacy/thanks?lang=en");
    await server.candor.privacy.requests.time.lookUp();
    const [done] = await server.candor.privacy.requests.list({ kind: "opt-out", limit: 1 });
    expect([done?.state, done?.regime]).to.deep.equal(["completed", "US-CA"]);
  });

  it("says what is missing, keeps what was picked and shows no address again", async () => {
    const page = await pageOf();
    await page.goto(`${server.url}/privacy?lang=en`);
    await page.check('input[value="rectification"]');
    await page.click("main button.strong");
    await page.waitForLoadState();
    const alert = await page.textContent("[role=alert]");
    expect(alert).to.contain("e-mail address").and.to.contain("what is to be corrected");
    expect(await page.isChecked('input[value="rectification"]')).to.equal(true);
    await page.context().close();
  });

  for (const locale of LANGUAGES)
    it(`passes axe and fits a phone in ${locale}`, async () => {
      expect(await faultsOf(`/privacy?lang=${locale}`)).to.deep.equal([]);
      expect(await faultsOf(`/privacy/thanks?lang=${locale}`)).to.deep.equal([]);
      expect(await faultsOf(`/privacy/r/nothing?lang=${locale}`)).to.deep.equal([]);
    });
});
