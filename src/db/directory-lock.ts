import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "../kernel/problems.ts";

/*
 * One data directory, one process. Node has no flock, but the kernel knows whether anybody listens on a Unix socket,
 * and forgets it the moment the process dies, however it dies. So every process that wants the directory first
 * announces itself: it listens on a socket of its own and links it, already listening, into `.lock/` under a random
 * name. Then it looks at all other announcements. It holds the directory if nobody answers there.
 *
 * Why two can never hold it at once: of two holders one linked its socket later, and looked only after that; it must
 * have met the other's live socket. Nothing can take that away: an announcement is removed by others only when
 * nobody listens on it, and it was listening before it had its name. This needs no agreement on who may clear away
 * the remains of a killed process, which is where locks made of one well-known file go wrong.
 *
 * `candor.sock` is then the holder's door for the command line. Only the holder writes that name.
 */

/** The longest socket path that every system takes (104 bytes on macOS, 108 on Linux, with the final NUL). */
const LONGEST_PATH = 100;
const SOCKET = "candor.sock";
const FOLDER = ".lock";
const GIVE_UP_AFTER = 100;

export interface DirectoryLock {
  /** Where others reach the process that holds the directory. */
  readonly socketPath: string;
  /** Hands connections on the socket over; until then they are closed at once. `createHttp().listenUnix` takes it. */
  serve(onConnection: (socket: Socket) => void): void;
  /** Gives the directory back. Close what lives in it first. Releasing twice is fine. */
  release(): Promise<void>;
}

/** A short name for a folder whose own is too long: a link in the temporary directory, named by SHA-256 of its path. */
function shortNameOf(folder: string): string {
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 24);
  const isOurs = (path: string) => {
    try {
      return lstatSync(path).uid === process.getuid?.() && readlinkSync(path) === folder;
    } catch {
      return false;
    }
  };
  for (const base of new Set([tmpdir(), "/tmp"])) {
    if (Buffer.byteLength(base) > 60) continue;
    const wanted = join(base, `candor-${hash}`);
    if (isOurs(wanted)) return wanted;
    try {
      symlinkSync(folder, wanted);
      return wanted;
    } catch {
      if (isOurs(wanted)) return wanted;
      // Somebody else's: a name that nobody can have taken.
      const own = join(mkdtempSync(join(base, "candor-")), "d");
      symlinkSync(folder, own);
      return own;
    }
  }
  throw new AppError("invalid-settings", {
    detail: "The path of the temporary directory is too long for a socket.",
  });
}

/** The directory under a name that is short enough for sockets in it. The lock itself always lives in the directory. */
function reachable(directory: string): string {
  const real = realpathSync(directory);
  return Buffer.byteLength(join(real, FOLDER, "0123456789abcdef")) <= LONGEST_PATH ? real : shortNameOf(real);
}

/**
 * The path of the socket of a data directory, whether or not anybody serves there. Usually `candor.sock` in it; when
 * that is longer than 100 bytes, the same file through a link in the temporary directory named by the SHA-256 of the
 * directory's real path. The directory must exist.
 */
export function socketPathOf(directory: string): string {
  return join(reachable(directory), SOCKET);
}

/** Whether a process listens on a socket file. Only a refusal means no: a busy or stopped process still holds it. */
export function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      socket.destroy();
      resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT" && error.code !== "ENOTSOCK");
    });
  });
}

interface Announcement {
  readonly name: string;
  readonly path: string;
  readonly server: Server;
}

/** Listens on a fresh socket and gives it its public name only then. */
async function announce(folder: string, onConnection: (socket: Socket) => void): Promise<Announcement> {
  for (let attempt = 1; ; attempt++) {
    const name = randomBytes(7).toString("hex");
    const draft = join(folder, `+${name}`);
    const path = join(folder, `-${name}`);
    const server = createServer(onConnection);
    server.unref();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(draft, () => {
        server.off("error", reject);
        resolve();
      });
    });
    try {
      chmodSync(draft, 0o600);
      linkSync(draft, path);
      rmSync(draft);
      return { name: `-${name}`, path, server };
    } catch (error) {
      server.close();
      // Somebody who tidied up may have met the draft before it was listening.
      const tidied = (error as NodeJS.ErrnoException).code === "ENOENT";
      if (!tidied || attempt >= 10) throw error;
    }
  }
}

/** Names of the others that are alive. Remains of the dead are removed. */
async function livingOthers(folder: string, mine: string): Promise<string[]> {
  const living: string[] = [];
  for (const name of readdirSync(folder)) {
    if (name === mine) continue;
    if (await isAnswered(join(folder, name))) {
      if (name.startsWith("-")) living.push(name);
    } else rmSync(join(folder, name), { force: true });
  }
  return living;
}

function inUse(directory: string): AppError {
  return new AppError("directory-in-use", {
    detail:
      `Another Candor process uses the data directory ${directory}. Commands run in the same place talk to it by ` +
      `themselves; to start a second server, give it a CANDOR_DATA_DIR of its own or stop the first.`,
  });
}

function withdraw({ path, server }: Announcement): Promise<void> {
  rmSync(path, { force: true });
  return new Promise((resolve) => server.close(() => resolve()));
}

/**
 * Takes a data directory (created, with mode 0700, when missing) for this process until it is released or the
 * process ends. Throws `directory-in-use` when another process has it. What a killed process left behind is no
 * obstacle. Of several that start at the same moment exactly one gets it. It does not hold between machines that
 * share a directory over a network.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const home = reachable(directory);
  const folder = join(home, FOLDER);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const socketPath = join(home, SOCKET);

  const open = new Set<Socket>();
  let onConnection: ((socket: Socket) => void) | undefined;
  const accept = (socket: Socket) => {
    socket.on("error", () => {});
    if (onConnection === undefined) {
      socket.destroy();
      return;
    }
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    onConnection(socket);
  };

  let mine = await announce(folder, accept);
  for (let round = 1; ; round++) {
    const others = await livingOthers(folder, mine.name);
    if (others.length === 0) break;
    if (round >= GIVE_UP_AFTER || (await isAnswered(socketPath))) {
      await withdraw(mine);
      throw inUse(realpathSync(directory));
    }
    // Several start at once. The first in the alphabet stays, the others step back and look again.
    if (others.some((name) => name < mine.name)) {
      await withdraw(mine);
      await pause(5 + Math.random() * 20);
      if (await isAnswered(socketPath)) throw inUse(realpathSync(directory));
      mine = await announce(folder, accept);
    } else await pause(2);
  }

  // Renaming replaces what a killed process left under the name in one step.
  const door = join(folder, `=${mine.name.slice(1)}`);
  linkSync(mine.path, door);
  renameSync(door, socketPath);

  let released: Promise<void> | undefined;
  return {
    socketPath,
    serve: (handler) => {
      onConnection = handler;
    },
    release: () => {
      released ??= (async () => {
        // The door goes while the announcement still stands, so nobody else can have put theirs there.
        rmSync(socketPath, { force: true });
        for (const socket of open) socket.destroy();
        await withdraw(mine);
      })();
      return released;
    },
  };
}
