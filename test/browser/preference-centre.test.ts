import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { aGrant, aMember, decisions, say } from "../integration/consent/people.ts";
import { openShop, preferenceLink } from "../integration/consent/shop.ts";
import { startTestServer, type TestServer } from "../setup/server.ts";
import { isWide, LANGUAGES, openBrowser, openPage, SCREENS, violations } from "./browser.ts";

/** Everything a person does on a page counts: a tap, a key, a page that has to be opened first. */
function countingSteps(page: Page) {
  let steps = 0;
  return {
    tap: async (selector: string) => {
      steps++;
      await page.click(selector);
      await page.waitForLoadState();
    },
    taken: () => {
      const taken = steps;
      steps = 0;
      return taken;
    },
  };
}

describe("the preference centre in a browser", function () {
  this.timeout(180_000);
  let server: TestServer;
  let browser: Browser;
  before(async function () {
    const found = await openBrowser();
    // A machine without a browser cannot show a page; the HTTP tests cover what the page does.
    if (found === null) return this.skip();
    browser = found;
    server = await startTestServer("preference-browser");
    await openShop(server);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const rule = async (memberId: string, purpose: string, channel?: string) =>
    (await decisions(server, [{ memberId, purpose, ...(channel === undefined ? {} : { channel }) }]))[0]
      ?.rule;
  const pageFor = (path: string, options: Parameters<typeof openPage>[2] = {}) =>
    openPage(browser, `${server.url}${path}`, options);

  it("takes no more steps to withdraw than to agree, switch by switch, without any script", async () => {
    const { memberId } = await aMember(server);
    const { path } = await preferenceLink(server, memberId);
    const page = await pageFor(`${path}?lang=en`, { javaScriptEnabled: false });
    const steps = countingSteps(page);
    for (const [card, channel] of [
      ["analytics", null],
      ["profiling", null],
      ["partner-sharing", null],
      ["marketing", "sms"],
      ["survey-contact", "line"],
    ] as const) {
      const inForm =
        channel === null
          ? `#p-${card} .alone .switch`
          : `#p-${card} form:has(input[name=channel][value=${channel}]) .switch`;
      expect(await page.getAttribute(inForm, "aria-checked"), card).to.equal("false");
      await steps.tap(inForm);
      const giving = steps.taken();
      expect(await page.getAttribute(inForm, "aria-checked"), card).to.equal("true");
      expect(await rule(memberId, card, channel ?? undefined)).to.equal("consent-given");
      await steps.tap(inForm);
      const withdrawing = steps.taken();
      expect(await page.getAttribute(inForm, "aria-checked"), card).to.equal("false");
      expect(await rule(memberId, card, channel ?? undefined)).to.equal("withdrawn");
      expect(withdrawing, card).to.be.at.most(giving);
    }
    await page.context().close();
  });

  it("turns everything off in one step and says so", async () => {
    const { memberId } = await aMember(server);
    for (const purpose of ["analytics", "profiling", "personalisation"])
      await say(server, aGrant(memberId, purpose));
    const { path } = await preferenceLink(server, memberId);
    const page = await pageFor(`${path}?lang=zh-TW`, { javaScriptEnabled: false });
    expect(await page.locator('[aria-checked="true"]').count()).to.equal(3);
    await page.click("button[name=all]");
    await page.waitForLoadState();
    expect(await page.locator('[aria-checked="true"]').count()).to.equal(0);
    expect(await page.textContent("[role=status]")).to.equal("已全部關閉。");
    await page.context().close();
  });

  it("can be used by keyboard alone, with a focus that is seen", async () => {
    const { memberId } = await aMember(server);
    const { path } = await preferenceLink(server, memberId);
    const page = await pageFor(`${path}?lang=en`);
    const focused = async () => {
      const element = page.locator(":focus").first();
      return {
        text:
          ((await element.count()) === 0 ? "" : await element.locator("span").first().textContent()) ?? "",
        role: await element.getAttribute("role"),
        outline: await page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle"),
      };
    };
    const isThere = async () => (await page.locator("#p-profiling .alone .switch:focus").count()) === 1;
    for (let i = 0; i < 60 && !(await isThere()); i++) await page.keyboard.press("Tab");
    expect(await focused()).to.deep.equal({ text: "Your loyalty score", role: "switch", outline: "solid" });
    await page.keyboard.press("Enter");
    await page.waitForURL(/said=on/);
    expect(await rule(memberId, "profiling")).to.equal("consent-given");
    await page.context().close();
  });

  it("has no accessibility violation and no sideways scrolling, on phone and desk, light and dark, in three languages", async () => {
    const { memberId } = await aMember(server);
    await say(server, aGrant(memberId, "marketing", { channel: "email" }));
    await say(server, aGrant(memberId, "marketing", { channel: "line" }));
    await say(server, aGrant(memberId, "profiling", { validUntil: "2030-01-01T00:00:00Z" }));
    await say(server, { memberId, state: "channel-closed", purpose: "*", channel: "wechat" });
    const link = await preferenceLink(server, memberId, {
      unsubscribe: { purpose: "marketing", channel: "line" },
    });
    const stop = new URL(link.unsubscribe?.url ?? "").pathname;
    for (const lang of LANGUAGES) {
      for (const { width, dark } of SCREENS) {
        const page = await pageFor(`${link.path}?lang=${lang}&said=on&what=marketing.line..`, {
          width,
          dark,
          bypassCSP: true,
        });
        for (const summary of await page.locator("summary").all()) await summary.click();
        expect(await violations(page), `choices ${lang} ${width}`).to.deep.equal([]);
        expect(await isWide(page), `choices ${lang} ${width} scrolls sideways`).to.equal(false);
        await page.goto(`${server.url}${await page.getAttribute(".history a", "href")}`);
        expect(await violations(page), `receipt ${lang} ${width}`).to.deep.equal([]);
        await page.goto(`${server.url}${stop}?lang=${lang}`);
        expect(await violations(page), `farewell ${lang} ${width}`).to.deep.equal([]);
        await page.context().close();
      }
    }
  });

  it("tells a guardian that they decide, tells the child to ask one, once, and passes axe for both", async () => {
    const { memberId } = await aMember(server);
    await say(server, {
      memberId,
      state: "channel-opened",
      purpose: "*",
      channel: "app",
      country: "TW",
      birthYear: 2021,
    });
    const own = await preferenceLink(server, memberId);
    const guardian = await preferenceLink(server, memberId, {
      guardian: { ref: "G-1", relation: "parent", method: "id-shown-in-shop" },
    });
    for (const lang of LANGUAGES) {
      for (const { width, dark } of SCREENS) {
        const page = await pageFor(`${guardian.path}?lang=${lang}`, { width, dark, bypassCSP: true });
        expect(await violations(page), `guardian ${lang} ${width}`).to.deep.equal([]);
        expect(await isWide(page), `guardian ${lang} ${width} scrolls sideways`).to.equal(false);
        expect(await page.locator("#by-guardian").isVisible()).to.equal(true);
        expect(await page.locator(".warn").count(), "nobody else is sent for").to.equal(0);
        await page.goto(`${server.url}${own.path}?lang=${lang}`);
        expect(await violations(page), `child ${lang} ${width}`).to.deep.equal([]);
        expect(await page.locator(".warn").count()).to.equal(1);
        expect(await page.locator("#p-analytics .switch").isDisabled()).to.equal(true);
        await page.context().close();
      }
    }
    const page = await pageFor(`${guardian.path}?lang=en`, { javaScriptEnabled: false });
    await page.click("#p-analytics .switch");
    expect(await page.textContent("[role=status]")).to.contain("Turned on");
    expect(await rule(memberId, "analytics")).to.equal("consent-given");
    await page.context().close();
  });

  it("asks, where a signal ends a loyalty programme, with two answers of one size, either in one step", async () => {
    const { purposes } = (await server.call<{ purposes: { id: string }[] }>("GET", "/v1/purposes")).body;
    const sharing = purposes.find((p) => p.id === "partner-sharing");
    const applied = await server.call("POST", "/v1/purposes", {
      raw: JSON.stringify({
        format: "candor-purposes/1",
        purposes: [{ ...sharing, id: "partner-points", programme: "partner-points" }],
      }),
    });
    expect(applied.status, JSON.stringify(applied.body)).to.equal(200);
    for (const outcome of ["not-affirmed", "affirmed"] as const) {
      const { memberId } = await aMember(server, { region: "US", listWith: { country: "US" } });
      await say(server, {
        memberId,
        state: "channel-opened",
        purpose: "*",
        channel: "app",
        country: "US-CA",
        birthYear: 1990,
      });
      const { path } = await preferenceLink(server, memberId);
      expect(await rule(memberId, "partner-points")).to.equal("not-refused");
      await fetch(`${server.url}${path}`, {
        method: "POST",
        redirect: "manual",
        headers: { "sec-gpc": "1", "content-type": "application/x-www-form-urlencoded" },
        body: "purpose=analytics&turn=off&lang=en",
      });
      expect(await rule(memberId, "partner-points")).to.equal("signal-gpc");
      if (outcome === "affirmed") {
        for (const lang of LANGUAGES) {
          for (const { width, dark } of SCREENS) {
            const page = await pageFor(`${path}?lang=${lang}`, { width, dark, bypassCSP: true });
            expect(await violations(page), `question ${lang} ${width}`).to.deep.equal([]);
            expect(await isWide(page), `question ${lang} ${width} scrolls sideways`).to.equal(false);
            await page.context().close();
          }
        }
        expect(await rule(memberId, "partner-points"), "opening it answers nothing").to.equal("signal-gpc");
      }
      const page = await pageFor(`${path}?lang=en`, { javaScriptEnabled: false });
      const answers = page.locator(".question .action");
      expect(await answers.count()).to.equal(2);
      const [no, yes] = [await answers.nth(0).boundingBox(), await answers.nth(1).boundingBox()];
      expect([no?.width, no?.height]).to.deep.equal([yes?.width, yes?.height]);
      expect(await answers.nth(0).getAttribute("value"), "the refusal comes first").to.equal("affirmed");
      await page.click(`.question [value=${outcome}]`);
      await page.waitForLoadState();
      expect(await page.locator(".question").count(), "asked once").to.equal(0);
      const stays = outcome === "not-affirmed";
      expect(await rule(memberId, "partner-points")).to.equal(stays ? "not-refused" : "signal-gpc");
      expect(await page.textContent("#gpc")).to.contain(
        stays ? "except for what you allowed yourself" : "Your data is not sold or shared.",
      );
      // Whatever was said can be unsaid by the switch.
      if (stays) {
        await page.click("#p-partner-points .switch");
        expect(await rule(memberId, "partner-points")).to.equal("refused");
      }
      await page.context().close();
    }
  });

  it("loads nothing from anywhere else, and its policy refuses nothing of its own", async () => {
    const { memberId } = await aMember(server);
    const { path } = await preferenceLink(server, memberId);
    const page = await pageFor("/preferences");
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on("request", (r) => asked.push(new URL(r.url()).origin));
    page.on("console", (m) => complaints.push(m.text()));
    await page.goto(`${server.url}${path}`);
    expect([...new Set(asked)]).to.deep.equal([server.url]);
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });
});
