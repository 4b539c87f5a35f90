import { Argument, Command, InvalidArgumentError } from "commander";
import type { CallOptions, Client } from "../client.ts";
import { type Context, readPages } from "../context.ts";
import { usageError } from "../exit.ts";
import { count, plural, printable, shortTime, table } from "../text.ts";
import { id, ids, positiveNumber } from "./arguments.ts";

interface Grouping {
  readonly memberId: string;
  readonly subjects: readonly string[];
  /** In a preview for a purpose; values are masked. */
  readonly identifiers?: readonly {
    readonly kind: string;
    readonly value: string;
    readonly shared: boolean;
  }[];
  readonly orders?: number | null;
}

interface Outcome {
  readonly preview: boolean;
  readonly before: readonly Grouping[];
  readonly after: readonly Grouping[];
}

interface ReviewItem {
  readonly id: string;
  readonly kind: string;
  readonly issuer: string;
  readonly class: number;
  readonly rule: string;
  readonly because: string;
  readonly parties: readonly { readonly subjectId: string; readonly memberId: string | null }[];
  readonly partyCount: number;
  readonly since: string;
}

interface Sure {
  readonly yes?: true;
  readonly json?: true;
  /** For what the preview reads what each side is known by. */
  readonly purpose?: string;
}

const PURPOSE = [
  "--purpose <purpose>",
  "show in the preview what each side is known by and has ordered, such as for service",
] as const;

/** What a side is known by and has ordered, where the preview tells. */
function describeSide({ identifiers, orders }: Grouping): string[] {
  if (identifiers === undefined) return [];
  const known = identifiers.map(
    (i) => `${printable(i.kind)} ${printable(i.value)}${i.shared ? " (shared)" : ""}`,
  );
  return [
    ...(known.length === 0 ? [] : [`      known by ${known.join(", ")}`]),
    ...(typeof orders === "number" ? [`      ${plural(orders, "order")}`] : []),
  ];
}

/** Groupings before and after: members with their subjects, marked where they change. */
function describeOutcome(outcome: Outcome): string[] {
  const side = (title: string, here: readonly Grouping[], there: readonly Grouping[]) => {
    const same = (g: Grouping) =>
      there.some((o) => o.memberId === g.memberId && o.subjects.join() === g.subjects.join());
    return [
      title,
      ...here.flatMap((g) => [
        `  ${same(g) ? " " : "*"} member ${g.memberId} (${plural(g.subjects.length, "subject")})`,
        ...describeSide(g),
        ...g.subjects.map((s) => `      subject ${s}`),
      ]),
    ];
  };
  const key = (groups: readonly Grouping[]) => groups.map((g) => `${g.memberId}:${g.subjects.join()}`).sort();
  if (key(outcome.before).join(";") === key(outcome.after).join(";"))
    return [
      ...side("Members", outcome.after, outcome.before),
      `The grouping ${outcome.preview ? "would stay" : "stays"} as it is: other evidence or a hard contradiction (such as two ` +
        "member numbers) outweighs the decision, which is kept with its date.",
    ];
  return [
    ...side("Before", outcome.before, outcome.after),
    ...side(outcome.preview ? "After (preview)" : "After", outcome.after, outcome.before),
  ];
}

/** Shows what a decision would do, asks, then does it. Without anybody to ask and without `--yes`, only shows. */
async function decide(
  context: Context,
  server: Client,
  path: string,
  body: CallOptions["body"],
  options: Sure,
): Promise<void> {
  const { io } = context;
  const show = (outcome: Outcome) =>
    options.json ? io.out(JSON.stringify(outcome, null, 2)) : io.out(...describeOutcome(outcome));
  if (!options.yes) {
    const query = { preview: true, purpose: options.purpose };
    const preview = await server.json<Outcome>("POST", path, { query, body });
    show(preview);
    const sure = await io.confirm("Do this?");
    if (sure !== true) {
      io.note(`Nothing was changed${sure === null ? "; repeat with --yes to do it" : ""}.`);
      return;
    }
  }
  const done = await server.json<Outcome>("POST", path, { body });
  if (options.yes) show(done);
  io.note("Done.");
}

function kindAndValue(text: string, before: readonly { kind: string; value: string }[] = []) {
  const at = text.indexOf("=");
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError("write it as kind=value, or kind=-");
  return [...before, { kind: text.slice(0, at), value: text.slice(at + 1) }];
}

