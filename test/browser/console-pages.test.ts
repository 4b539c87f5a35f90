import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { openProgramme, type Programme } from "../integration/loyalty/programme.ts";
import { ARTIFACTS, CHROMIUM, isWide, launch, violations, WCAG } from "./browser.ts";
import { type Examples, furnish } from "./furnished.ts";
import { logInAs } from "./staff-browser.ts";

const AREAS = fileURLToPath(new URL("../../web/src/areas/", import.meta.url));
const PARTS = fileURLToPath(new URL("../../web/src/parts/", import.meta.url));
const PICTURES = join(ARTIFACTS, "console");

/** Every page as the console's areas list it, in the router's form: `members/:id`. */
const ROUTES = readdirSync(AREAS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => [
    ...readFileSync(join(AREAS, name, "pages.tsx"), "utf8").matchAll(/^ {4}path: "([^"]+)",$/gm),
  ])
  .map(([, path]) => path as string);

/** A button of the page's head. */
const HEAD = ".page-actions button";
const ROW = ".ant-table-row >> nth=0";
const IN_ROW = ".ant-table-row >> nth=0 >> .row button";

/** What is pressed: something on the page, by where it is, or a key. */
type Press = string | { readonly key: string };

/**
 * What opens above a page, by the file that holds it: at which route (with what behind its address), and what has to be
 * pressed for it, by place, for it is called otherwise in every language.
 */
const OPENED: readonly {
  readonly file: string;
  readonly at: string;
  readonly with?: string;
  readonly press: readonly Press[];
}[] = [
  { file: "requests/requests.tsx", at: "requests", press: [`${HEAD} >> nth=0`] },
  { file: "requests/act-form.tsx", at: "requests/:id", press: [".acts button >> nth=1"] },
  { file: "parts/reveal.tsx", at: "members/:id", press: ["#main .ant-tabs-content button >> nth=0"] },
  {
    file: "members/identity-tab.tsx",
    at: "members/:id",
    with: "tab=identity",
    press: ["#main .ant-select-multiple", { key: "Enter" }, { key: "Escape" }, "#main .ant-btn-dangerous"],
  },
  { file: "members/review.tsx", at: "review", press: [".ant-table-row >> nth=0 >> button"] },
  { file: "consent/purposes.tsx", at: "purposes", press: [`${HEAD} >> nth=0`] },
  { file: "consent/purpose-form.tsx", at: "purposes", with: "edit=marketing", press: [] },
  { file: "segments/segment-members.tsx", at: "segments", press: [`${IN_ROW} >> nth=0`] },
  { file: "members/member-filter.tsx", at: "requests", press: ["#main .ant-card-body button >> nth=0"] },
  { file: "consent/notices.tsx", at: "notices", press: [`${IN_ROW} >> nth=-1`] },
  { file: "consent/recipients.tsx", at: "recipients", press: [`${HEAD} >> nth=0`] },
  { file: "voice/import-survey.tsx", at: "surveys", press: [`${HEAD} >> nth=0`] },
  { file: "voice/surveys.tsx", at: "surveys", press: [`${HEAD} >> nth=1`] },
  {
    file: "voice/results-actions.tsx",
    at: "surveys/:id",
    press: ["#main .ant-card-extra button >> nth=-1"],
  },
  { file: "voice/survey-settings.tsx", at: "surveys/:id", press: [`${HEAD} >> nth=0`] },
  {
    file: "voice/campaign-form.tsx",
    at: "surveys/:id",
    with: "tab=send",
    press: ["#main .ant-card-extra .ant-btn-primary"],
  },
  {
    file: "voice/campaign-messages.tsx",
    at: "surveys/:id",
    with: "tab=send",
    press: [`${IN_ROW} >> nth=1`],
  },
  { file: "voice/send-tab.tsx", at: "surveys/:id", with: "tab=send", press: [`${IN_ROW} >> nth=0`] },
  { file: "voice/case.tsx", at: "cases", press: [ROW] },
  { file: "operate/sources.tsx", at: "sources", press: [`${HEAD} >> nth=0`] },
  { file: "operate/quarantine.tsx", at: "quarantine", press: [ROW] },
  { file: "operate/outbox.tsx", at: "outbox", press: [ROW] },
  { file: "proof/audit.tsx", at: "audit", press: [ROW] },
  { file: "privacy/breaches.tsx", at: "breaches", press: [`${HEAD} >> nth=0`] },
  { file: "privacy/breach.tsx", at: "breaches/:id", press: [`${IN_ROW} >> nth=0`] },
  { file: "privacy/holds.tsx", at: "holds", press: [`${HEAD} >> nth=0`] },
  { file: "people/staff.tsx", at: "staff", press: [`${HEAD} >> nth=0`] },
  { file: "people/keys.tsx", at: "keys", press: [`${HEAD} >> nth=0`] },
];

