import { expect } from "chai";
import type { Browser } from "playwright-core";
import { sql } from "../../src/db/index.ts";
import { TEMPLATES } from "../../surveys/index.ts";
import { anInvitation, anOpenLink, aSurvey } from "../integration/surveys/a-survey.ts";
import { startTestServer, type TestServer } from "../setup/server.ts";
import { CHROMIUM, LANGUAGES, launch, violations } from "./browser.ts";

describe("a survey in a browser", function () {
  this.timeout(180_000);
  let server: TestServer;
  let browser: Browser;
  let version: number;
  before(async function () {
    // A machine without a browser cannot show a page; the HTTP tests cover what the page does.
    if (CHROMIUM === undefined) this.skip();
    server = await startTestServer("survey-browser");
    const [relational, ...others] = TEMPLATES;
    version = await aSurvey(server, "relational", {
      ...relational?.survey,
      access: { brand: { accent: "#c2185b" } },
    });
    await aSurvey(server, "visit", { ...others[2]?.survey, contact: undefined });
    await aSurvey(server, "idea", others[6]?.survey);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const open = async (path: string, options: { width?: number; dark?: boolean; script?: boolean } = {}) => {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 390, height: 844 },
      colorScheme: options.dark === true ? "dark" : "light",
      javaScriptEnabled: options.script ?? true,
    });
    const page = await context.newPage();
    const foreign: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith("data:"))
        foreign.push(request.url());
    });
    await page.goto(`${server.url}${path}`);
    return { page, foreign, close: () => context.close() };
  };
  const responses = async () =>
    (
      await server.database.db.query<{ n: number }>(
        sql`select count(*)::int as n from survey_response where state = 'complete'`,
      )
    )[0]?.n ?? 0;

  it("has no accessibility violation, no sideways scrolling and no request elsewhere, at both widths in three languages", async () => {
    const visit = await anOpenLink(server, "visit");
    const { path } = await anInvitation(server, "relational", version);
    for (const lang of LANGUAGES)
      for (const [width, dark] of [
        [390, true],
        [1440, false],
      ] as const)
        for (const at of [
          `${path}?lang=${lang}&a=8`,
          `${visit}?lang=${lang}`,
          `/survey-receipt?lang=${lang}`,
        ]) {
          const { page, foreign, close } = await open(at, { width, dark });
          const where = `${at} at ${width}`;
          expect(await violations(page), where).to.deep.equal([]);
          expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where).to.equal(
            true,
          );
          expect(await page.getAttribute("html", "lang"), where).to.equal(lang);
          expect(foreign, where).to.deep.equal([]);
          await close();
        }
  });

  it("is answered without script", async () => {
    const before = await responses();
    const { path } = await anInvitation(server, "relational", version);
    const { page, close } = await open(`${path}?a=9`, { script: false });
    await page.click("button.action");
    await page.click("button.action");
    expect(await page.textContent("h1")).to.equal("Thank you");
    expect(await responses()).to.equal(before + 1);
    await close();
  });

  it("brings up what an answer asks for, and keeps answers while the connection is away", async () => {
    const before = await responses();
    const { page, close } = await open(await anOpenLink(server, "visit"));
    await page.click('.rating label:has-text("2")');
    await page.click('label:has-text("Partly")');
    await page.waitForSelector('label:has-text("What was missing?")');
    await page.fill("textarea >> nth=0", "The blue ones");
    await page.context().setOffline(true);
    await page.click("button.action");
    await page.waitForSelector('.status:has-text("No connection")');
    expect(await page.inputValue("textarea >> nth=0")).to.equal("The blue ones");
    expect(await responses()).to.equal(before);
    await page.context().setOffline(false);
    await page.waitForSelector("[data-done]");
    expect(await responses()).to.equal(before + 1);
    await close();
  });

  it("gives a receipt for an anonymous answer, by which it is withdrawn", async () => {
    const { page, close } = await open(await anOpenLink(server, "idea"));
    await page.click(".rating label:nth-child(4)");
    await page.click("button.action");
    const receipt = await page.textContent(".receipt code");
    expect(await violations(page)).to.deep.equal([]);
    await page.click(".receipt a");
    await page.fill("#code", receipt ?? "");
    await page.click("button.action");
    expect(await page.textContent("[role=status]")).to.contain("deleted");
    await close();
  });

  it("stands inside a shop's page only where the survey allows it", async () => {
    const link = await anOpenLink(server, "visit");
    const policy = async () => (await fetch(`${server.url}${link}`)).headers.get("content-security-policy");
    expect(await policy()).to.contain("frame-ancestors 'none'");
    await server.call("PATCH", "/v1/surveys/visit", {
      body: { access: { open: true, embedOrigins: ["https://shop.example"] } },
    });
    expect(await policy()).to.contain("frame-ancestors https://shop.example");
  });
});
