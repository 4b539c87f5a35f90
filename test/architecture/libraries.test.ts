import { readFileSync } from "node:fs";
import { expect } from "chai";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

describe("the libraries", () => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Manifest;
  const all = Object.entries({ ...dependencies, ...devDependencies });

  it("are pinned to exact versions", () => {
    expect(all.length).to.be.greaterThan(10);
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).to.deep.equal([]);
  });

  it("are each accounted for, in the version in use, in decision 0003", () => {
    const page = read("docs/decisions/0003-libraries.md");
    expect(all.filter(([name, version]) => !page.includes(`**${name} ${version}**`))).to.deep.equal([]);
    const known = new Set(all.map(([name, version]) => `${name} ${version}`));
    const named = [...page.matchAll(/\*\*((?:@[\w-]+\/)?[\w.-]+ \d+\.\d+\.\d+)\*\*/g)].map((m) => m[1] ?? "");
    expect(named.filter((n) => !known.has(n))).to.deep.equal([]);
  });
});
