import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import type { Browser, Page } from "playwright-core";
import { aMember } from "../integration/consent/people.ts";
import { startTestServer, type TestServer } from "../setup/server.ts";
import { CHROMIUM, launch } from "./browser.ts";
import { choose, logInAs, type StaffBrowser } from "./staff-browser.ts";

const ROWS = ".ant-table-row";
/** Requests of the two members; a page of the list holds fifty. */
const ACCESS = 52;
const ERASURES = 3;
const HERS = 2;

describe("lists in the console", function () {
  this.timeout(240_000);
  let server: TestServer;
  let browser: Browser;
  let officer: StaffBrowser;

  before(async function () {
    if (CHROMIUM === undefined) this.skip();
    server = await startTestServer("console-lists");
    const many = await aMember(server, { email: "many@candor.example" });
    const hers = await aMember(server, { email: "hers@candor.example" });
    const file = async (kind: string, memberId: string) => {
      const { status, body } = await server.call("POST", "/v1/dsr", {
        body: { kind, door: "letter", memberId, locale: "en" },
      });
      if (status !== 201) throw new Error(JSON.stringify(body));
    };
    for (let i = 0; i < ACCESS; i++) await file("access", many.memberId);
    for (let i = 0; i < ERASURES; i++) await file("erasure", many.memberId);
    for (let i = 0; i < HERS; i++) await file("objection", hers.memberId);
    for (const [i, kind] of ["web", "web", "social", "pos", "pos", "members"].entries())
      await server.source({
        name: `Source ${9 + i}`,
        kind,
        region: "TW",
        currency: "TWD",
        ...(kind === "social" ? { platform: "line" } : {}),
      });
    browser = await launch();
    officer = await logInAs(browser, server, "compliance");
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Presses the button and reads the file that the browser saves. */
  const saved = async (page: Page): Promise<Record<string, string>[]> => {
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save as CSV" }).click();
    const text = readFileSync(await (await download).path(), "utf8");
    return parse<Record<string, string>>(text, { columns: true, bom: true });
  };
  const cells = (page: Page, column: number) =>
    page.locator(`${ROWS} > td:nth-child(${column})`).allTextContents();
  /** Waits until the list shows so many rows. */
  const rows = async (page: Page, count: number) => {
    await page.locator(ROWS).nth(count).waitFor({ state: "detached" });
    await page
      .locator(ROWS)
      .nth(count - 1)
      .waitFor();
  };
  /** Presses a heading, by which the list is sorted then; the address says so, too. */
  const sortedBy = async (page: Page, heading: string, way: "ascending" | "descending", name: string) => {
    const header = page.getByRole("columnheader", { name: heading });
    await header.click();
    await page.locator(`th[aria-sort="${way}"]`).filter({ hasText: heading }).waitFor();
    expect(new URL(page.url()).searchParams.get("sort")).to.equal(name);
  };
  /** The same address in another window, as a colleague opens it. */
  const reopened = async (act: (page: Page) => Promise<void>) => {
    const page = await officer.page.context().newPage();
    await page.goto(officer.page.url());
    await act(page);
    await page.close();
  };

  it("filters, sorts and searches a list that comes page by page, keeps the view in the address, and saves all that is found", async () => {
    const { page, go } = officer;
    await go("requests");
    await rows(page, 50);
    await page.getByRole("button", { name: "Show more" }).waitFor();

    // Sorted among what is shown, and the page says so; every row that matches is in the file, shown or not.
    await sortedBy(page, "What is asked", "ascending", "kind");
    await page.getByText("Sorted among the 50 shown.").waitFor();
    const shown = await cells(page, 3);
    expect(shown).to.deep.equal([...shown].sort());
    const all = await saved(page);
    expect(all).to.have.length(ACCESS + ERASURES + HERS);
    expect(Object.keys(all[0] ?? {})).to.include.members([
      "Due",
      "What is asked",
      "Law",
      "State",
      "Received",
    ]);
    const kinds = all.map((row) => row["What is asked"]);
    expect(kinds.filter((kind) => kind === "Deletion")).to.have.length(ERASURES);
    expect(kinds.filter((kind) => kind === "Access")).to.have.length(ACCESS);
    expect(all[0]?.Received).to.match(/^\d{4}-\d\d-\d\dT/);

    // The server orders by what has an index, over all pages: the last to come is first, and on this page alone.
    await sortedBy(page, "Received", "ascending", "receivedAt");
    await sortedBy(page, "Received", "descending", "-receivedAt");
    await page
      .locator(ROWS)
      .filter({ hasText: "Objection" })
      .nth(HERS - 1)
      .waitFor();
    expect(new Set((await cells(page, 3)).slice(0, HERS))).to.deep.equal(new Set(["Objection"]));
    await page.getByText("Sorted among the 50 shown.").waitFor({ state: "detached" });
    await reopened(async (other) => {
      await rows(other, 50);
      await other.locator('th[aria-sort="descending"]').filter({ hasText: "Received" }).waitFor();
      expect(await cells(other, 3)).to.deep.equal(await cells(page, 3));
    });
    await sortedBy(page, "What is asked", "ascending", "kind");

    await choose(page, "What is asked", "Deletion");
    await rows(page, ERASURES);
    await page.waitForURL(/[?&]kind=erasure/);
    expect(await saved(page)).to.have.length(ERASURES);
    await reopened(async (other) => {
      await rows(other, ERASURES);
      expect(new Set(await cells(other, 3))).to.deep.equal(new Set(["Deletion"]));
      await other.locator('th[aria-sort="ascending"]').filter({ hasText: "What is asked" }).waitFor();
    });

    // One member's, found by something only she has.
    await go("requests");
    await page.getByRole("button", { name: "Of one member…" }).click();
    const dialog = page.getByRole("dialog");
    await choose(page, "For which purpose do you look?", "Your membership");
    await dialog.locator("input#value").fill("hers@candor.example");
    await dialog.getByRole("button", { name: "Find" }).click();
    await rows(page, HERS);
    await page.waitForURL(/[?&]member=/);
    expect(page.url()).to.not.contain("hers");
    await reopened((other) => rows(other, HERS));

    // A filter that finds nothing says so, and the rows open by the keyboard alone.
    await choose(page, "What is asked", "Portability");
    await page.locator(".ant-empty-description").waitFor();
    await go("requests");
    await page.locator(ROWS).first().focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/console\/requests\/[0-9a-f-]{36}/);
    expect(officer.wrong).to.deep.equal([]);
  });

  it("does the same for one that comes whole", async () => {
    const { page, go } = officer;
    await go("sources");
    const whole = await page.locator(ROWS).count();
    await sortedBy(page, "Name", "ascending", "name");
    const names = (await cells(page, 1)).filter((name) => name.startsWith("Source"));
    expect(names).to.deep.equal([9, 10, 11, 12, 13, 14].map((n) => `Source ${n}`));
    await sortedBy(page, "Name", "descending", "-name");
    expect((await cells(page, 1)).filter((name) => name.startsWith("Source"))).to.deep.equal(
      names.toReversed(),
    );

    // By the words of a cell, as they stand on the page.
    await page.getByRole("searchbox", { name: "Search in this list" }).fill("till");
    await page.waitForURL(/[?&]q=till/);
    await rows(page, 2);
    const file = await saved(page);
    expect(file.map((row) => row.Name)).to.have.members(["Source 12", "Source 13"]);
    await reopened(async (other) => {
      await rows(other, 2);
      expect(await other.getByRole("searchbox").inputValue()).to.equal("till");
      expect(await cells(other, 1)).to.deep.equal(["Source 13", "Source 12"]);
    });
    await page.getByRole("searchbox").fill("nothing of the kind");
    await page.getByText("Nothing in this list holds these words.").waitFor();
    await page.getByRole("searchbox").fill("");
    await rows(page, whole);
    await page.getByRole("link", { name: "Source 14" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/console\/sources\/[0-9a-f-]{36}/);
    expect(officer.wrong).to.deep.equal([]);
  });
});
