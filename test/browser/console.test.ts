import { expect } from "chai";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { wordOf } from "../../web/src/codes/code-words.ts";
import { IDENTITY_METHODS } from "../../web/src/codes/kinds.ts";
import { PROBLEM_WORDS } from "../../web/src/codes/problems.ts";
import { aMember } from "../integration/consent/people.ts";
import { openShop } from "../integration/consent/shop.ts";
import { startOpenIdProvider } from "../setup/openid-provider.ts";
import { startTestServer, type TestServer } from "../setup/server.ts";
import { CHROMIUM, LANGUAGES, launch, STILL, violations, WCAG } from "./browser.ts";
import { invite, PASSWORD } from "./staff-browser.ts";

/** The words of an area of the console in a language. Its modules are for browsers: they are only read here. */
async function wordsOf(area: string, name: string, locale: string): Promise<(key: string) => string> {
  const module = new URL(`../../web/src/areas/${area}/words.ts`, import.meta.url).href;
  const read = (await import(module)) as Record<string, Record<string, Record<string, string>>>;
  return (key) => read[name]?.[locale]?.[key] ?? "";
}

/** A button by its words; two Chinese characters stand apart on it. */
function button(inside: Page | Locator, words: string): Locator {
  return inside.locator("button", { hasText: new RegExp(`^\\s*${[...words].join("\\s*")}\\s*$`) });
}

