import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { TestServer } from "../setup/server.ts";
import { ARTIFACTS, STILL, violations, WCAG } from "./browser.ts";

const PICTURES = join(ARTIFACTS, "console");
export const PASSWORD = "a long enough pass phrase";

/** A logged-in member of staff in a browser of their own, which notes everything that a page does wrong. */
export interface StaffBrowser {
  readonly page: Page;
  /** Errors on the console, of scripts, and requests that leave the origin. */
  readonly wrong: readonly string[];
  /** Goes to a page below `/console/` and waits until it is there. */
  readonly go: (path: string) => Promise<void>;
  readonly settled: () => Promise<void>;
  /** What axe finds, each with the first place where it is. */
  readonly violations: () => Promise<string[]>;
  /** Keeps a picture of the page for people to look at. */
  readonly shoot: (name: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Makes an account with a role and answers its address. */
export async function invite(server: TestServer, role: string): Promise<string> {
  const email = `${role}-${Math.random().toString(36).slice(2)}@candor.example`;
  const made = await server.call<{ link: string }>("POST", "/v1/staff", {
    body: { email, name: `A ${role}`, role, ...(role === "store" ? { stores: ["S1"] } : {}) },
  });
  await server.call("POST", "/v1/invitations/use", {
    key: null,
    body: { token: made.body.link.split("#")[1], password: PASSWORD },
  });
  return email;
}

/** Logs somebody in through the form. */
export async function logInAs(
  browser: Browser,
  server: TestServer,
  role: string,
  options: { width?: number; dark?: boolean; locale?: string } = {},
): Promise<StaffBrowser> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: 900 },
    colorScheme: options.dark === true ? "dark" : "light",
    locale: options.locale ?? "en-GB",
    ...STILL,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const wrong: string[] = [];
  page.on("console", (m) => m.type() === "error" && wrong.push(m.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !/^(data|blob|about):/.test(url))
      wrong.push(`foreign request: ${url}`);
  });
  await page.goto(`${server.url}/`);
  await page.fill('input[type="email"]', await invite(server, role));
  await page.fill('input[type="password"]', PASSWORD);
  await page.click('button[type="submit"]');
  await page.waitForSelector("#main h1");
  const settled = async () => {
    await page.waitForSelector("#main h1");
    await page.waitForLoadState("networkidle");
    await page.waitForSelector(".ant-skeleton, .ant-spin-spinning", { state: "detached" });
  };
  return {
    page,
    wrong,
    settled,
    go: async (path) => {
      await page.goto(`${server.url}/console/${path}`);
      await settled();
    },
    violations: () => violations(page, WCAG),
    shoot: async (name) => {
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
    },
    close: () => context.close(),
  };
}

/**
 * Chooses one of several in a field of the page, in the list that belongs to this field, as soon as the list has come to
 * rest: an option that moves between the press and the release of the button is not clicked.
 */
export async function choose(page: Page, field: string, option: string): Promise<void> {
  const box = page.getByRole("combobox", { name: field, exact: true });
  await box.click();
  await page
    .locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden):not([class*="ant-slide-"])')
    .filter({ has: page.locator(`[id="${await box.getAttribute("id")}_list"]`) })
    .locator(".ant-select-item-option")
    .filter({ hasText: option })
    .first()
    .click();
}
