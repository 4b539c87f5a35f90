// Completes package-lock.json after `npm install` on a machine whose registry lacks packages of other platforms.
//
// npm leaves such optional packages out of the lock, and `npm ci` then refuses the whole lock on every machine
// ("Missing: @biomejs/cli-darwin-arm64@ from lock file"). The entries need no more than version and platform: where
// they fit, npm fetches them by name and version; elsewhere they are skipped.
//
//   node scripts/ci/complete-lock.mjs          adds what is missing
//   node scripts/ci/complete-lock.mjs --check  fails when something is missing
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const { packages } = lock;

const PLATFORM =
  /(?<os>aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-(?<cpu>[a-z0-9]+)(?:-(?<libc>gnu|musl))?$/;

/** Optional packages that some locked package names and that the lock does not hold, hoisted or beside it. */
function missingEntries() {
  const found = [];
  for (const [path, meta] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(meta.optionalDependencies ?? {})) {
      if (`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages) continue;
      found.push({ name, range, dev: meta.dev === true });
    }
  }
  return found;
}

/** A package of the same family that is locked: it tells version, licence and engines. */
function siblingOf(name) {
  const family = name.replace(PLATFORM, "");
  const path = Object.keys(packages).find((p) => p.startsWith(`node_modules/${family}`) && PLATFORM.test(p));
  return path === undefined ? undefined : packages[path];
}

function entryFor({ name, range, dev }) {
  const platform = PLATFORM.exec(name)?.groups;
  const sibling = siblingOf(name);
  const version = /^\d+\.\d+\.\d+$/.test(range) ? range : sibling?.version;
  if (platform === undefined || version === undefined)
    throw new Error(`cannot tell what ${name} ${range} is`);
  const knowsLibc = platform.os === "linux" && sibling?.libc !== undefined;
  return {
    version,
    cpu: [platform.cpu],
    ...(dev ? { dev } : {}),
    ...(knowsLibc ? { libc: [platform.libc === "musl" ? "musl" : "glibc"] } : {}),
    ...(sibling?.license === undefined ? {} : { license: sibling.license }),
    optional: true,
    os: [platform.os],
    ...(sibling?.engines === undefined ? {} : { engines: sibling.engines }),
  };
}

const missing = missingEntries();
if (missing.length === 0) {
  console.log("package-lock.json is complete");
} else if (process.argv.includes("--check")) {
  console.error(`package-lock.json lacks ${missing.map((m) => m.name).join(", ")}`);
  console.error("run: node scripts/ci/complete-lock.mjs");
  process.exitCode = 1;
} else {
  for (const one of missing) packages[`node_modules/${one.name}`] = entryFor(one);
  const byPath = ([a], [b]) => (a < b ? -1 : a > b ? 1 : 0);
  lock.packages = Object.fromEntries(Object.entries(packages).sort(byPath));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${missing.map((m) => m.name).join(", ")}`);
}