describe("the console in a browser", function () {
  this.timeout(240_000);
  let server: TestServer;
  let browser: Browser;
  let memberId: string;

  before(async function () {
    if (CHROMIUM === undefined) this.skip();
    server = await startTestServer("console-browser", { workers: true });
    await openShop(server);
    memberId = (await aMember(server, { email: "console@candor.example" })).memberId;
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  /** A browser of its own, which notes everything that a page does wrong. */
  const open = async (options: { locale?: string } = {}) => {
    const context: BrowserContext = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: options.locale ?? "en-GB",
      ...STILL,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const wrong: string[] = [];
    page.on("console", (m) => m.type() === "error" && wrong.push(m.text()));
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(server.url) && !/^(data|blob):/.test(url)) wrong.push(`foreign request: ${url}`);
    });
    return { page, wrong, close: () => context.close() };
  };
  const logIn = async (page: Page, email: string) => {
    await page.goto(`${server.url}/`);
    await page.fill('input[type="email"]', email);
    await page.fill('input[type="password"]', PASSWORD);
    await page.click('button[type="submit"]');
    await page.waitForSelector("#main h1");
  };
  const settled = async (page: Page) => {
    await page.waitForSelector("#main h1");
    await page.waitForLoadState("networkidle");
    await page.waitForSelector(".ant-skeleton, .ant-spin-spinning", { state: "detached" });
  };

  it("lets the first administrator in by the printed link, and then asks for the password", async () => {
    const fresh = await startTestServer("console-first");
    const { page, wrong, close } = await open({ locale: "zh-TW" });
    const token = await fresh.candor.staff.firstLink();
    await page.goto(`${fresh.url}/set-up#${token}`);
    await page.fill('input[autocomplete="name"]', "Kim");
    await page.fill('input[type="email"]', "kim@candor.example");
    await page.fill('input[type="password"]', PASSWORD);
    await page.click('button[type="submit"]');
    await page.waitForSelector("#main h1");
    expect(await page.getAttribute("html", "lang")).to.equal("zh-TW");
    expect(await page.textContent("#main h1")).to.contain("Kim");
    await close();
    const again = await open();
    await again.page.goto(`${fresh.url}/console/staff`);
    await again.page.waitForSelector('input[type="password"]');
    await again.close();
    await fresh.close();
    expect(wrong.filter((w) => !w.startsWith("foreign request"))).to.deep.equal([]);
  });

  it("keeps what somebody types at the log-in while the words of its parts are still under way", async () => {
    const { page, wrong, close } = await open({ locale: "zh-TW" });
    let letCome = () => {};
    const came = new Promise<void>((resolve) => {
      letCome = resolve;
    });
    let held = 0;
    await page.route(/\/zh_TW-[^/]+\.js$/, async (route) => {
      held++;
      await came;
      await route.continue();
    });
    await page.goto(`${server.url}/`);
    await page.fill('input[type="email"]', "slow@candor.example");
    const arrived = page.waitForResponse(/\/zh_TW-[^/]+\.js$/);
    letCome();
    await (await arrived).finished();
    await page.waitForLoadState("networkidle");
    expect(held).to.be.greaterThan(0);
    expect(await page.inputValue('input[type="email"]')).to.equal("slow@candor.example");
    expect(wrong).to.deep.equal([]);
    await close();
  });

  it("offers each role the pages of its work, and no others", async () => {
    const expected: Readonly<Record<string, { sees: readonly string[]; not: readonly string[] }>> = {
      compliance: {
        sees: ["requests", "members", "recipients", "audit", "retention"],
        not: ["staff", "keys", "cases"],
      },
      cx: { sees: ["members", "surveys", "cases", "loyalty"], not: ["requests", "audit", "staff"] },
      store: { sees: ["cases"], not: ["members", "requests", "quarantine", "surveys"] },
      analyst: { sees: ["surveys", "loyalty", "sources"], not: ["members", "requests", "cases"] },
      auditor: { sees: ["audit", "requests", "data-map"], not: ["members", "surveys", "staff"] },
    };
    for (const [role, { sees, not }] of Object.entries(expected)) {
      const { page, close } = await open();
      await logIn(page, await invite(server, role));
      const paths = await page.$$eval("nav a[href^='/console/']", (links) =>
        links.map((link) => (link.getAttribute("href") as string).replace("/console/", "")),
      );
      expect(paths, role).to.include.members([...sees]);
      expect(
        paths.filter((path) => not.includes(path)),
        role,
      ).to.deep.equal([]);
      await page.goto(`${server.url}/console/${not[0]}`);
      await page.waitForSelector(".ant-result-404");
      await close();
    }
  });

  it("hides who a member is until an officer says why", async () => {
    const { page, close } = await open();
    await logIn(page, await invite(server, "compliance"));
    await page.goto(`${server.url}/console/members/${memberId}?purpose=service`);
    await settled(page);
    expect(await page.textContent("#main")).not.to.contain("console@candor.example");
    await page.click("text=Show personal fields");
    await page.click(".ant-modal-footer button.ant-btn-primary, .ant-modal-container button.ant-btn-primary");
    await page.waitForSelector("text=console@candor.example");
    const log = await server.call<{ items: { entry: string }[] }>(
      "GET",
      "/v1/audit?action=profile.revealed.request",
    );
    await close();
    expect(log.status).to.equal(200);
  });

  for (const locale of LANGUAGES)
    it(`takes a letter from arrival to its certificate, with a second person who approves, in ${locale}`, async () => {
      const t = await wordsOf("requests", "REQUESTS", locale);
      const people = await wordsOf("people", "PEOPLE", locale);
      const parts = await wordsOf("../parts", "PARTS", locale);
      const known = await server.call<{
        purposes: { id: string; name: Record<string, string> }[];
      }>("GET", "/v1/purposes");
      const purpose = known.body.purposes.find((p) => p.id === "legal-obligation")?.name[locale] as string;
      const email = `letter-${locale.toLowerCase()}@candor.example`;
      const { memberId: asker } = await aMember(server, { email });
      const first = await open({ locale });
      const { page } = first;
      await logIn(page, await invite(server, "compliance"));
      await page.goto(`${server.url}/console/requests`);
      await settled(page);
      await button(page, t("file")).click();
      const dialog = page.locator(".ant-modal");
      await dialog.locator('input[id="contact"]').fill(email);
      await button(dialog, t("save")).click();
      await page.waitForURL(/requests\/[0-9a-f-]{36}/);
      await settled(page);
      await button(page, t("establish")).click();
      await button(dialog, parts("pickMember")).click();
      const finding = page.locator(".ant-modal", { hasText: parts("pickMemberText") });
      await finding.locator(".ant-select").first().click();
      await page.locator(".ant-select-item", { hasText: purpose }).click();
      await finding.locator('input[id="value"]').fill(email);
      await finding.locator('button[type="submit"]').click();
      await finding.waitFor({ state: "detached" });
      expect(await dialog.locator("a").textContent()).to.equal(asker);
      await dialog.locator(".ant-select").click();
      await page
        .locator(".ant-select-item", { hasText: wordOf(IDENTITY_METHODS, "in-person", locale) })
        .click();
      await button(dialog, t("establish")).click();
      await button(page.locator("#main"), t("approve")).click();
      await dialog.locator('input[type="password"]').fill("a passphrase for the package");
      await button(dialog, t("approve")).click();
      await page
        .locator(".ant-alert", { hasText: wordOf(PROBLEM_WORDS, "approval-required", locale) })
        .waitFor();
      const id = page.url().match(/requests\/([0-9a-f-]{36})/)?.[1] as string;

      const second = await open({ locale });
      await logIn(second.page, await invite(server, "compliance"));
      await second.page.goto(`${server.url}/console/approvals`);
      await settled(second.page);
      const asked = second.page.locator("tr", { hasText: id });
      await button(asked, people("approve")).click();
      await asked.locator(".ant-tag", { hasText: people("approved") }).waitFor();
      await second.close();

      await button(dialog, t("approve")).click();
      await dialog.waitFor({ state: "detached" });
      // The package is made in the background; the page shows its steps, and at their end the certificate.
      const link = page.locator('a[href^="/v1/certificates/"]');
      await link.waitFor({ timeout: 60_000 });
      const [certificate] = await Promise.all([page.context().waitForEvent("page"), link.click()]);
      await certificate.waitForLoadState();
      expect(await certificate.textContent("body")).to.contain(id);
      await certificate.close();
      const shown = await server.call<{ history: { act: string }[] }>("GET", `/v1/dsr/${id}`);
      await first.close();
      expect(shown.body.history.map((h) => h.act)).to.include("approve");
      expect(first.wrong.filter((w) => !/403/.test(w))).to.deep.equal([]);
    });

  it("lets people in by the company's own provider, and says why it lets somebody not", async () => {
    let issuer = "";
    const company = await startTestServer("console-sign-on", {
      signOn: {
        get issuer() {
          return issuer;
        },
        get redirectUri() {
          return `${company.url}/sign-on`;
        },
        clientId: "candor-console",
        clientSecret: "a-secret-between-the-two-of-them",
        name: "Example Accounts",
        scope: "openid email profile",
        roleClaim: null,
        roles: [],
        storeClaim: null,
      },
    });
    const provider = await startOpenIdProvider(() => `${company.url}/sign-on`);
    ({ issuer } = provider);
    await company.call("POST", "/v1/staff", {
      body: { email: "kim@candor.example", name: "Kim Lee", role: "compliance" },
    });
    provider.people.set("kim", { email: "kim@candor.example", email_verified: true });
    provider.people.set("stranger", { email: "stranger@candor.example", email_verified: true });
    const { page, close } = await open();
    const signOn = async (page: Page, login: string) => {
      await page.goto(company.url);
      await page.click("text=Log in with Example Accounts");
      await page.fill('input[name="login"]', login);
      await page.click('button[value="go"]');
    };
    await signOn(page, "stranger");
    await page.waitForSelector("text=Nobody has invited you here yet");
    expect(page.url(), "the answer is not left in the address").to.equal(`${company.url}/sign-on`);
    expect(await violations(page, WCAG)).to.deep.equal([]);
    await page.click("text=Back to the log-in");
    await page.waitForSelector('input[type="password"]');
    await close();
    // Another browser: the provider remembers who logged in there.
    const kim = await open();
    await signOn(kim.page, "kim");
    await kim.page.waitForSelector("#main h1");
    expect(await kim.page.textContent("#main h1")).to.contain("Kim");
    await kim.close();
    await provider.close();
    await company.close();
  });
});
