import { readFileSync, mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
const [role, width, locale, dark, out, ...paths] = process.argv.slice(2);
const log = readFileSync("/tmp/wt/E-demo.log","utf8");
const m = new RegExp(`  ${role}\\s+(\\S+)\\s+(\\S+)`).exec(log)!;
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox","--disable-gpu","--disable-dev-shm-usage"] });
const c = await b.newContext({ viewport: { width: Number(width), height: 900 }, locale, colorScheme: dark === "dark" ? "dark":"light" });
const p = await c.newPage(); p.setDefaultTimeout(60000);
p.on("console", x => x.type()==="error" && console.log("ERR", x.text()));
p.on("pageerror", x => console.log("PAGEERR", String(x)));
await p.goto("http://127.0.0.1:18185/");
await p.fill('input[type=email]', m[1]!); await p.fill('input[type=password]', m[2]!);
await p.click('button[type=submit]'); await p.waitForSelector("#main h1");
mkdirSync(out!, {recursive:true});
for (const path of paths) {
  const [at, click] = path.split("@@");
  await p.goto("http://127.0.0.1:18185/console/"+at); await p.waitForSelector("#main h1, #main .ant-result"); await p.waitForLoadState("networkidle");
  await p.waitForSelector(".ant-skeleton, .ant-spin-spinning", { state: "detached" });
  if (click) for (const s of click.split("||")) { await p.locator(s).first().click(); await p.waitForTimeout(900); }
  const h = await p.evaluate("document.documentElement.scrollWidth > innerWidth");
  if (h) console.log("WIDE", path);
  await p.screenshot({ path: `${out}/${path.replace(/[^a-z0-9]+/gi,"-").slice(0,60)}-${width}-${locale}.png`, fullPage: true });
}
await b.close();
