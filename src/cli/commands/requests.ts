import { Command, Option } from "commander";
import type { AnyRequestKind } from "../../privacy/index.ts";
import { type Context, readPages } from "../context.ts";
import { usageError } from "../exit.ts";
import { plural, printable, shortTime, table } from "../text.ts";
import { everyOf, id, positiveNumber } from "./arguments.ts";

const REQUEST_KINDS = everyOf<AnyRequestKind>({
  access: true,
  portability: true,
  rectification: true,
  restriction: true,
  objection: true,
  erasure: true,
  "opt-out": true,
  appeal: true,
});

interface Shown {
  readonly id: string;
  readonly kind: string;
  readonly regime: string;
  readonly state: string;
  readonly dueOn: string | null;
  readonly isLate: boolean;
  readonly isHeld: boolean;
  readonly isPaused: boolean;
  readonly isExtended: boolean;
  readonly failedStep: string | null;
  readonly memberId: string | null;
  readonly certificateId: string | null;
  readonly coolingUntil: string | null;
}
interface Detail extends Shown {
  readonly door: string;
  readonly receivedAt: string;
  readonly identity: {
    readonly tier: string;
    readonly method: string | null;
    readonly declaration: string;
    readonly authority: string;
  };
  readonly match: string;
  readonly reason: string | null;
  readonly ground: string | null;
  readonly words: string | null;
  readonly clock: {
    readonly acknowledge: { readonly words: { readonly en: string } } | null;
    readonly answer: { readonly words: { readonly en: string } };
  };
  readonly possibleActs: readonly string[];
  readonly possibleDuplicates: readonly { readonly id: string; readonly state: string }[];
  readonly grounds: readonly {
    readonly id: string;
    readonly article: string;
    readonly words: { readonly en: string };
  }[];
  readonly history: readonly {
    readonly seq: number;
    readonly at: string;
    readonly act: string;
    readonly to: string;
    readonly by: { readonly kind: string; readonly id: string };
    readonly code: string | null;
    readonly note: string | null;
  }[];
  readonly progress: {
    readonly state: string;
    readonly steps: readonly {
      readonly step: string;
      readonly state: string;
      readonly attempts: number;
      readonly failure: string | null;
    }[];
  } | null;
}
interface Preview {
  readonly fingerprint: string;
  readonly holders: readonly {
    readonly table: string;
    readonly treatment: string;
    readonly rows: number;
    readonly ground: { readonly provision: string } | null;
    readonly keptUntil: string | null;
  }[];
  readonly holds: readonly { readonly ground: string }[];
  readonly recipients: readonly { readonly recipientId: string; readonly copies: number }[];
  readonly keys: number;
}
interface Metrics {
  readonly from: string;
  readonly to: string;
  readonly items: readonly {
    readonly regime: string;
    readonly kind: string;
    readonly received: number;
    readonly compliedInWhole: number;
    readonly compliedInPart: number;
    readonly denied: number;
    readonly open: number;
    readonly late: number;
    readonly medianDays: number | null;
    readonly onTimeShare: number | null;
  }[];
}

function marks(r: Shown): string {
  return [
    r.failedStep === null ? null : `FAILED at ${r.failedStep}`,
    r.isLate ? "LATE" : null,
    r.isHeld ? "on hold" : null,
    r.isPaused ? "clock stands" : null,
    r.isExtended ? "extended" : null,
  ]
    .filter((m) => m !== null)
    .join(", ");
}

