import { expect } from "chai";
import type { Browser } from "playwright-core";
import { startTestServer, type TestServer } from "../setup/server.ts";
import { CHROMIUM, launch } from "./browser.ts";
import { openShopWithBuyers } from "./buyers.ts";
import { choose, logInAs, type StaffBrowser } from "./staff-browser.ts";

const BUYERS = 7;
const CONFIRM = ".ant-modal-container .ant-btn-primary:not([disabled])";

/** The work of a CX team and of those beside it, each in a browser of their own, on the same members. */
describe("a day's work in the console", function () {
  this.timeout(240_000);
  let server: TestServer;
  let browser: Browser;
  let cx: StaffBrowser;

  before(async function () {
    if (CHROMIUM === undefined) this.skip();
    server = await startTestServer("console-work", { workers: true });
    // The store of whom `logInAs` logs in as store staff.
    const cards = [...Array(BUYERS).keys()].map((i) => ({ card: `BUYER-${i}`, daysAgo: 2 }));
    await openShopWithBuyers(server, "S1", cards);
    browser = await launch();
    cx = await logInAs(browser, server, "cx");
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Looks again and again until there is something to see; throws when there never is. */
  const until = async <T>(look: () => Promise<T | null>): Promise<T> => {
    for (let tries = 0; tries < 300; tries++) {
      const seen = await look();
      if (seen !== null) return seen;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error("it never came");
  };
  /** The links of all invitations, as soon as each of the asked has one in the outbox. */
  const invitations = async (): Promise<string[]> => {
    const mails = await until(async () => {
      const box = await server.call<{ items: { id: string; template: string }[] }>("GET", "/v1/outbox");
      const found = box.body.items.filter((mail) => mail.template === "survey-invitation");
      return found.length < BUYERS ? null : found;
    });
    const texts = await Promise.all(
      mails.map(({ id }) => server.call<{ text: string }>("GET", `/v1/outbox/${id}`)),
    );
    return texts.map(({ body }) => new URL(/https?:\S+\/s\/[\w-]+/.exec(body.text)?.[0] ?? "").pathname);
  };

  it("lets a CX manager make a survey from a template, see who would be asked, and ask", async () => {
    const { page, go } = cx;
    await go("surveys");
    await page.click("text=New survey");
    await page.click('.ant-card:has-text("recommend")');
    await page.fill(".ant-modal-container input", "work-nps");
    await page.click(CONFIRM);
    await page.waitForURL(/surveys\/work-nps/);
    await page.click('button:has-text("Publish")');
    await page.waitForSelector("text=Version 1 is in force");
    await page.click('button:has-text("Rename")');
    await page.fill(".ant-modal-container input >> nth=0", "Would you send a friend?");
    await page.click(CONFIRM);
    await page.waitForSelector('h1:has-text("Would you send a friend?")');
    await page.click('.ant-tabs-tab:has-text("Send")');
    // Open links stay shut until somebody opens them.
    const opened = page.locator('button[role="switch"][aria-label="Open links"]');
    expect(await opened.getAttribute("aria-checked")).to.equal("false");
    await opened.click();
    await page.waitForSelector('button[role="switch"][aria-checked="true"]');
    await page.click('button:has-text("Open link for a poster")');
    const link = page.locator('#main a[href^="/f/"]');
    await link.waitFor();
    const poster = await server.call("GET", (await link.getAttribute("href")) as string, { key: null });
    expect(poster.status).to.equal(200);

    await page.click("text=Ask members");
    await page.fill(".ant-modal-container input >> nth=0", "Everybody");
    await page.click(CONFIRM);
    await page.click('button:has-text("Who would be asked")');
    await page.waitForSelector(`text=${BUYERS} would be asked; 0 later; 0 not.`);
    await page.click('.ant-modal-container button:has-text("Start")');
    expect(await invitations()).to.have.length(BUYERS);
  });

  it("shows her the figure, its interval and the response rate at home, and the cases by their clock", async () => {
    const answers = [10, 9, 9, 10, 9, 2, 1];
    const links = await invitations();
    for (const [i, nps] of answers.entries()) {
      const sent = await server.call("POST", `${links[i]}/answers`, {
        key: null,
        body: { answers: { nps } },
      });
      expect(sent.status, JSON.stringify(sent.body)).to.equal(200);
    }
    await cx.go("home");
    const card = cx.page.locator('a[href="/console/surveys/work-nps?tab=results"]').first();
    const text = (await card.textContent()) ?? "";
    expect(text).to.contain("NPS · Would you send a friend?").and.to.contain("42.9");
    expect(text).to.match(/7 answers · 95 %: -?[\d.]+ to [\d.]+/);
    expect(text).to.match(/Response rate 100% \(95 %: \d+% to 100%\)/);
    const cases = cx.page.locator('a[href^="/console/cases?case="]');
    await cases.nth(1).waitFor();
    expect(await cases.count()).to.equal(2);
    // The same order page by page: the one whose clock runs out first comes first.
    const first = await server.call<{ items: { id: string; dueAt: string }[]; next: string }>(
      "GET",
      "/v1/survey-cases?sort=due&limit=1",
    );
    const second = await server.call<typeof first.body>(
      "GET",
      `/v1/survey-cases?sort=due&limit=1&cursor=${first.body.next}`,
    );
    const due = [...first.body.items, ...second.body.items].map(({ dueAt }) => dueAt);
    expect(due)
      .to.have.length(2)
      .and.to.deep.equal([...due].sort());
    expect(second.body.next).to.equal(null);
    expect(second.body.items[0]?.id).to.not.equal(first.body.items[0]?.id);
  });

  it("leads her from home to a case, which she takes, calls about and closes", async () => {
    const { page } = cx;
    await page.click('a[href^="/console/cases?case="] >> nth=0');
    await page.waitForSelector('.ant-drawer:has-text("a low recommendation")');
    expect(await page.textContent(".ant-drawer")).to.match(/recommend us to a friend/);
    await page.click('.ant-drawer button:has-text("I take it")');
    await page.waitForSelector('.ant-drawer button:has-text("I take it")', { state: "detached" });
    await page.fill(".ant-drawer textarea", "She will come by on Friday.");
    await page.click('.ant-drawer button:has-text("Add a note")');
    await page.waitForSelector('.ant-drawer p:has-text("She will come by on Friday.")');
    await page.click('.ant-drawer button:has-text("Reached them")');
    await page.waitForSelector('.ant-drawer .ant-tag:has-text("contacted")');
    await page.click('.ant-drawer button:has-text("Close"):not(.ant-drawer-close)');
    await page.waitForSelector('.ant-drawer button:has-text("Open again")');
    await cx.go("cases?state=closed");
    await page.waitForSelector('.ant-table-row:has-text("resolved"):has-text("Would you send a friend?")');
    expect(cx.wrong).to.deep.equal([]);
  });

  it("lets her plan a change because of what was said, and holds the figures before it against those since", async () => {
    const { page } = cx;
    await cx.go("surveys/work-nps?tab=results");
    await page.click('.ant-segmented[aria-label="Periods"] >> text=Week');
    await page.click('button:has-text("Plan a change")');
    await choose(page, "Theme", "Waiting and queues");
    await page.fill('.ant-modal-container input[id="what"]', "A second till at noon");
    await page.click(CONFIRM);
    const action = page.locator('section[aria-label="A second till at noon"]');
    await action.locator('.ant-tag:has-text("planned")').waitFor();
    expect(await action.textContent()).to.contain("Waiting and queues");
    await action.locator('button:has-text("It is done")').click();
    // A day's figures count as of after the change, and nobody answered before.
    await page.click('.ant-popover button:has-text("It is done")');
    await action.locator('.ant-tag:has-text("done")').waitFor();
    const figures = action.locator('tr:has-text("Figure")');
    await figures.locator("text=n 7").waitFor();
    expect(await figures.textContent())
      .to.contain("too few answers")
      .and.to.contain("42.9");
    expect(cx.wrong).to.deep.equal([]);
  });

  it("gives the other case to the shop's own people, and nothing else of the member", async () => {
    const shop = await logInAs(browser, server, "store");
    await shop.page.click('a[href^="/console/cases?case="]');
    await shop.page.waitForSelector('.ant-drawer:has-text("a low recommendation")');
    await shop.page.click('.ant-drawer button:has-text("Reached them")');
    await shop.page.waitForSelector('.ant-drawer .ant-tag:has-text("contacted")');
    expect(await shop.page.textContent("body")).to.not.contain("mail.example");
    expect(shop.wrong).to.deep.equal([]);
    await shop.close();
  });

  it("shows an analyst the results group by group, and lets an auditor prove who looked at the case", async () => {
    const analyst = await logInAs(browser, server, "analyst");
    await analyst.go("surveys/work-nps?tab=results");
    await analyst.page.waitForSelector('.ant-table-row:has-text("High Street"):has-text("n 7")');
    expect(analyst.wrong).to.deep.equal([]);
    await analyst.close();

    // An entry gets its number, and then a signed head over it, shortly after it was written.
    const log = await server.call<{ items: { entry: string }[] }>("GET", "/v1/audit?action=survey.case-read");
    const { id } = JSON.parse(log.body.items[0]?.entry ?? "") as { id: string };
    await until(async () => {
      await server.call("POST", "/v1/audit/tree-heads");
      return (await server.call("GET", `/v1/audit/entries/${id}/proof`)).status === 200 ? true : null;
    });
    const auditor = await logInAs(browser, server, "auditor");
    await auditor.go("audit?action=survey.case-read");
    await auditor.page.click('.ant-table-row:has-text("Case read") >> nth=0');
    await auditor.page.click('.ant-drawer button:has-text("Check the proof")');
    await auditor.page.waitForSelector('.ant-drawer .ant-alert-success:has-text("Proven")');
    await auditor.close();
  });

  it("lets an operator say in a form which column is which, try it on a file, save it and import the file", async () => {
    const till = await server.source({
      name: "Old till",
      kind: "pos",
      currency: "TWD",
      timeZone: "Asia/Taipei",
    });
    const admin = await logInAs(browser, server, "admin");
    const { page } = admin;
    await admin.go(`sources/${till.id}`);
    const rows = ["Shop,Slip,When,Thing,Paid,Card", "S1,B-1,2026-11-01 12:30,SKU-1,300,BUYER-1"];
    const csv = (...lines: readonly string[]) => ({
      name: "sales.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(lines.join("\n")),
    });
    const file = csv(...rows);
    await page.setInputFiles('input[type="file"]', file);
    await page.waitForSelector("text=1 rows read");
    for (const [field, column] of [
      ["store", "Shop"],
      ["receipt number", "Slip"],
      ["when it happened", "When"],
      ["product", "Thing"],
      ["amount of the line", "Paid"],
      ["member card", "Card"],
    ] as const) {
      const named = page.getByRole("combobox", { name: `Column: ${field}`, exact: true });
      if ((await named.count()) === 0) {
        await choose(page, "A field to fill", field);
        await page.click('button:has-text("Add the field")');
      }
      await named.fill(column);
      await named.press("Escape");
    }
    await page.click('button:has-text("Save the mapping")');
    await page.waitForSelector(".ant-message-success");
    // What is wrong with a row is told in the reader's language, with the field and its column.
    const bad = csv(
      rows[0] ?? "",
      "S1,B-2,soon,SKU-1,300,BUYER-1",
      "S1,B-3,2026-11-01 12:30,SKU-1,much,BUYER-1",
    );
    await page.setInputFiles('input[type="file"]', bad);
    for (const wrong of [
      "A time cannot be read: when it happened, column “When”",
      "An amount cannot be read: amount of the line, column “Paid”",
    ])
      await page.getByRole("cell", { name: wrong }).waitFor();
    await page.setInputFiles('input[type="file"]', file);
    await page.click('button:has-text("Import the file")');
    await page.waitForSelector("text=1 rows: 1 accepted");
    const kept = await server.call<{ mapping: { fields: Record<string, string> } }>(
      "GET",
      `/v1/sources/${till.id}`,
    );
    expect(kept.body.mapping.fields).to.include({ receiptNo: "Slip", amount: "Paid", memberCard: "Card" });
    expect(admin.wrong).to.deep.equal([]);
    await admin.close();
  });

  it("lets a compliance officer change a purpose by its form, after showing what that does", async () => {
    const officer = await logInAs(browser, server, "compliance");
    const { page, go } = officer;
    await go("purposes?edit=survey-contact");
    await page.click('.ant-drawer label:has-text("Profiling")');
    await page.click('.ant-drawer button:has-text("Show the difference")');
    await page.waitForSelector(".ant-drawer:has-text('Consents given before become stale')");
    const shown = (await page.textContent(".ant-drawer")) ?? "";
    expect(shown)
      .to.match(/Profiling.*no.*→.*yes/s)
      .and.to.contain("becomes version 2");
    expect(shown, "the notice does not speak of it yet").to.contain("changed since the notice was published");
    await page.click('.ant-drawer button:has-text("Apply")');
    await page.waitForSelector("text=Somebody else has to approve this first");
    const kept = await server.call<{ purposes: { id: string; version: number }[] }>("GET", "/v1/purposes");
    expect(kept.body.purposes.find((p) => p.id === "survey-contact")?.version, "nothing yet").to.equal(1);
    await officer.close();
  });
});
