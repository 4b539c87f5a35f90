import { Command, Option } from "commander";
import type { AnyRequestKind } from "../../privacy/index.ts";
import { type Context, readPages } from "../context.ts";
import { usageError } from "../exit.ts";
import { plural, printable, table } from "../text.ts";
import { everyOf, id, positiveNumber } from "./arguments.ts";
import { addRequestActs } from "./requests-acts.ts";
import {
  type Detail,
  describeRequest,
  type Metrics,
  marks,
  type Preview,
  type Shown,
} from "./requests-views.ts";

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
        else io.out(...describeRequest(detail));
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

  addRequestActs(requests, context);

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