/** A request with its clock and history, for a terminal. */
function describe(r: Detail): string[] {
  const lines = [
    `${r.kind} under ${r.regime}: ${r.state}${marks(r) === "" ? "" : ` (${marks(r)})`}`,
    `  ${r.clock.answer.words.en}`,
    ...(r.clock.acknowledge === null ? [] : [`  to be acknowledged: ${r.clock.acknowledge.words.en}`]),
    `  by ${r.door}, received ${shortTime(r.receivedAt)}; member ${r.memberId ?? `not known (${r.match})`}`,
    `  identity: ${r.identity.method ?? "not proven"} (needs ${r.identity.tier}); declaration ${r.identity.declaration}; authority ${r.identity.authority}`,
    ...(r.reason === null ? [] : [`  refused: ${r.reason} (${r.ground ?? ""})`]),
    ...(r.coolingUntil === null ? [] : [`  may start from ${shortTime(r.coolingUntil)}`]),
    ...(r.certificateId === null ? [] : [`  certificate ${r.certificateId}`]),
    ...(r.words === null ? [] : [`  in their words: ${printable(r.words)}`]),
    "",
    ...table(
      r.history.map((h) => [
        String(h.seq),
        shortTime(h.at),
        h.act,
        h.to,
        `${h.by.kind} ${h.by.id}`.trim(),
        [h.code, h.note].filter((t) => t !== null).join(": "),
      ]),
      { header: ["", "WHEN", "ACT", "STATE", "BY", ""], indent: "  ", right: [0] },
    ),
  ];
  if (r.progress !== null)
    lines.push(
      "",
      `  work: ${r.progress.state}`,
      ...table(
        r.progress.steps.map((s) => [
          s.step,
          s.state,
          s.attempts > 1 ? plural(s.attempts, "attempt") : "",
          s.failure ?? "",
        ]),
        { indent: "    " },
      ),
    );
  if (r.possibleDuplicates.length > 0)
    lines.push("", ...r.possibleDuplicates.map((d) => `  maybe the same as ${d.id} (${d.state})`));
  lines.push("", `  possible now: ${r.possibleActs.join(", ") || "nothing"}`);
  return lines;
}

