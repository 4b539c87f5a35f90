import { expect } from "chai";
import type { Browser } from "playwright-core";
import { startTestServer, type TestServer } from "../setup/server.ts";
import { LSS } from "../unit/surveys/lime-survey.ts";
import { CHROMIUM, field, launch } from "./browser.ts";
import { logInAs } from "./staff-browser.ts";

interface Version {
  readonly definition: {
    readonly pages: readonly { readonly elements: readonly Record<string, unknown>[] }[];
  };
  readonly metrics: readonly { readonly question: string; readonly kind: string }[];
}

describe("writing a survey in the console", function () {
  this.timeout(240_000);
  let server: TestServer;
  let browser: Browser;

  before(async function () {
    if (CHROMIUM === undefined) this.skip();
    server = await startTestServer("console-questions");
    const templates = await server.call<{ items: { id: string; name: object; survey: object }[] }>(
      "GET",
      "/v1/surveys/templates",
    );
    const template = templates.body.items.find((t) => t.id === "after-purchase");
    for (const id of ["visit", "seen"])
      await server.call("POST", "/v1/surveys", {
        body: { id, name: template?.name, ...template?.survey },
      });
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const newest = async (id: string) =>
    (await server.call<Version>("GET", `/v1/surveys/${id}/versions/1`)).body;

  it("adds, orders, translates and conditions questions without a line of JSON, and publishes them", async () => {
    const { page, wrong, go, close } = await logInAs(browser, server, "cx");
    await go("surveys/visit?tab=questions");
    const outline = page.getByRole("navigation", { name: "Pages and questions" });
    await outline.getByRole("button", { name: /main reason/ }).click();
    await page.getByRole("button", { name: /^(plus )?Add$/ }).click();
    await page.getByRole("menuitem", { name: "One of several", exact: true }).click();
    await field(page, "Question · English").fill("Who helped you?");
    await field(page, "Question · 简体中文").fill("谁帮助了您？");
    await field(page, "Question · 繁體中文").fill("誰協助了您？");
    await field(page, "Choices 1 · English").fill("Somebody at the till");
    await field(page, "Choices 2 · English").fill("Nobody");
    await page.getByRole("button", { name: "Add a condition" }).click();
    // Drawn by the server, at a phone's width, while nothing is saved.
    const phone = page.frameLocator('iframe[title="As people see it"]');
    await phone.getByText("Who helped you?").waitFor();
    await phone.getByText("Somebody at the till").waitFor();
    // By keys alone: up twice, to the top of the page.
    await outline.getByRole("button", { name: /Who helped you/ }).focus();
    await page.keyboard.press("Alt+ArrowUp");
    await page.keyboard.press("Alt+ArrowUp");
    expect(await page.evaluate<string>("document.activeElement?.textContent")).to.contain("Who helped you");
    // Now the score comes second, and the linter says so where it is.
    await outline.getByRole("button", { name: /How satisfied/ }).click();
    await page.getByText("metric-late").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("button", { name: "Redo" }).click();
    await page.getByRole("button", { name: "Save and publish" }).click();
    await page.getByText("Version 1 is in force.").waitFor();
    await close();
    const { definition } = await newest("visit");
    const elements = definition.pages[0]?.elements ?? [];
    expect(elements.map((e) => e.name)).to.deep.equal(["csat", "question1", "why"]);
    expect(elements[1]).to.deep.equal({
      type: "radiogroup",
      name: "question1",
      title: { default: "Who helped you?", "zh-cn": "谁帮助了您？", "zh-tw": "誰協助了您？" },
      choices: [
        { value: "item1", text: "Somebody at the till" },
        { value: "item2", text: "Nobody" },
      ],
      visibleIf: "{csat} notempty",
    });
    expect(wrong).to.deep.equal([]);
  });

  it("takes questions over from files of three kinds, says what was not understood, and makes a draft", async () => {
    const { page, wrong, go, violations, shoot, close } = await logInAs(browser, server, "cx");
    await go("surveys");
    await page.getByRole("button", { name: "Import", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Import questions" });
    const choose = (name: string, text: string) =>
      dialog
        .locator('input[type="file"]')
        .setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });
    await choose("list.csv", "name,type,question,colour\nnps,nps,Would you recommend us?,red\n");
    await dialog.getByText("list.csv: 1 questions were read.").waitFor();
    await dialog.getByText("Column colour: This column is not understood").waitFor();
    await choose(
      "form.json",
      JSON.stringify({ elements: [{ type: "text", name: "a", title: "Anything?" }] }),
    );
    await dialog
      .getByText("form.json: 1 questions were read. Everything in the file was understood.")
      .waitFor();
    await choose("Shop visit.lss", LSS);
    await dialog.getByText("Shop visit.lss: 3 questions were read.").waitFor();
    const left = await dialog.getByRole("alert").getByRole("listitem").allTextContents();
    expect(left.map((line) => line.split(":")[0])).to.deep.equal(["A3", "A4", "The whole", "The whole"]);
    expect(await violations()).to.deep.equal([]);
    await shoot("import-1440");
    expect(await dialog.getByRole("textbox", { name: "What people call it" }).inputValue()).to.equal("Shop");
    await dialog.getByRole("checkbox", { name: "anonymous" }).check();
    await dialog.getByRole("button", { name: "Make" }).click();
    await page
      .getByRole("navigation", { name: "Pages and questions" })
      .getByText("What was missing?")
      .waitFor();
    await close();
    const { anonymous, name } = (
      await server.call<{ anonymous: boolean; name: object }>("GET", "/v1/surveys/shop-visit")
    ).body;
    expect({ anonymous, name }).to.deep.equal({
      anonymous: true,
      name: { en: "Shop", "zh-CN": "Shop", "zh-TW": "Shop" },
    });
    expect((await newest("shop-visit")).definition.pages[0]?.elements.map((e) => e.name)).to.deep.equal([
      "A1",
      "A2",
      "A3",
    ]);
    expect(wrong).to.deep.equal([]);
  });

  it("keeps what is not saved while one looks elsewhere, and shows the same document as JSON", async () => {
    const { page, wrong, go, close } = await logInAs(browser, server, "cx");
    await go("surveys/seen?tab=questions");
    await field(page, "Question · English").fill("Were you content?");
    await page.getByRole("tab", { name: "Send" }).click();
    await page.getByRole("tab", { name: "Questions" }).click();
    await page.getByText("Not saved yet").waitFor();
    await page.getByText("JSON, for experts").click();
    const text = field(page, "The questions as SurveyJS JSON");
    const typed = JSON.parse(await text.inputValue()) as {
      definition: { pages: { elements: Record<string, unknown>[] }[]; calculatedValues?: unknown };
    };
    expect(JSON.stringify(typed)).to.contain("Were you content?");
    typed.definition.calculatedValues = [{ name: "x", expression: "1" }];
    await text.fill(JSON.stringify(typed));
    await page.getByText("Form", { exact: true }).click();
    await field(page, "Question · English").fill("Were you happy?");
    await page.getByRole("button", { name: "Save as draft" }).click();
    await page.getByText("Saved.").waitFor();
    await close();
    const stored = await newest("seen");
    expect(JSON.stringify(stored.definition))
      .to.contain("Were you happy?")
      .and.to.contain("calculatedValues");
    expect(wrong).to.deep.equal([]);
  });

  for (const { width, dark, locale } of [
    { width: 1440, dark: false, locale: "en-GB" },
    { width: 1440, dark: true, locale: "zh-CN" },
    { width: 390, dark: false, locale: "zh-TW" },
  ])
    it(`is free of barriers at ${width} px, ${dark ? "dark" : "light"}, in ${locale}`, async () => {
      const { page, wrong, go, violations, shoot, close } = await logInAs(browser, server, "cx", {
        width,
        dark,
        locale,
      });
      await go("surveys/seen?tab=questions");
      const faults: string[] = [];
      const look = async (name: string) => {
        // The frame is drawn by the server: with it everything is there.
        await page.frameLocator(".ed-phone").locator("h1").waitFor({ state: "attached" });
        faults.push(...(await violations()).map((v) => `${name} ${v}`));
        await shoot(`questions-${name}-${width}-${dark ? "dark" : "light"}`);
      };
      if (width < 800) await look("outline");
      for (const place of ["pages/0/elements/0", "pages/1/elements/0"]) {
        if (width < 800) await page.locator(".ed-panes .ant-segmented-item").first().click();
        await page.locator(`[data-place="${place}"]`).click();
        await look(place.replaceAll("/", "-"));
      }
      if (width < 800) {
        await page.locator(".ed-panes .ant-segmented-item").nth(2).click();
        await look("preview");
      }
      await close();
      expect(faults).to.deep.equal([]);
      expect(wrong).to.deep.equal([]);
    });
});
