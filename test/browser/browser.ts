import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);
const AXE = readFileSync(
  fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url)),
  "utf8",
);
export const LANGUAGES = ["en", "zh-CN", "zh-TW"] as const;

/** A phone, and a desk in the dark. */
export const SCREENS = [
  { width: 390, dark: false },
  { width: 1440, dark: true },
] as const;

/** A headless browser; null on a machine that has none. */
export async function openBrowser(): Promise<Browser | null> {
  if (CHROMIUM === undefined) return null;
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
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
    bypassCSP: options.bypassCSP ?? false,
  });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** What axe finds on the page, each with the first place where it is. */
export async function violations(page: Page): Promise<string[]> {
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

/** Whether the page scrolls sideways. */
export function isWide(page: Page): Promise<boolean> {
  return page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
}
