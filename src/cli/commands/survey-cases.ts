import { Command, Option } from "commander";
import type { Outcome } from "../../../surveys/index.ts";
import { type Context, readPages } from "../context.ts";
import { printable, printableValue, shortTime, table } from "../text.ts";
import { everyOf, id, positiveNumber } from "./arguments.ts";

const OUTCOMES = everyOf<Outcome>({
  resolved: true,
  apologised: true,
  refunded: true,
  replaced: true,
  escalated: true,
  "not-reachable": true,
  "no-contact-wanted": true,
  "no-action": true,
});
const STATES = ["open", "contacted", "closed"];

interface CaseView {
  readonly id: string;
  readonly surveyId: string;
  readonly reasons: readonly string[];
  readonly store: string | null;
  readonly owner: string | null;
  readonly state: string;
  readonly outcome: string | null;
  readonly dueAt: string;
  readonly late: boolean;
}
interface WholeCase extends CaseView {
  readonly answers: Readonly<Record<string, unknown>> | null;
  readonly contact: unknown;
  readonly order: Readonly<Record<string, unknown>> | null;
  readonly notes: readonly { readonly at: string; readonly by: string; readonly text: string }[];
}

/** `candor survey cases …`: members who are to be called back. */
export function casesCommand(context: Context): Command {
  const { io } = context;
  const cases = new Command("cases").description("Cases: unhappy members who are to be called back.");
  /** Changes a case and says where it stands. */
  const change = (caseId: string, body: object, command: Command) =>
    context.withServer(command, async (server) => {
      const now = await server.json<CaseView>("PATCH", `/v1/survey-cases/${caseId}`, { body });
      const owner = now.owner === null ? "nobody's" : `${printable(now.owner)}'s`;
      io.out(`${now.id} is ${now.state}${now.outcome === null ? "" : `: ${now.outcome}`}, ${owner}.`);
    });

  cases
    .command("list")
    .description("List cases, newest first.")
    .addOption(new Option("--state <state>", "those in this state").choices(STATES))
    .option("--store <store>", "those of this store")
    .option("--survey <survey>", "those of this survey")
    .option("--late", "those that nobody contacted in time")
    .option("--json", "print them as JSON")
    .action(
      (
        options: { state?: string; store?: string; survey?: string; late?: true; json?: true },
        command: Command,
      ) =>
        context.withServer(command, async (server) => {
          const { json, late, ...query } = options;
          const { items } = await readPages<CaseView>(server, "/v1/survey-cases", {
            items: "items",
            cursor: "cursor",
            query: { ...query, ...(late === true ? { late: "true" } : {}) },
          });
          if (json === true) io.out(JSON.stringify(items));
          else
            io.out(
              ...table(
                items.map((c) => [
                  c.id,
                  c.surveyId,
                  c.store ?? "",
                  c.late ? "late" : c.state,
                  c.owner ?? "",
                  shortTime(c.dueAt),
                  c.reasons.join(", "),
                ]),
                { header: ["ID", "SURVEY", "STORE", "STATE", "OWNER", "DUE", "WHY"] },
              ),
            );
        }),
    );

  cases
    .command("show")
    .description("What the member said, the purchase and the notes; the look is in the audit log.")
    .argument("<case>", "its id", id)
    .action((caseId: string, _options: object, command: Command) =>
      context.withServer(command, async (server) => {
        const c = await server.json<WholeCase>("GET", `/v1/survey-cases/${caseId}`);
        const lines = (what: string, of: Readonly<Record<string, unknown>> | null) =>
          of === null
            ? []
            : [
                what,
                ...table(
                  Object.entries(of).map(([k, v]) => [k, printableValue(v)]),
                  { indent: "  " },
                ),
              ];
        io.out(
          `${c.surveyId}, ${c.store ?? "no store"}: ${c.late ? "late" : c.state}, due ${shortTime(c.dueAt)}, because of ${c.reasons.join(", ")}`,
          ...(c.contact === null ? [] : [`Wants to be contacted: ${printableValue(c.contact)}`]),
          ...lines("Answers", c.answers),
          ...lines("Purchase", c.order),
          ...c.notes.map((n) => `${shortTime(n.at)} ${printable(n.by)}: ${printable(n.text)}`),
        );
      }),
    );

  cases
    .command("note")
    .description("Write a note; it is sealed with the member's own key.")
    .argument("<case>", "its id", id)
    .argument("<text>")
    .action((caseId: string, note: string, _options: object, command: Command) =>
      change(caseId, { note }, command),
    );

  cases
    .command("take")
    .description("Say whose case it is.")
    .argument("<case>", "its id", id)
    .argument("<owner>", "the name of whoever works on it")
    .action((caseId: string, owner: string, _options: object, command: Command) =>
      change(caseId, { owner }, command),
    );

  cases
    .command("contacted")
    .description("Note that the member was reached, which stops the clock.")
    .argument("<case>", "its id", id)
    .option("--note <text>", "what was said")
    .action((caseId: string, options: { note?: string }, command: Command) =>
      change(caseId, { move: "contact", ...options }, command),
    );

  cases
    .command("close")
    .description("Close it with an outcome.")
    .argument("<case>", "its id", id)
    .addOption(new Option("--outcome <outcome>", "what came of it").choices(OUTCOMES).makeOptionMandatory())
    .option("--note <text>", "a last note")
    .option("--ask-again-days <days>", "do not ask the member anything before", positiveNumber)
    .action(
      (
        caseId: string,
        options: { outcome: Outcome; note?: string; askAgainDays?: number },
        command: Command,
      ) => change(caseId, { move: "close", ...options }, command),
    );

  return cases;
}
