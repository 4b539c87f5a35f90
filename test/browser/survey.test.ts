import { createServer } from "node:http";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { sql } from "../../src/db/index.ts";
import { TEMPLATES } from "../../surveys/index.ts";
import { anInvitation, anOpenLink, aSurvey } from "../integration/surveys/a-survey.ts";
import { startTestServer, type TestServer } from "../setup/server.ts";
import { CHROMIUM, LANGUAGES, launch, STILL, violations } from "./browser.ts";

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
      ...STILL,
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

  it("is answered inside a page of another origin that puts the widget in, and tells that page when it is done", async () => {
    const link = await anOpenLink(server, "visit");
    const shop = createServer((_request, answer) => {
      answer.setHeader("content-type", "text/html; charset=utf-8").end(`<!doctype html><html lang="en">
        <title>Shop</title><h1>Our shop</h1>
        <script>addEventListener("candor-survey-done", () => { document.title = "Thanked"; }, true);</script>
        <script src="${server.url}/assets/survey-widget.js" data-link="${link}" data-lang="zh-TW" defer></script></html>`);
    });
    await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
    const address = shop.address();
    // Another site, not just another port: browsers resolve names under localhost to this machine by themselves.
    const origin = `http://shop.localhost:${typeof address === "object" ? address?.port : 0}`;
    await server.call("PATCH", "/v1/surveys/visit", {
      body: { access: { open: true, embedOrigins: [origin] } },
    });
    const before = await responses();
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...STILL });
    try {
      const page = await context.newPage();
      await page.goto(origin);
      const survey = page.frameLocator("iframe");
      expect(await survey.locator("html").getAttribute("lang")).to.equal("zh-TW");
      await survey.locator('.rating label:has-text("5")').click();
      await survey.locator("button.action").click();
      await page.waitForFunction("document.title === 'Thanked'");
      expect(await survey.locator("[data-done]").count()).to.equal(1);
      expect(await responses()).to.equal(before + 1);
    } finally {
      await context.close();
      await new Promise((resolve) => shop.close(resolve));
    }
  });

  it("takes a signature that is drawn, and hands in what was drawn", async () => {
    const signed = await aSurvey(server, "receipt", {
      class: "research",
      definition: { elements: [{ type: "signaturepad", name: "sign", title: "Please sign" }] },
      metrics: [],
      contact: undefined,
    });
    const { path, invitationId } = await anInvitation(server, "receipt", signed);
    const { page, close } = await open(path);
    const area = await page.locator("canvas.sign").boundingBox();
    if (area === null) throw new Error("there is nowhere to sign");
    await page.mouse.move(area.x + 20, area.y + 20);
    await page.mouse.down();
    await page.mouse.move(area.x + area.width - 20, area.y + area.height - 20, { steps: 5 });
    await page.mouse.up();
    const drawn = await page.inputValue("[data-upload=signature] input[type=hidden]");
    await page.click("button.action");
    await page.waitForSelector("[data-done]");
    await close();
    const { db } = server.database;
    const [row] = await db.query<{ id: string }>(
      sql`select response_id as id from survey_response where invitation_id = ${invitationId}::uuid and state = 'complete'`,
    );
    const answers = await server.candor.surveys.doors.openAnswers(db, [row?.id ?? ""]);
    expect(drawn).to.match(/^data:image\/png;base64,/);
    expect(answers.get(row?.id ?? "")).to.deep.equal({ sign: drawn });
  });
});
