import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const DIST = fileURLToPath(new URL("../../web/dist/", import.meta.url));
const KB = 1_000;
/** What people wait for before they can log in, and before a list is there: gzipped JavaScript. */
const ENTRY_LIMIT = 350 * KB;
const PAGE_LIMIT = 425 * KB;

/** Scripts that a script needs at once, and those that it fetches when somebody goes there. */
function importsOf(script: string): { readonly now: readonly string[]; readonly later: readonly string[] } {
  const text = readFileSync(`${DIST}${script}`, "utf8");
  const names = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] as string);
  return {
    now: names(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g),
    later: names(/import\(\s*["'`]\.\/([\w.-]+\.js)["'`]/g),
  };
}

/** Everything that has arrived when these scripts run. */
function whole(scripts: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (script: string) => {
    if (found.has(script)) return;
    found.add(script);
    importsOf(script).now.forEach(visit);
  };
  scripts.forEach(visit);
  return found;
}

const weightOf = (scripts: ReadonlySet<string>) =>
  [...scripts].reduce((sum, script) => sum + readFileSync(`${DIST}${script}.gz`).length, 0);

/** How heavy the console is, as it was built here. */
describe("the console's scripts", () => {
  let entry: string;

  before(function () {
    if (!existsSync(`${DIST}index.html`)) this.skip();
    entry =
      /src="\/console-assets\/([\w.-]+\.js)"/.exec(readFileSync(`${DIST}index.html`, "utf8"))?.[1] ?? "";
  });

  it("are under 350 kB when the log-in page is there", () => {
    const first = whole([entry]);
    expect(first.size).to.be.greaterThan(2);
    expect(weightOf(first)).to.be.lessThan(ENTRY_LIMIT);
  });

  it("are under 425 kB in all on every page, charts aside, which come when one is drawn", () => {
    const pages = [...whole([entry])].flatMap((script) => importsOf(script).later);
    expect(pages.length, "every page is a script of its own").to.be.greaterThan(20);
    const heavy = pages
      .map((page) => [page, weightOf(whole([entry, page]))] as const)
      .filter(([, weight]) => weight >= PAGE_LIMIT);
    expect(heavy).to.deep.equal([]);
    const charts = readdirSync(DIST).filter((name) => /^echarts-.*\.js$/.test(name));
    for (const chart of charts)
      for (const page of pages)
        expect(whole([entry, page]).has(chart), `${page} draws at once`).to.equal(false);
    expect(charts).to.have.length(1);
  });
});
