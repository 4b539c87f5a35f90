/**
 * Loaded before the command itself: describes what it does to files (`rename base …`), to databases (`drop schema …`) and
 * with programs (`spawn pg_restore`), and kills the process, with nothing closed, flushed or told, just before one of them;
 * or lets it end and writes down how many there were.
 */
import childProcess from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, dirname } from "node:path";
import { isMainThread } from "node:worker_threads";
import pg from "pg";

const { DIE_AT: moment = "", DIE_AT_NTH: nth = "1", DIE_COUNT: countFile } = process.env;
let seen = 0;
if (countFile !== undefined && isMainThread)
  process.once("exit", () => fs.writeFileSync(countFile, String(seen)));

function about(what: string): void {
  if (!what.includes(moment)) return;
  seen++;
  if (countFile !== undefined || seen < Number(nth)) return;
  process.kill(process.pid, "SIGKILL");
  // The signal comes in a moment; nothing more happens until then.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** The last two parts of a path: what it is and where. */
const short = (path: unknown): string => `${basename(dirname(String(path)))}/${basename(String(path))}`;

if (isMainThread) {
  const { cpSync, renameSync, rmSync } = fs;
  fs.cpSync = (from, to, options) => {
    about(`cp ${short(to)}`);
    cpSync(from, to, options);
  };
  fs.renameSync = (from, to) => {
    about(`rename ${short(from)} to ${short(to)}`);
    renameSync(from, to);
  };
  fs.rmSync = (path, options) => {
    about(`rm ${short(path)}`);
    rmSync(path, options);
  };
  const { spawn } = childProcess;
  childProcess.spawn = ((program: string, ...rest: readonly never[]) => {
    about(`spawn ${program}`);
    return (spawn as (...all: unknown[]) => unknown)(program, ...rest);
  }) as typeof spawn;
  syncBuiltinESMExports();
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (this: pg.Client, ...asked: readonly unknown[]) {
    const [first] = asked;
    about(typeof first === "string" ? first : ((first as { text?: string }).text ?? ""));
    return (query as (...all: unknown[]) => unknown).apply(this, [...asked]);
  } as typeof query;
}