const opensAbove = (path: string) =>
  path.endsWith(".tsx") && /<(Modal|Drawer)\b/.test(readFileSync(path, "utf8"));

/** The files of the areas, and the parts that they share, that open something above their page. */
const OPENING = [
  ...readdirSync(AREAS, { recursive: true, encoding: "utf8" }).filter((file) =>
    opensAbove(join(AREAS, file)),
  ),
  ...readdirSync(PARTS)
    .filter((file) => opensAbove(join(PARTS, file)))
    .map((file) => `parts/${file}`),
].sort();

/** How long something may take to come; what never comes is a fault of its page, and the walk goes on. */
const PATIENCE_MS = 20_000;

/** What stands above a page. */
const ABOVE = ".ant-modal, .ant-drawer-open";

/** How somebody looks at the console. */
interface Device {
  readonly width: number;
  readonly dark: boolean;
  readonly locale: string;
}

/** One thing to look at. */
interface Look {
  readonly name: string;
  /** Below `/console/`. */
  readonly path: string;
  readonly press: readonly Press[];
}

function addressOf(route: string, examples: Examples): string {
  const found = route.includes(":") ? examples[route] : route;
  if (found === undefined) throw new Error(`nothing to show at ${route}: give it an example`);
  return found;
}

const nameOf = (path: string) =>
  path
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "one")
    .replace(/[^a-z0-9]+/gi, "-")
    .replace(/^-|-$/g, "");

describe("every page of the console", function () {
  this.timeout(400_000);
  let programme: Programme;
  let browser: Browser;
  let examples: Examples;

  before(async function () {
    if (CHROMIUM === undefined) this.skip();
    programme = await openProgramme("console-pages");
    examples = await furnish(programme);
    browser = await launch();
    mkdirSync(PICTURES, { recursive: true });
  });
  after(async () => {
    await browser?.close();
    await programme?.server.close();
  });

  it("is walked, with everything that opens above it", () => {
    expect(ROUTES).to.have.length.greaterThan(30);
    expect(ROUTES.filter((route) => route.includes(":")).sort()).to.deep.equal(Object.keys(examples).sort());
    expect([...new Set(OPENED.map(({ file }) => file))].sort()).to.deep.equal(OPENING);
  });

  /** Walks every page and everything above it as one person's device shows them; answers what is wrong. */
  const walk = async ({ width, dark, locale }: Device): Promise<string[]> => {
    const { page, wrong, close } = await logInAs(browser, programme.server, "admin", {
      width,
      dark,
      locale,
    });
    const calm = calmOf(page);
    await page.evaluate(STILL);
    page.setDefaultTimeout(PATIENCE_MS);
    const faults: string[] = [];
    const see = async ({ name, path, press }: Look) => {
      await follow(page, path);
      await calm();
      for (const next of press) {
        if (typeof next === "string") await page.locator(next).first().click();
        else await page.keyboard.press(next.key);
        await calm();
      }
      if (await isWide(page)) faults.push(`${name} scrolls sideways`);
      await page.screenshot({ path: join(PICTURES, `${name}-${locale}-${width}.png`), fullPage: true });
      for (const found of await violations(page, WCAG)) faults.push(`${name}: ${found}`);
    };
    const look = (what: Look) =>
      see(what).catch((error: unknown) => faults.push(`${what.name}: ${String(error).slice(0, 300)}`));
    for (const route of ROUTES) {
      const path = addressOf(route, examples);
      await look({ name: nameOf(path), path, press: [] });
      const tabs = await page.$$eval("#main [role=tab]", (found) =>
        found.map((tab) => tab.parentElement?.getAttribute("data-node-key") ?? ""),
      );
      // The first is what the page itself shows.
      for (const tab of tabs.slice(1)) {
        const at = `${path}${path.includes("?") ? "&" : "?"}tab=${tab}`;
        await look({ name: nameOf(at), path: at, press: [] });
      }
    }
    for (const { file, at, with: more, press } of OPENED) {
      const path = addressOf(at, examples);
      const query = more === undefined ? "" : `${path.includes("?") ? "&" : "?"}${more}`;
      const name = `above-${nameOf(file.replace(".tsx", ""))}`;
      await look({ name, path: `${path}${query}`, press });
      if ((await page.locator(ABOVE).count()) === 0) faults.push(`${name}: nothing opens`);
      await page.keyboard.press("Escape");
    }
    await close();
    return [...faults, ...wrong].map((fault) => `${width} px, ${locale}: ${fault}`);
  };

  it("is free of barriers and does not scroll sideways, at 1440 px light and at 390 px dark", async () => {
    const walks = [
      { width: 1440, dark: false, locale: "en-GB" },
      { width: 390, dark: true, locale: "zh-CN" },
    ];
    expect((await Promise.all(walks.map(walk))).flat()).to.deep.equal([]);
  });
});

