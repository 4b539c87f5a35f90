import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { startTestServer, type TestServer } from "../setup/server.ts";
import { CHROMIUM, field, launch, STILL } from "./browser.ts";
import { openShopWithBuyers } from "./buyers.ts";
import { choose, PASSWORD } from "./staff-browser.ts";

const BUYERS = 7;

/** docs/tour-surveys.md, step by step, as its reader clicks through it. */
describe("the tour of surveys in a browser", function () {
  this.timeout(240_000);
  let server: TestServer;
  let browser: Browser;
  let page: Page;

  before(async function () {
    if (CHROMIUM === undefined) this.skip();
    server = await startTestServer("survey-tour", { workers: true });
    const cards = [...Array(BUYERS).keys()].map((i) => ({ card: `BUYER-${i}`, daysAgo: 2 }));
    await openShopWithBuyers(server, "T01", [...cards, { card: "LONG-AGO", daysAgo: 30 }]);
    browser = await launch();
    const made = await server.call<{ link: string }>("POST", "/v1/staff", {
      body: { email: "newcomer@candor.example", name: "Newcomer", role: "admin" },
    });
    await server.call("POST", "/v1/invitations/use", {
      key: null,
      body: { token: made.body.link.split("#")[1], password: PASSWORD },
    });
    page = await (
      await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", ...STILL })
    ).newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(`${server.url}/`);
    await page.fill('input[type="email"]', "newcomer@candor.example");
    await page.fill('input[type="password"]', PASSWORD);
    await page.click('button[type="submit"]');
    await page.waitForSelector("#main h1");
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const to = async (path: string) => {
    await page.goto(`${server.url}/console/${path}`);
    await page.waitForSelector("#main h1");
    await page.waitForLoadState("networkidle");
    // A tab's script and then its figures may come after the heading.
    await page.waitForSelector(".ant-skeleton, .ant-spin-spinning", { state: "detached" });
  };
  const confirm = ".ant-modal-container .ant-btn-primary:not([disabled])";
  /** The NPS as the results page shows it: the figure and its interval. */
  const shownNps = async () => {
    await to("surveys/tour-nps?tab=results");
    const text = (await page.textContent("#main")) ?? "";
    const read = /NPS(−?-?[\d.]+)(\d) answers · 95 %: (−?-?[\d.]+) to (−?-?[\d.]+)/.exec(
      text.replaceAll("−", "-"),
    );
    return { text, value: Number(read?.[1]), low: Number(read?.[3]), high: Number(read?.[4]) };
  };
  /** Reads the newest invitations in the outbox of the console; answers their links. */
  const readMails = async (): Promise<string[]> => {
    const links: string[] = [];
    await to("outbox");
    for (let i = 0; i < BUYERS; i++) {
      await page.click(`.ant-table-row >> nth=${i}`);
      // Whose mail it is stays hidden until somebody says why they look; then the question goes.
      await page.click(".ant-modal-container .anticon-eye");
      await page.click(confirm);
      await page.locator(confirm).waitFor({ state: "hidden" });
      const link = page.locator('.ant-modal-container a[href*="/s/"]');
      await link.first().waitFor();
      links.push((await link.first().getAttribute("href")) as string);
      await page.keyboard.press("Escape");
      await link.first().waitFor({ state: "hidden" });
    }
    return [...new Set(links)];
  };
  /** Answers on a phone, by hand, as whoever has opened the mail. */
  const answerOnPhone = async (link: string, score: number, comment?: string) => {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      locale: "en-GB",
      hasTouch: true,
      ...STILL,
    });
    const phone = await context.newPage();
    await phone.goto(link);
    expect(await phone.evaluate("document.documentElement.scrollWidth <= innerWidth")).to.equal(true);
    await phone.tap(`.rating label:nth-child(${score + 1})`);
    for (let step = 0; step < 5; step++) {
      await phone.waitForLoadState("networkidle");
      await phone.waitForSelector("[data-done], button.action:enabled");
      if ((await phone.locator("[data-done]").count()) > 0) break;
      const box = phone.locator("textarea").first();
      if (comment !== undefined && (await box.count()) > 0) await box.fill(comment);
      const button = await phone.waitForSelector("button.action:enabled");
      await button.tap();
      // Whatever the server answers takes the place of this page.
      await button.waitForElementState("hidden");
    }
    expect(await phone.textContent("h1")).to.equal("Thank you");
    await context.close();
  };

  let links: string[] = [];

  it("leads from a template to mails for those who bought last week", async () => {
    await to("segments");
    await page.getByRole("button", { name: "Define a segment" }).click();
    await field(page, "Name").fill("Bought last week");
    await choose(page, "Purpose", "Asking for your opinion");
    await page.getByRole("button", { name: "Remove · Condition 1" }).click();
    await field(page, "at most · Condition 1").fill("7");
    await page.getByRole("button", { name: "Define", exact: true }).click();
    await page.getByRole("link", { name: "Bought last week" }).waitFor();

    await to("surveys");
    await page.click("text=New survey");
    await page.click('.ant-card:has-text("recommend")');
    await page.fill(".ant-modal-container input", "tour-nps");
    await page.click(confirm);
    await page.waitForURL(/surveys\/tour-nps/);
    // The page as members will see it stands beside the questions.
    await page.frameLocator("iframe").locator(".rating").first().waitFor();
    await page.click('button:has-text("Publish")');
    await page.waitForSelector("text=Version 1 is in force");
    await to("surveys/tour-nps?tab=send");
    await page.click("text=Ask members");
    await page.fill(".ant-modal-container input >> nth=0", "Recent buyers");
    await page.click(".ant-modal-container .ant-select >> nth=1");
    await page.click('.ant-select-item:has-text("a segment")');
    await page.click(".ant-modal-container .ant-select >> nth=2");
    await page.click('.ant-select-item:has-text("Bought last week")');
    await page.click(confirm);
    await page.click('button:has-text("Who would be asked")');
    await page.waitForSelector(`text=${BUYERS} would be asked; 0 later; 0 not.`);
    await page.click('.ant-modal-container button:has-text("Start")');
    await page.click(".ant-table-row-expand-icon");
    await page.waitForSelector(`text=${BUYERS} invitation: kept in the outbox`, { timeout: 30_000 });
    links = await readMails();
    expect(links).to.have.length(BUYERS);
  });

  it("shows the NPS with its interval once five have answered, and how a bad answer moves it", async () => {
    for (const [i, score] of [10, 9, 9, 10].entries()) await answerOnPhone(links[i] as string, score);
    expect((await shownNps()).text).to.contain("Too few answers to show a figure: 5 are needed.");
    for (const [i, score] of [8, 9].entries()) await answerOnPhone(links[4 + i] as string, score);
    const before = await shownNps();
    expect(before.value).to.be.closeTo(83.3, 0.1);
    expect(before.low).to.be.lessThan(before.value);
    await answerOnPhone(links[6] as string, 2, "The queue was far too long");
    const after = await shownNps();
    expect(after.value).to.be.closeTo(57.1, 0.1);
    expect(after.low).to.be.lessThan(before.low);
    expect(after.high).to.be.lessThan(before.high);
  });

  it("ends with the case that the bad answer opened, taken, called and closed", async () => {
    await to("cases");
    await page.click('.ant-table-row:has-text("a low recommendation")');
    await page.waitForSelector('.ant-drawer:has-text("The queue was far too long")');
    await page.click('.ant-drawer button:has-text("I take it")');
    await page.waitForSelector('.ant-drawer button:has-text("I take it")', { state: "detached" });
    await page.fill(".ant-drawer textarea", "Called: will come by on Friday.");
    await page.click('.ant-drawer button:has-text("Add a note")');
    await page.click('.ant-drawer button:has-text("Reached them")');
    await page.waitForSelector('.ant-drawer .ant-tag:has-text("contacted")');
    await page.click('.ant-drawer button:has-text("Close"):not(.ant-drawer-close)');
    await page.waitForSelector('.ant-drawer button:has-text("Open again")');
    const closed = await server.call<{ items: { owner: string; outcome: string; store: string }[] }>(
      "GET",
      "/v1/survey-cases?state=closed",
    );
    expect(closed.body.items).to.have.length(1);
    expect(closed.body.items[0]).to.include({ owner: "Newcomer", outcome: "resolved", store: "T01" });
  });
});
