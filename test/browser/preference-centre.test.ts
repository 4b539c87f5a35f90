import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type Browser, chromium, type Page } from "playwright-core";
import { aGrant, aMember, decisions, say } from "../integration/consent/people.ts";
import { openShop, preferenceLink } from "../integration/consent/shop.ts";
import { startTestServer, type TestServer } from "../setup/server.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);
const AXE = readFileSync(
  fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url)),
  "utf8",
);
const LANGUAGES = ["en", "zh-CN", "zh-TW"] as const;

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
    // A machine without a browser cannot show a page; the HTTP tests cover what the page does.
    if (CHROMIUM === undefined) this.skip();
    server = await startTestServer("preference-browser");
    await openShop(server);
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const rule = async (memberId: string, purpose: string, channel?: string) =>
    (await decisions(server, [{ memberId, purpose, ...(channel === undefined ? {} : { channel }) }]))[0]
      ?.rule;
  const pageFor = async (
    path: string,
    options: { javaScriptEnabled?: boolean; width?: number; dark?: boolean; bypassCSP?: boolean } = {},
  ) => {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 390, height: 844 },
      javaScriptEnabled: options.javaScriptEnabled ?? true,
      colorScheme: options.dark === true ? "dark" : "light",
      bypassCSP: options.bypassCSP ?? false,
    });
    const page = await context.newPage();
    await page.goto(`${server.url}${path}`);
    return page;
  };

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
      for (const [width, dark] of [
        [390, false],
        [1440, true],
      ] as const) {
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

  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(AXE);
    return page.evaluate(async () => {
      interface Finding {
        id: string;
        nodes: { html: string }[];
      }
      const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Finding[] }> } };
      const { violations: found } = await axe.run();
      return found.map((v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 120)}`);
    });
  }

  function isWide(page: Page): Promise<boolean> {
    return page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
  }
});
