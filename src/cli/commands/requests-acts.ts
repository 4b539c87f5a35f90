import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { shortTime } from "../text.ts";
import { id } from "./arguments.ts";
import { headline, type Shown } from "./requests-views.ts";

/** The acts of an officer: a subcommand of `candor requests` each, all of the same shape. */
export function addRequestActs(requests: Command, context: Context): void {
  const { io } = context;
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
          io.out(headline(r));
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
}