/** `candor requests …`: data-subject requests from filing to certificate. */
export function requestsCommand(context: Context): Command {
  const { io } = context;
  const requests = new Command("requests").description("Data-subject requests: file, check, decide, follow.");

  requests
    .command("list")
    .description("List requests, the soonest deadline first.")
    .option("--all", "closed ones too")
    .option("--state <states>", "only these states, with commas")
    .addOption(new Option("--kind <kind>", "only this kind").choices(REQUEST_KINDS))
    .option("--regime <law>", "EU, UK, US-CA, CN or TW")
    .option("--due-before <day>", "only those due by this day")
    .option("--limit <n>", "at most so many", positiveNumber, 100)
    .option("--json", "print JSON")
    .action(
      async (
        options: {
          all?: true;
          state?: string;
          kind?: string;
          regime?: string;
          dueBefore?: string;
          limit: number;
          json?: true;
        },
        command: Command,
      ) => {
        await context.withServer(command, async (server) => {
          const { items, isWhole } = await readPages<Shown>(server, "/v1/dsr", {
            items: "items",
            cursor: "cursor",
            most: options.limit,
            page: 100,
            query: {
              ...(options.all === true || options.state !== undefined ? {} : { open: "true" }),
              state: options.state,
              kind: options.kind,
              regime: options.regime,
              dueBefore: options.dueBefore,
            },
          });
          if (options.json === true) io.out(...items.map((r) => JSON.stringify(r)));
          else if (items.length === 0) io.note("No requests.");
          else
            io.out(
              ...table(
                items.map((r) => [r.dueOn ?? "-", r.regime, r.kind, r.state, marks(r), r.id]),
                { header: ["DUE", "LAW", "KIND", "STATE", "", "ID"] },
              ),
            );
          if (!isWhole) io.note("There are more: --limit");
        });
      },
    );

  requests
    .command("show")
    .description("Show one request: its clock in words, its history, what can be done.")
    .argument("<id>", "its id", id)
    .option("--json", "print JSON")
    .action(async (requestId: string, options: { json?: true }, command: Command) => {
      await context.withServer(command, async (server) => {
        const detail = await server.json<Detail>("GET", `/v1/dsr/${requestId}`);
        if (options.json === true) io.out(JSON.stringify(detail));
        else io.out(...describe(detail));
      });
    });

  requests
    .command("file")
    .description("File a request, as from a letter, a counter or a call.")
    .addOption(new Option("--kind <kind>", "what is asked").choices(REQUEST_KINDS).makeOptionMandatory())
    .addOption(
      new Option("--door <door>", "how it came")
        .choices(["letter", "counter", "phone", "api"])
        .default("counter"),
    )
    .option("--member <id>", "the member, where known", id)
    .option("--email <address>", "where answers go")
    .option("--country <code>", "where the person lives, such as DE")
    .option("--region <code>", "its subdivision, such as CA")
    .addOption(new Option("--locale <locale>", "the person's language").choices(["en", "zh-CN", "zh-TW"]))
    .option("--received <time>", "when it arrived, if not now")
    .option("--words <text>", "what the person wrote")
    .option("--purposes <ids>", "purposes to object to or opt out of, with commas")
    .option("--appeal-of <id>", "the request whose decision is appealed", id)
    .addOption(
      new Option("--identity <method>", "how identity was established already").choices([
        "document",
        "in-person",
        "call-back",
        "account",
      ]),
    )
    .option("--code", "send a code to the e-mail address")
    .option("--json", "print JSON")
    .action(async (o: Readonly<Record<string, string | boolean | undefined>>, command: Command) => {
      if (o.identity !== undefined && o.member === undefined && o.appealOf === undefined)
        throw usageError("--identity needs --member: whose identity was established?");
      await context.withServer(command, async (server) => {
        const made = await server.json<Shown>("POST", "/v1/dsr", {
          body: {
            kind: o.kind,
            door: o.door,
            memberId: o.member,
            ...(o.email === undefined ? {} : { contact: { kind: "email", value: o.email } }),
            country: o.country,
            region: o.region,
            locale: o.locale,
            receivedAt: o.received === undefined ? undefined : new Date(String(o.received)).toISOString(),
            words: o.words,
            purposes: o.purposes === undefined ? undefined : String(o.purposes).split(","),
            appealOf: o.appealOf,
            ...(o.identity === undefined ? {} : { identity: { method: o.identity } }),
            sendCode: o.code,
          },
        });
        if (o.json === true) io.out(JSON.stringify(made));
        else io.out(made.id);
        io.note(`${made.kind} under ${made.regime}: ${made.state}, due ${made.dueOn ?? "without a date"}`);
      });
    });

  requests
    .command("preview")
    .description("Show what an erasure would do, and the fingerprint to approve with.")
    .argument("<id>", "its id", id)
    .option("--json", "print JSON")
    .action(async (requestId: string, options: { json?: true }, command: Command) => {
      await context.withServer(command, async (server) => {
        const preview = await server.json<Preview>("GET", `/v1/dsr/${requestId}/preview`);
        if (options.json === true) {
          io.out(JSON.stringify(preview));
          return;
        }
        io.out(
          ...table(
            preview.holders.map((h) => [
              h.table,
              h.treatment,
              String(h.rows),
              [h.ground?.provision.replace(/\.$/, ""), h.keptUntil].filter((t) => t != null).join(", until "),
            ]),
            { header: ["TABLE", "TREATMENT", "ROWS", "GROUND"], right: [2] },
          ),
          `keys to destroy: ${preview.keys}`,
          ...preview.recipients.map(
            (r) => `recipient ${r.recipientId}: ${plural(r.copies, "copy", "copies")}`,
          ),
          ...preview.holds.map((h) => `HOLD: ${printable(h.ground)}`),
          `fingerprint ${preview.fingerprint}`,
        );
      });
    });

  const act = (
    name: string,
    path: string,
    description: string,
    build: (command: Command) => Command,
    bodyOf: (options: Readonly<Record<string, string | undefined>>) => object,
  ): void => {
    build(requests.command(name).description(description).argument("<id>", "its id", id)).action(
      async (requestId: string, options: Readonly<Record<string, string | undefined>>, command: Command) => {
        await context.withServer(command, async (server) => {
          const r = await server.json<Shown>("POST", `/v1/dsr/${requestId}/${path}`, {
            body: bodyOf(options),
          });
          io.out(`${r.kind} under ${r.regime}: ${r.state}${marks(r) === "" ? "" : ` (${marks(r)})`}`);
          if (r.state === "awaiting_confirmation" && r.coolingUntil !== null)
            io.note(`It begins after ${shortTime(r.coolingUntil)}; until then it can be withdrawn.`);
        });
      },
    );
  };
  const reason = (text: string) => (command: Command) => command.requiredOption("--reason <text>", text);
  const note = (command: Command) => command.option("--note <text>", "a note for the record");
  act(
    "code",
    "code",
    "Send a code to the person's own address.",
    (c) => c,
    () => ({}),
  );
  act(
    "verify",
    "identity",
    "State whose request it is and how that was established.",
    (c) =>
      note(
        c
          .addOption(
            new Option("--method <method>", "how")
              .choices(["document", "in-person", "call-back", "account", "code"])
              .makeOptionMandatory(),
          )
          .option("--member <id>", "the member", id)
          .option("--code <digits>", "the code that the person read out"),
      ),
    ({ method, member, code, note: text }) => ({ method, memberId: member, code, note: text }),
  );
  act(
    "declare",
    "declaration",
    "Record the person's declaration.",
    (c) => c,
    () => ({}),
  );
  act(
    "accept-authority",
    "authority",
    "Accept the proof of an agent or guardian.",
    (c) => c.requiredOption("--note <text>", "what was shown"),
    (o) => ({ note: o.note }),
  );
  act(
    "approve",
    "approve",
    "Approve. An erasure needs the fingerprint of its preview.",
    (c) => c.option("--fingerprint <text>", "of `candor requests preview`"),
    ({ fingerprint }) => ({ fingerprint }),
  );
  act(
    "deny",
    "deny",
    "Refuse on a legal ground; `show --json` lists those of the request's law.",
    (c) =>
      c.requiredOption("--ground <id>", "the ground").option("--words <text>", "what the person is told"),
    ({ ground, words }) => ({ ground, words }),
  );
  act(
    "extend",
    "extend",
    "Extend the deadline where the law lets it.",
    reason("the person is told it"),
    (o) => ({ reason: o.reason }),
  );
  act(
    "pause",
    "pause",
    "Stop the clock where the law lets it.",
    (c) => c.option("--reason <text>", "why"),
    (o) => ({ reason: o.reason }),
  );
  act(
    "resume",
    "resume",
    "Let the clock run again.",
    (c) => c,
    () => ({}),
  );
  act("hold", "hold", "Keep the work from starting.", reason("a claim, an order"), (o) => ({
    reason: o.reason,
  }));
  act("release", "release", "End a hold.", reason("why"), (o) => ({ reason: o.reason }));
  act(
    "confirm",
    "confirm",
    "Record the second confirmation of an erasure that came by another way than the page.",
    (c) =>
      c
        .requiredOption("--note <text>", "how it came")
        .option("--at-once", "the person waives the time to think again"),
    (o) => ({ note: o.note, ...(o.atOnce === undefined ? {} : { atOnce: true }) }),
  );
  act(
    "duplicate",
    "duplicate",
    "Answer a verified request together with another.",
    (c) => c.requiredOption("--of <id>", "the other", id),
    (o) => ({ of: o.of }),
  );
  act(
    "retry",
    "retry",
    "Try a step of the work that has failed again, at once.",
    (c) => c,
    () => ({}),
  );
  act("cancel", "cancel", "Withdraw a request because its asker wants so.", note, (o) => ({ note: o.note }));

  requests
    .command("metrics")
    .description("Volumes, median days, share on time (11 CCR §7102).")
    .option("--year <year>", "a calendar year; the last twelve months unless stated", positiveNumber)
    .option("--regime <law>", "only this law")
    .option("--json", "print JSON")
    .action(async (o: { year?: number; regime?: string; json?: true }, command: Command) => {
      await context.withServer(command, async (server) => {
        const figures = await server.json<Metrics>("GET", "/v1/dsr/metrics", {
          query: { year: o.year, regime: o.regime },
        });
        if (o.json === true) {
          io.out(JSON.stringify(figures));
          return;
        }
        const share = (n: number | null) => (n === null ? "-" : `${(n * 100).toFixed(1)} %`);
        io.out(
          `received ${figures.from} to ${figures.to}`,
          ...table(
            figures.items.map((m) => [
              m.regime,
              m.kind,
              ...[m.received, m.compliedInWhole, m.compliedInPart, m.denied, m.open, m.late].map(String),
              m.medianDays === null ? "-" : m.medianDays.toFixed(1),
              share(m.onTimeShare),
            ]),
            {
              header: [
                "LAW",
                "KIND",
                "RECEIVED",
                "DONE",
                "IN PART",
                "DENIED",
                "OPEN",
                "LATE",
                "MEDIAN DAYS",
                "ON TIME",
              ],
              right: [2, 3, 4, 5, 6, 7, 8, 9],
            },
          ),
        );
      });
    });
  return requests;
}
