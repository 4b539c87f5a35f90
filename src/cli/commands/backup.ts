import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { Command } from "commander";
import { type Config, readConfig, readToolEnvironment } from "../../config.ts";
import type { Log } from "../../kernel/log.ts";
import type { LedgerEntry, Manifest } from "../../vault/index.ts";
import { type GlobalOptions, openExclusively } from "../connect.ts";
import type { Context } from "../context.ts";
import { usageError } from "../exit.ts";
import type { Io } from "../io.ts";
import { count, plural, shortTime, table } from "../text.ts";

/** These commands work on stores, not on a server somewhere else. */
function refuseUrl(command: Command): void {
  const { url, key } = command.optsWithGlobals<GlobalOptions>();
  if (url !== undefined || key !== undefined)
    throw usageError(`${command.name()} works on this machine's stores: it takes neither --url nor --key.`);
}

interface Taken {
  readonly takenAt: string;
  readonly deleteBy: string | null;
  readonly files: number;
  readonly bytes: number;
}

function takenOf(manifest: Manifest): Taken {
  return {
    ...manifest,
    files: manifest.files.length,
    bytes: manifest.files.reduce((n, f) => n + f.bytes, 0),
  };
}

/** With PostgreSQL this process asks pg_dump itself, whether or not servers run. */
async function backUpPostgres(
  urls: { readonly data: string; readonly keystore: string },
  into: { readonly data: string; readonly keystore: string },
): Promise<{ data: Taken; keystore: Taken }> {
  const [{ VERSION }, { openPostgres }, { takeBackup }, { stageAudit }, { systemClock }, { uuidIds }] =
    await Promise.all([
      import("../../app/index.ts"),
      import("../../db/index.ts"),
      import("../../vault/index.ts"),
      import("../../audit/index.ts"),
      import("../../kernel/clock.ts"),
      import("../../kernel/ids.ts"),
    ]);
  const data = openPostgres(urls.data, { max: 1 });
  const keystore = openPostgres(urls.keystore, { max: 1 });
  try {
    const taken = await takeBackup(
      { data, keystore, urls, env: readToolEnvironment(), candor: VERSION, now: () => systemClock.now() },
      into,
    );
    await data.tx((tx) =>
      stageAudit(
        tx,
        { clock: systemClock, ids: uuidIds },
        { actor: { kind: "system", id: "command-line" }, action: "backup.taken" },
      ),
    );
    return { data: takenOf(taken.data), keystore: takenOf(taken.keystore) };
  } finally {
    await data.close();
    await keystore.close();
  }
}

/** `candor backup DIR`: the data in one directory, the keystore in another. */
export function backupCommand(context: Context): Command {
  const { io } = context;
  return new Command("backup")
    .description("Back up the data and, apart from it, the keystore. A server may run meanwhile.")
    .argument("<directory>", "a new directory for the data")
    .option("--keys <directory>", "a new directory for the keystore (default: <directory>-keys)")
    .action(async (directory: string, options: { keys?: string }, command: Command) => {
      refuseUrl(command);
      const config = readConfig();
      const into = { data: resolve(directory), keystore: resolve(options.keys ?? `${directory}-keys`) };
      const { databaseUrl, keystoreUrl } = config;
      const taken =
        databaseUrl !== null && keystoreUrl !== null
          ? await backUpPostgres({ data: databaseUrl, keystore: keystoreUrl }, into)
          : await context.withServer(command, (server) =>
              server.json<{ data: Taken; keystore: Taken }>("POST", "/v1/backups", { body: into }),
            );
      const line = (what: string, where: string, t: Taken) => [
        what,
        where,
        plural(t.files, "file"),
        `${count(t.bytes)} bytes`,
      ];
      io.out(
        ...table([line("data", into.data, taken.data), line("keystore", into.keystore, taken.keystore)]),
      );
      io.note(
        "Keep the two apart: whoever has both and the root key reads everything.",
        `Delete the keystore's by ${shortTime(taken.keystore.deleteBy ?? taken.keystore.takenAt)}: erased members' keys live on in it.`,
        config.rootKey.kind === "file"
          ? `The root key is in neither: keep a copy of ${config.rootKey.path} elsewhere.`
          : "The root key is in neither.",
      );
    });
}

function logFor(io: Io): Log {
  return {
    debug() {},
    info() {},
    warn: (event, fields) => {
      if (event === "root_key_generated") io.note(`candor: ${String(fields?.message)}`);
    },
    error: (event) => io.note(`candor: ${event}`),
  };
}