/** Movements end at once, so that no colour is looked at half way; their ends are still told. */
const STILL = `(() => {
  const still = new CSSStyleSheet();
  still.replaceSync("*, *::before, *::after { transition-duration: 1ms !important; transition-delay: 0s !important; animation-duration: 1ms !important; animation-delay: 0s !important; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
})()`;

/**
 * Ends as soon as the page of the address is shown with its heading, nothing is loading or moving, and two more frames
 * were drawn: what an answer changes is there by then, and may have asked for more. Answers what is still missing when
 * that never comes.
 */
const DRAWN = `new Promise((done) => {
  const until = performance.now() + ${PATIENCE_MS};
  let still = 0;
  const missing = () => {
    const at = document.getElementById("main")?.dataset.at;
    if (at !== location.pathname + location.search) return "shows " + at;
    if (document.querySelector("#main h1, #main .ant-result") === null) return "has no heading";
    const busy = document.querySelector(".ant-skeleton, .ant-spin-spinning, .ant-btn-loading");
    if (busy !== null) return "waits: " + busy.outerHTML.slice(0, 200);
    // What never ends is a wait, and those are looked for above; a button may keep its turning icon for good behind it.
    const moving = document.getAnimations().find((one) => one.playState === "running" && one.effect?.getComputedTiming().iterations !== Infinity);
    return moving === undefined ? null : "moves: " + (moving.animationName ?? moving.transitionProperty) + " of " + moving.effect?.target?.className;
  };
  const look = () => {
    const what = missing();
    still = what === null ? still + 1 : 0;
    if (still > 2) done(null);
    else if (performance.now() > until) done(what);
    else requestAnimationFrame(look);
  };
  look();
})`;

/** Goes to a page of the console as a link does, without loading everything anew. */
async function follow(page: Page, path: string): Promise<void> {
  await page.evaluate(
    `history.pushState(null, "", ${JSON.stringify(`/console/${path}`)}); dispatchEvent(new PopStateEvent("popstate", { state: null }))`,
  );
}

/** Waits until everything that was asked for is there and drawn. */
function calmOf(page: Page): () => Promise<void> {
  const asked = new Set<unknown>();
  page.on("request", (request) => asked.add(request));
  page.on("requestfinished", (request) => asked.delete(request));
  page.on("requestfailed", (request) => asked.delete(request));
  return async () => {
    const until = performance.now() + PATIENCE_MS;
    do {
      const missing = await page.evaluate<string | null>(DRAWN);
      if (missing !== null) throw new Error(`never came to rest: ${missing}`);
      if (asked.size === 0) return;
    } while (performance.now() < until);
    throw new Error(`${asked.size} requests were never answered`);
  };
}
