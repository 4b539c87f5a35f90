import { Command } from "commander";
import { ServerProblem } from "../client.ts";
import type { Connection } from "../connect.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit.ts";
import { showError } from "../show-error.ts";
import { count, printable, table } from "../text.ts";

interface Summary {
  readonly subjects: number;
  readonly members: number;
  readonly knownMembers: number;
  readonly merges: number;
  readonly contested: number;
  readonly quarantined: readonly { readonly code: string; readonly count: number; readonly more: boolean }[];
  readonly events: readonly {
    readonly name: string;
    readonly kind: string;
    readonly accepted: number;
    readonly duplicate: number;
    readonly quarantined: number;
    readonly refused: number;
  }[];
}

function describeSummary(s: Summary): string[] {
  const atLeast = (n: number, more: boolean) => `${count(n)}${more ? "+" : ""}`;
  const waiting = s.quarantined.reduce((n, q) => n + q.count, 0);
  const lines = [
    ...table(
      [
        ["members", count(s.members), `${count(s.knownMembers)} known by more than a session trace`],
        ["subjects", count(s.subjects), `${count(s.merges)} merged into members of others`],
        ["contested", count(s.contested), "identifiers that a person should look at"],
        [
          "quarantined",
          atLeast(
            waiting,
            s.quarantined.some((q) => q.more),
          ),
          "items wait",
        ],
      ],
      { right: [1] },
    ),
  ];
  if (waiting > 0)
    lines.push(
      ...table(
        [...s.quarantined]
          .sort((a, b) => b.count - a.count)
          .map((q) => ["", atLeast(q.count, q.more), q.code]),
        { indent: "  ", right: [1] },
      ),
    );
  if (s.events.length > 0)
    lines.push(
      "",
      ...table(
        s.events.map((e) => [
          e.name,
          e.kind,
          ...[e.accepted, e.duplicate, e.quarantined, e.refused].map(count),
        ]),
        {
          header: ["SOURCE", "KIND", "ACCEPTED", "DUPLICATE", "QUARANTINED", "REFUSED"],
          right: [2, 3, 4, 5],
        },
      ),
    );
  return lines;
}

/** The server's version; null where it does not tell. That it fails to tell is no reason to hide the rest. */
async function versionOf(server: Connection): Promise<string | null> {
  try {
    const document = await server.json<{ info?: { version?: string } }>("GET", "/openapi.json");
    return document.info?.version ?? null;
  } catch (error) {
    if (error instanceof ServerProblem) return null;
    throw error;
  }
}

/** `candor status`: does it work, and what does it hold. */
export function statusCommand(context: Context): Command {
  const { io } = context;
  return new Command("status")
    .description("Say whether the stores answer, and count what they hold.")
    .option("--json", "print it as JSON")
    .action((options: { json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const version = await versionOf(server);
        let isReady = true;
        try {
          await server.call("GET", "/readyz");
        } catch (error) {
          if (!(error instanceof ServerProblem)) throw error;
          isReady = false;
          context.exitWith(EXIT.server);
          if (!options.json) showError(error, io);
        }
        const summary = isReady ? await server.json<Summary>("GET", "/v1/summary") : null;
        if (options.json)
          return io.out(JSON.stringify({ version, where: server.where, ready: isReady, summary }, null, 2));
        io.out(
          `Candor ${printable(version ?? "of unknown version")}, ${isReady ? "ready" : "NOT ready"}: ${printable(server.where)}`,
        );
        if (summary !== null) io.out("", ...describeSummary(summary));
      }),
    );
}