/** Opens the restored stores as a server would: an old keystore is refused, and erasures are replayed. */
async function openRestored(
  config: Config,
  io: Io,
  action: string,
  catchUp?: readonly LedgerEntry[],
): Promise<void> {
  const { openStores } = await import("../../app/index.ts");
  const { stageAudit, sequenceAudit } = await import("../../audit/index.ts");
  const { systemClock } = await import("../../kernel/clock.ts");
  const { uuidIds } = await import("../../kernel/ids.ts");
  const deps = { log: logFor(io), clock: systemClock, ids: uuidIds };
  const stores = await openExclusively(config, io, () =>
    openStores(config, { ...deps, ...(catchUp === undefined ? {} : { catchUp }) }),
  );
  try {
    await stores.db.tx((tx) =>
      stageAudit(tx, deps, {
        actor: { kind: "system", id: "command-line" },
        action,
        counts: { erasuresReplayed: stores.replayed, keystoreEntriesAdopted: stores.adopted },
      }),
    );
    await sequenceAudit(stores.db);
    const waiting = (await stores.erasures.withRows()).length;
    if (catchUp !== undefined)
      io.out(`The keystore took over ${plural(stores.adopted, "entry", "entries")} of the erasure ledger.`);
    io.out(
      stores.replayed === 0
        ? "No erasure had to be replayed."
        : `Replayed ${plural(stores.replayed, "erasure")}: those members stay unreadable.`,
    );
    if (waiting > 0)
      io.out(
        `${plural(waiting, "erased subject")} still in the data: \`candor serve\` erases the rows again.`,
      );
  } finally {
    await stores.close();
  }
}

/** `candor restore DIR`: puts a backup in place and replays what was erased since. */
export function restoreCommand({ io }: Context): Command {
  return new Command("restore")
    .description(
      "Restore a backup of the data, beside the keystore of today, and replay what was erased since. No server may run.",
    )
    .argument("[directory]", "the data's backup")
    .option("--keys <directory>", "restore this backup of the keystore too; only when today's is lost")
    .option("--replace", "put it in the place of what is there")
    .action(
      async (directory: string | undefined, options: { keys?: string; replace?: true }, command: Command) => {
        refuseUrl(command);
        if (directory === undefined && options.keys === undefined)
          throw usageError("Name the data's backup, or --keys and the keystore's, or both.");
        const config = readConfig();
        const { openBackup, restoreAll, restoreOfFiles, restoreOfPostgres } = await import(
          "../../vault/index.ts"
        );
        const engine = config.databaseUrl === null ? "pglite" : "postgres";
        const replace = options.replace === true;
        const parts = [
          { part: "data" as const, from: directory, home: config.dataDir, url: config.databaseUrl },
          {
            part: "keystore" as const,
            from: options.keys,
            home: config.keystoreDir,
            url: config.keystoreUrl,
          },
        ].flatMap((p) => (p.from === undefined ? [] : [{ ...p, from: resolve(p.from) }]));
        for (const { part, from } of parts) {
          const manifest = openBackup(from, part, engine);
          io.note(`The ${part} as of ${shortTime(manifest.takenAt)}, schema ${manifest.schema}.`);
        }
        const stamp = new Date(performance.timeOrigin).toISOString().replace(/[:.]/g, "-");
        const restores = parts.map(({ from, home, url }) =>
          url === null
            ? restoreOfFiles(from, home, { replace, aside: `${home}.before-${stamp}` })
            : restoreOfPostgres(from, url, { replace, env: readToolEnvironment() }),
        );
        const put = () => restoreAll(restores, (aside) => io.note(`What was there is in ${aside}.`));
        if (engine === "postgres") await put();
        else {
          const { lockDirectory } = await import("../../db/index.ts");
          const lock = await lockDirectory(config.dataDir);
          try {
            await put();
          } finally {
            await lock.release();
          }
        }
        await openRestored(config, io, "backup.restored");
      },
    );
}

async function readLedgerFile(path: string): Promise<LedgerEntry[]> {
  const { parseLedgerEntry } = await import("../../vault/index.ts");
  const entries: LedgerEntry[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(path, "utf8") }))
      if (line !== "") entries.push(parseLedgerEntry(line));
  } catch {
    throw usageError(
      `${path} cannot be read as an erasure ledger, such as the erasures.ndjson of a keystore's backup.`,
    );
  }
  return entries;
}

/** `candor keys catch-up`: gives an old keystore the erasures it does not know, and destroys their keys in it. */
export function catchUpCommand({ io }: Context): Command {
  return new Command("catch-up")
    .description(
      "Give a restored old keystore the erasures since, from the data or a file. No server may run.",
    )
    .option("--ledger <file>", "the erasures.ndjson of a newer backup; where the data is old, too")
    .action(async (options: { ledger?: string }, command: Command) => {
      refuseUrl(command);
      const entries = options.ledger === undefined ? [] : await readLedgerFile(options.ledger);
      await openRestored(readConfig(), io, "keystore.caught-up", entries);
    });
}