/** `candor split`: takes subjects out of a member, exactly and for good. */
export function splitCommand(context: Context): Command {
  return new Command("split")
    .description("Take subjects out of a member, exactly and for good. Shows what would happen first.")
    .argument("<member>", "the member's id", id)
    .option("--subjects <ids...>", "the subjects that leave", ids)
    .option(
      "--identifier <kind=value>",
      "whoever is known by it leaves; repeatable; kind=- reads the value from stdin",
      kindAndValue,
    )
    .option("--issuer <issuer>", "issuer of the identifiers, where their kind has several")
    .option(...PURPOSE)
    .option("--yes", "do it without asking")
    .option("--json", "print the outcome as JSON")
    .action(
      async (
        member: string,
        options: Sure & {
          subjects?: readonly string[];
          identifier?: readonly { kind: string; value: string }[];
          issuer?: string;
        },
        command: Command,
      ) => {
        if (options.subjects === undefined && options.identifier === undefined)
          throw usageError(
            "Say who leaves: --subjects or --identifier.",
            "`candor profile --member <id>` lists the subjects.",
          );
        const unread = options.identifier?.filter((i) => i.value === "-") ?? [];
        if (unread.length > 1) throw usageError("Only one value can be read from standard input.");
        const fromStdin = unread.length === 0 ? "" : (await context.io.readStdin()).trim();
        const identifiers = options.identifier?.map(({ kind, value }) => ({
          kind,
          value: value === "-" ? fromStdin : value,
          ...(options.issuer === undefined ? {} : { issuer: options.issuer }),
        }));
        await context.withServer(command, (server) =>
          decide(
            context,
            server,
            `/v1/members/${member}/split`,
            { subjects: options.subjects, identifiers },
            options,
          ),
        );
      },
    );
}

/** `candor join`: confirms that subjects are one person. */
export function joinCommand(context: Context): Command {
  return new Command("join")
    .description("Confirm that subjects are one person. Shows what would happen first.")
    .argument("<subjects...>", "two or more ids", ids)
    .option(...PURPOSE)
    .option("--yes", "do it without asking")
    .option("--json", "print the outcome as JSON")
    .action(async (subjects: readonly string[], options: Sure, command: Command) => {
      if (new Set(subjects).size < 2) throw usageError("Name two or more subjects.");
      await context.withServer(command, (server) =>
        decide(context, server, "/v1/members/join", { subjects: [...new Set(subjects)] }, options),
      );
    });
}

/** `candor review …`: evidence that a person should look at. */
export function reviewCommand(context: Context): Command {
  const { io } = context;
  const review = new Command("review").description("Look at contested evidence and settle it.");
  review
    .command("list")
    .description("List identifiers that link nobody, with the rule that fired. Values are not shown.")
    .option("--rule <code>", "only this rule, such as class1-conflict")
    .option("--limit <n>", "how many", positiveNumber, 20)
    .option("--json", "print them as JSON")
    .action((options: { rule?: string; limit: number; json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const { items, isWhole } = await readPages<ReviewItem>(server, "/v1/review", {
          items: "items",
          query: { rule: options.rule },
          most: options.limit,
        });
        if (options.json) return io.out(JSON.stringify(items, null, 2));
        if (items.length === 0) return io.out("Nothing is contested.");
        io.out(...items.flatMap((item, i) => [...(i === 0 ? [] : [""]), ...describeReview(item)]));
        if (!isWhole) io.note(`There are more: --limit ${options.limit * 10}`);
      }),
    );
  review
    .command("settle")
    .description("Decide. Shows what would happen first.")
    .argument("<id>", "the item's id, from the list")
    .addArgument(
      new Argument("<decision>", "what is true").choices(["same-person", "different-people", "names-nobody"]),
    )
    .option(...PURPOSE)
    .option("--yes", "do it without asking")
    .option("--json", "print the outcome as JSON")
    .action(async (itemId: string, decision: string, options: Sure, command: Command) => {
      if (!/^[0-9a-f]{32}$/.test(itemId))
        throw usageError("The id is the 32 hexadecimal digits of the list.");
      await context.withServer(command, (server) =>
        decide(context, server, `/v1/review/${itemId}`, { decision }, options),
      );
    });
  return review;
}

function describeReview(item: ReviewItem): string[] {
  const unlisted = item.partyCount - item.parties.length;
  return [
    `${item.id}  ${printable(item.kind)}${item.issuer === "" ? "" : ` of ${printable(item.issuer)}`}, since ${shortTime(item.since)}`,
    `  ${printable(item.rule)}: ${printable(item.because)}`,
    ...table(
      item.parties.map((p) => [`subject ${p.subjectId}`, p.memberId === null ? "" : `member ${p.memberId}`]),
      { indent: "  " },
    ),
    ...(unlisted > 0 ? [`  … and ${count(unlisted)} more`] : []),
  ];
}
