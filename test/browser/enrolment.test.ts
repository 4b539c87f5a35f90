import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { decisions } from "../integration/consent/people.ts";
import { A_SHOP, openShop } from "../integration/consent/shop.ts";
import { startTestServer, type TestServer } from "../setup/server.ts";
import { isWide, LANGUAGES, openBrowser, openPage, SCREENS, violations } from "./browser.ts";

describe("the enrolment form in a browser", function () {
  this.timeout(180_000);
  let server: TestServer;
  let browser: Browser;
  let shop: Server;
  let form: { path: string; snippet: string };
  before(async function () {
    const found = await openBrowser();
    // A machine without a browser cannot show a page; the HTTP tests cover what the form does.
    if (found === null) return this.skip();
    browser = found;
    server = await startTestServer("enrolment-browser");
    await openShop(server);
    // The snippet's form goes to the public address: here it is where the test's server listens.
    await server.call("PUT", "/v1/controller", { body: { ...A_SHOP, publicUrl: server.url } });
    const source = await server.source({ name: "Shop site", kind: "web", region: "TW" });
    form = (
      await server.call<typeof form>("POST", `/v1/sources/${source.id}/enrolment-form`, {
        body: { purposes: ["marketing", "analytics", "profiling"] },
      })
    ).body;
    // A shop's own page, on another origin, which puts the snippet into a style of its own.
    shop = createServer((req, res) => {
      const lang = new URL(req.url ?? "/", "http://shop").searchParams.get("lang") ?? "en";
      void fetch(`${server.url}${form.snippet}&lang=${lang}`)
        .then((answer) => answer.text())
        .then((snippet) =>
          res
            .writeHead(200, { "content-type": "text/html; charset=utf-8" })
            .end(
              `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>Shop</title><meta name="viewport" content="width=device-width"></head><body><main><h1>Lantern &amp; Leaf</h1>${snippet}</main></body></html>`,
            ),
        );
    });
    await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    await browser?.close();
    shop?.close();
    await server?.close();
  });

  const shopUrl = () => `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;

  it("has no accessibility violation and no sideways scrolling, filled in, corrected, done, or on the shop's own page", async () => {
    for (const lang of LANGUAGES) {
      for (const { width, dark } of SCREENS) {
        const page = await openPage(browser, `${server.url}${form.path}?lang=${lang}`, {
          width,
          dark,
          bypassCSP: true,
        });
        const check = async (what: string) => {
          expect(await violations(page), `${what} ${lang} ${width}`).to.deep.equal([]);
          expect(await isWide(page), `${what} ${lang} ${width} scrolls sideways`).to.equal(false);
        };
        for (const summary of await page.locator("summary").all()) await summary.click();
        await check("form");
        await page.selectOption("[name=country]", "TW");
        await page.click("button[type=submit]");
        expect(await page.locator("[role=alert] li").count()).to.equal(1);
        expect(await page.locator('[aria-invalid="true"]').count()).to.equal(2);
        await check("corrections");
        await page.goto(`${server.url}${form.path}?done=waiting&lang=${lang}`);
        await check("done");
        await page.goto(`${shopUrl()}/?lang=${lang}`);
        for (const summary of await page.locator("summary").all()) await summary.click();
        await check("snippet");
        await page.context().close();
      }
    }
  });

  it("takes a member in from the shop's own page by keyboard alone, without script, with just what was ticked", async () => {
    const page = await openPage(browser, `${shopUrl()}/?lang=en`, { javaScriptEnabled: false });
    await page.focus("[name=firstName]");
    await page.keyboard.type("Ada");
    for (let i = 0; i < 3; i++) await page.keyboard.press("Tab");
    await page.keyboard.type("0912 345 699");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Taiwan");
    // Past the year of birth, e-mail, then text message.
    for (let i = 0; i < 3; i++) await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await page.waitForURL(/done=yes/);
    expect(await page.textContent("h1")).to.equal("Welcome");
    const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "phone", value: "0912345699", region: "TW" },
    });
    const { memberId } = found.body;
    const asked = [
      { memberId, purpose: "marketing", channel: "sms" },
      { memberId, purpose: "marketing", channel: "call" },
      { memberId, purpose: "profiling" },
    ];
    expect((await decisions(server, asked)).map((d) => d.rule)).to.deep.equal([
      "consent-given",
      "no-consent",
      "no-consent",
    ]);
    await page.context().close();
  });

  it("lets somebody in who lives where no law of ours reaches, and takes nothing for agreed", async () => {
    const page = await openPage(browser, `${server.url}${form.path}?lang=en`, { javaScriptEnabled: false });
    await page.fill("[name=phone]", "+81 90 1234 5678");
    await page.selectOption("[name=country]", { label: "Another country" });
    await page.check('[value^="profiling"]');
    await page.click("button[type=submit]");
    expect(await page.textContent("h1")).to.equal("Welcome");
    expect(await page.textContent(".lead")).to.contain("nothing that you ticked has been turned on");
    const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "phone", value: "+819012345678" },
    });
    const [said] = await decisions(server, [{ memberId: found.body.memberId, purpose: "profiling" }]);
    expect(said?.rule).to.equal("regime-unknown");
    await page.context().close();
  });
});
