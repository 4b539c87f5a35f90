import { type ChildProcess, fork } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { lockDirectory, socketPathOf } from "../../../src/db/directory-lock.ts";
import { AppError } from "../../../src/kernel/problems.ts";
import { readAll } from "./server.ts";

const CHILD = join(import.meta.dirname, "lock-child.ts");

function next(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(String(message)));
    child.once("exit", () => reject(new Error("the child ended")));
  });
}

function kill(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (e: unknown) => e,
  );
  return error instanceof AppError ? error.code : String(error);
}

describe("db: one data directory, one process", () => {
  let root: string;
  const children: ChildProcess[] = [];
  before(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "candor-lock-")));
  });
  after(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) await kill(child);
    rmSync(root, { recursive: true });
  });
  const start = async (directory: string): Promise<ChildProcess> => {
    const child = fork(CHILD, [directory], { execArgv: ["--import", "tsx"] });
    children.push(child);
    expect(await next(child)).to.equal("ready");
    return child;
  };
  const ask = (child: ChildProcess, word: string): Promise<string> => {
    const answer = next(child);
    child.send(word);
    return answer;
  };

  it("makes the directory and a socket that only its owner can use", async () => {
    const directory = join(root, "fresh");
    const lock = await lockDirectory(directory);
    expect(lock.socketPath).to.equal(join(directory, "candor.sock"));
    expect(statSync(directory).mode & 0o777).to.equal(0o700);
    expect(statSync(lock.socketPath).mode & 0o777).to.equal(0o600);
    await lock.release();
    expect(existsSync(lock.socketPath)).to.equal(false);
  });

  it("refuses a second holder, in this process and in another, and says what to do", async () => {
    const directory = join(root, "second");
    const lock = await lockDirectory(directory);
    const error = await lockDirectory(directory).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(AppError);
    expect((error as AppError).code).to.equal("directory-in-use");
    expect((error as AppError).detail)
      .to.contain(directory)
      .and.to.contain("CANDOR_DATA_DIR");
    const child = await start(directory);
    expect(await ask(child, "lock")).to.equal("directory-in-use");
    await lock.release();
    await lock.release();
    expect(await ask(child, "lock")).to.equal("held");
    expect(await codeOf(lockDirectory(directory))).to.equal("directory-in-use");
  });

  it("is free again after kill -9, and leaves no remains behind", async () => {
    const directory = join(root, "killed");
    for (let i = 0; i < 3; i++) {
      const child = await start(directory);
      expect(await ask(child, "lock")).to.equal("held");
      await kill(child);
      expect(existsSync(join(directory, "candor.sock"))).to.equal(true);
    }
    const lock = await lockDirectory(directory);
    expect(readdirSync(join(directory, ".lock"))).to.have.length(1);
    await lock.release();
    expect(readdirSync(join(directory, ".lock"))).to.have.length(0);
  });

  it("replaces an ordinary file in the socket's place", async () => {
    const directory = join(root, "file");
    mkdirSync(directory);
    writeFileSync(join(directory, "candor.sock"), "left by somebody");
    const lock = await lockDirectory(directory);
    expect(statSync(lock.socketPath).isSocket()).to.equal(true);
    await lock.release();
  });

  it("gives the directory to exactly one of several processes that race for what a killed one left", async () => {
    const directory = join(root, "race");
    const dead = await start(directory);
    expect(await ask(dead, "lock")).to.equal("held");
    await kill(dead);
    const racers = await Promise.all(Array.from({ length: 4 }, () => start(directory)));
    let alive = racers;
    // Each round the winner is killed, and the others race for its remains.
    while (alive.length > 0) {
      const answers = await Promise.all(alive.map((child) => ask(child, "lock")));
      expect(answers.filter((a) => a === "held")).to.have.length(1);
      expect(answers.filter((a) => a === "directory-in-use")).to.have.length(alive.length - 1);
      const winner = alive[answers.indexOf("held")] as ChildProcess;
      await kill(winner);
      alive = alive.filter((child) => child !== winner);
    }
  });

  it("gives it to exactly one of many attempts at once, again and again", async () => {
    const directory = join(root, "many");
    for (let round = 0; round < 15; round++) {
      const attempts = await Promise.allSettled(Array.from({ length: 6 }, () => lockDirectory(directory)));
      const locks = attempts.flatMap((a) => (a.status === "fulfilled" ? [a.value] : []));
      expect(locks).to.have.length(1);
      await locks[0]?.release();
    }
  });

  it("works below paths that are too long for a socket, and still refuses a second holder", async () => {
    const directory = join(root, "long".repeat(30), "data");
    const lock = await lockDirectory(directory);
    expect(Buffer.byteLength(lock.socketPath)).to.be.at.most(100);
    expect(socketPathOf(directory)).to.equal(lock.socketPath);
    expect(existsSync(join(directory, "candor.sock"))).to.equal(true);
    const child = await start(directory);
    expect(await ask(child, "lock")).to.equal("directory-in-use");
    await lock.release();
    rmSync(join(lock.socketPath, ".."));
  });

  it("hands connections over to whoever serves", async () => {
    const lock = await lockDirectory(join(root, "serve"));
    expect(await readAll(connect(lock.socketPath)).catch(() => "")).to.equal("");
    lock.serve((socket) => socket.end("hello"));
    expect(await readAll(connect(lock.socketPath))).to.equal("hello");
    await lock.release();
  });
});
