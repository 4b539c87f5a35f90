import { expect } from "chai";
import type { Browser } from "playwright-core";
import { openProgramme, type Programme } from "../integration/loyalty/programme.ts";
import { CHROMIUM, field, launch } from "./browser.ts";
import { choose, logInAs } from "./staff-browser.ts";

describe("segments and loyalty rules in the console", function () {
  this.timeout(240_000);
  let server: Programme["server"];
  let memberOf: Programme["memberOf"];
  let browser: Browser;

  before(async function () {
    if (CHROMIUM === undefined) this.skip();
    ({ server, memberOf } = await openProgramme("console-loyalty"));
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const segments = async () =>
    (
      await server.call<{ items: { id: string; name: string; purpose: string; rule: unknown }[] }>(
        "GET",
        "/v1/segments",
      )
    ).body.items;

  it("lets a CX manager write a segment in forms, counted meanwhile, and change it", async () => {
    const { page, wrong, go, settled, close } = await logInAs(browser, server, "cx");
    await go("segments");
    await page.getByRole("button", { name: "Define a segment" }).click();
    await field(page, "Name").fill("Came back");
    await choose(page, "Purpose", "Your membership");
    await field(page, "at most · Condition 2").fill("900");
    await page.getByRole("button", { name: "Add a condition · Group 1" }).click();
    await page.getByRole("menuitem", { name: "What they agreed to" }).click();
    await choose(page, "Compared how · Condition 3", "is not allowed");
    await page.getByRole("button", { name: "Add a group · Group 1" }).click();
    await choose(page, "How these belong together · Group 4", "None of these holds");
    await field(page, "at least · Condition 4.1").fill("100");
    // All five members bought lately, and none a hundred times.
    await page.getByText("5", { exact: true }).waitFor();
    await page.getByText("of 5 whom the purpose allows").waitFor();
    await page.getByRole("button", { name: "Define", exact: true }).click();
    await page.getByRole("link", { name: "Came back" }).waitFor();
    const [made] = await segments();
    expect(made).to.deep.include({ name: "Came back", purpose: "service" });
    expect(made?.rule).to.deep.equal({
      all: [
        { measure: "orders", atLeast: 2 },
        { measure: "daysSinceLastOrder", atMost: 900 },
        { consent: "marketing", allowed: false },
        { not: { measure: "orders", atLeast: 100 } },
      ],
    });
    await page.getByText("not (orders at least 100)").waitFor();

    // Small groups are not counted out, and what does not go together is said where it is.
    await page.getByRole("link", { name: "Came back" }).click();
    await settled();
    await page.getByRole("button", { name: "Remove · Group 4" }).click();
    await field(page, "at least · Condition 1").fill("6");
    await page.getByText("fewer than five", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Add a condition · Group 1" }).click();
    await page.getByRole("menuitem", { name: "Their loyalty level" }).click();
    await page.getByText("Something is still missing here.").waitFor();
    await choose(page, "is one of · Condition 4", "Spurious loyalty");
    await page.keyboard.press("Escape");
    await page.getByText("The purpose does not cover the data that this asks for.").waitFor();
    expect(await page.getByRole("button", { name: "Keep the change" }).isDisabled()).to.equal(true);
    await page.getByRole("button", { name: "Remove · Condition 4" }).click();
    await page.getByText("fewer than five", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Keep the change" }).click();
    await page.getByRole("link", { name: "Came back" }).waitFor();
    const [kept] = await segments();
    expect(JSON.stringify(kept?.rule)).to.include('"atLeast":6').and.not.include("not");
    await close();
    expect(wrong.filter((w) => !w.includes("400"))).to.deep.equal([]);
  });

  it("shows who would move under other tiers before an administrator publishes them, without a line of JSON", async () => {
    const { page, wrong, go, close } = await logInAs(browser, server, "admin");
    await go("loyalty?tab=rules");
    expect(await page.getByRole("button", { name: "Publish" }).isDisabled()).to.equal(true);
    await field(page, "Attitude low, behaviour high · English").fill("A habit");
    for (const [tier, cut] of [
      ["Silver", "10"],
      ["Gold", "20"],
      ["Platinum", "30"],
    ])
      await field(page, `Reached at points · ${tier} · Membership tiers`).fill(cut as string);
    await field(page, "Share of “still buying”").fill("0.6");
    await page.getByText("Together, which must be 1: 1.2").waitFor();
    await page.getByRole("button", { name: "See who would move" }).click();
    await page.getByText("The three shares must come to 1.").waitFor();
    await field(page, "Share of the rate of purchases").fill("0.2");
    await page.getByRole("button", { name: "See who would move" }).click();
    await page.getByText("See who would move (of 4 members)").waitFor();
    await page.getByRole("cell", { name: "Platinum" }).first().waitFor();
    const before = await server.call<{ version: number }>("GET", "/v1/loyalty/rules");
    expect(before.body.version).to.equal(1);
    // The same rules as text, and back.
    await page.getByText("JSON, for experts").click();
    expect(await field(page, "Rules").inputValue()).to.include('"en": "A habit"');
    await page.getByText("Form", { exact: true }).click();
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByText("Somebody else has to approve this first.").waitFor();
    const second = await logInAs(browser, server, "cx");
    await second.go("approvals");
    const asked = second.page.getByRole("row", { name: /Publish loyalty rules/ });
    await asked.getByRole("button", { name: "Approve" }).click();
    await asked.getByText("approved").waitFor();
    await second.close();
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByText("Published as version 2.").waitFor();
    const after = await server.call<{
      version: number;
      rules: { conditions: { spurious: { en: string } }; structures: { tiers: { cut: number }[] }[] };
    }>("GET", "/v1/loyalty/rules");
    expect(after.body.version).to.equal(2);
    expect(after.body.rules.conditions.spurious.en).to.equal("A habit");
    expect(after.body.rules.structures[0]?.tiers.map((t) => t.cut)).to.deep.equal([10, 20, 30]);
    await close();
    expect(wrong.filter((w) => !/40[03]/.test(w))).to.deep.equal([]);
  });

  it("explains a member's level with a sum that adds up, tries an answer, and lets an officer set a tier with a reason", async () => {
    const { page, wrong, go, close } = await logInAs(browser, server, "compliance");
    await go(`members/${memberOf.get("NONE")}?purpose=profiling&tab=loyalty`);
    const sum = await page.locator("table.sum tbody tr td:first-child").allTextContents();
    const total = await page.locator("table.sum tfoot td:first-child").textContent();
    const hundredths = (text: string | null) => Math.round(100 * Number(text?.replace("−", "-")));
    expect(sum.some((points) => points.startsWith("−"))).to.equal(true);
    expect(sum.map(hundredths).reduce((a, b) => a + b, 0)).to.equal(hundredths(total));

    await field(page, "Answer").fill("10");
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByText("Nothing is kept.").waitFor();

    await page.getByRole("button", { name: "The member asks for a person to look at it" }).click();
    await page.getByRole("cell", { name: "review asked for" }).waitFor();
    await choose(page, "Reason", "a complaint was upheld");
    await choose(page, "Tier to set", "Gold");
    await field(page, "Until").fill("2027-06-01");
    await page.getByRole("button", { name: "Set this tier" }).click();
    await page.getByRole("cell", { name: "tier set by staff" }).waitFor();
    await page.getByRole("cell", { name: "decided by staff" }).waitFor();
    const level = await server.call<{ tiers: { tier: string; fixedUntil: string | null }[] }>(
      "GET",
      `/v1/members/${memberOf.get("NONE")}/loyalty?purpose=profiling`,
    );
    expect(level.body.tiers[0]).to.include({ tier: "gold", fixedUntil: "2027-06-01" });
    await close();
    expect(wrong).to.deep.equal([]);
  });
});
