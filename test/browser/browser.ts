import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";

/** Where a browser may be; undefined: there is none, and tests in a browser are skipped. */
export const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);
const AXE = readFileSync(
  fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url)),
  "utf8",
);
/** Where pictures are kept for people to look at. */
export const ARTIFACTS = fileURLToPath(new URL("../../artifacts/", import.meta.url));
export const LANGUAGES = ["en", "zh-CN", "zh-TW"] as const;

/** A phone, and a desk in the dark. */
export const SCREENS = [
  { width: 390, dark: false },
  { width: 1440, dark: true },
] as const;

/**
 * Nothing moves for whoever asks their system for that. Somebody who clicks as fast as a test does would press a button
 * that is still sliding into its place and let go beside it.
 */
export const STILL = { reducedMotion: "reduce" } as const;

/** A headless browser. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

/** A headless browser; null on a machine that has none. */
export async function openBrowser(): Promise<Browser | null> {
  return CHROMIUM === undefined ? null : launch();
}

/** A page of its own, with nothing remembered. `bypassCSP` lets a checker in that the page's policy would refuse. */
export async function openPage(
  browser: Browser,
  url: string,
  options: { javaScriptEnabled?: boolean; width?: number; dark?: boolean; bypassCSP?: boolean } = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 390, height: 844 },
    javaScriptEnabled: options.javaScriptEnabled ?? true,
    colorScheme: options.dark === true ? "dark" : "light",
    ...STILL,
    bypassCSP: options.bypassCSP ?? false,
  });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** The rules of WCAG 2.1, levels A and AA, without axe's own advice on good practice. */
export const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] as const;

/** What axe finds on the page, each with the first place where it is; by all its rules unless some are named. */
export async function violations(page: Page, runOnly?: readonly string[]): Promise<string[]> {
  interface Finding {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }
  const rules = JSON.stringify(runOnly === undefined ? {} : { runOnly });
  const found = await page.evaluate<Finding[]>(
    `${AXE}; axe.run(document, ${rules}).then((r) => r.violations.map((v) => ({ id: v.id, nodes: v.nodes.map((n) => ({ html: n.html })) })))`,
  );
  return found.map((v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 200)}`);
}

/**
 * The field of that name, wherever it comes to stand. A table's heading may have the same name and be there before the
 * form is; something to fill in is waited for.
 */
export function field(page: Page, name: string): Locator {
  return page.getByLabel(name, { exact: true }).and(page.locator("input, textarea"));
}

/** Whether the page scrolls sideways. */
export function isWide(page: Page): Promise<boolean> {
  return page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
}
