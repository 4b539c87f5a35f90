import { Command, Option } from "commander";
import type { Dimension, Results } from "../../../surveys/index.ts";
import type { Context } from "../context.ts";
import { count, table } from "../text.ts";
import { everyOf } from "./arguments.ts";

const DIMENSIONS = everyOf<Dimension>({
  store: true,
  region: true,
  channel: true,
  category: true,
  level: true,
  tenure: true,
});

type Shown = Results & {
  readonly question: string;
  readonly metric: string;
  readonly window: { readonly from: string; readonly to: string };
};

/** A figure with its interval, rounded as people read it. */
function figure(e: NonNullable<Results["total"]>): string {
  const digits = e.method === "ces-mean" ? 2 : 1;
  const [value, low, high] = [e.value, e.low, e.high].map((n) => n.toFixed(digits));
  return `${value}  (95 %: ${low} to ${high})`;
}

/** `candor survey results`: figures with their intervals, and what is withheld. */
export function resultsCommand(context: Context): Command {
  const { io } = context;
  return new Command("results")
    .description("NPS, CSAT or CES with its interval, over all and by group; small groups are withheld.")
    .argument("<survey>", "its id")
    .option("--question <name>", "which metric question; the first when absent")
    .option("--from <day>", "from this day on, such as 2026-01-01")
    .option("--to <day>", "before this day")
    .addOption(new Option("--by <group>", "which groups").choices(DIMENSIONS).default("store"))
    .option("--json", "print everything as JSON")
    .action(
      (
        survey: string,
        options: {
          readonly question?: string;
          readonly from?: string;
          readonly to?: string;
          readonly by: Dimension;
          readonly json?: true;
        },
        command: Command,
      ) =>
        context.withServer(command, async (server) => {
          const { question, from, to } = options;
          const r = await server.json<Shown>("GET", `/v1/surveys/${encodeURIComponent(survey)}/results`, {
            query: { question, from, to },
          });
          if (options.json === true) {
            io.out(JSON.stringify(r));
            return;
          }
          const total = r.total === null ? `withheld: ${r.withheld ?? "no answers"}` : figure(r.total);
          io.out(`${r.metric.toUpperCase()} ${total}`);
          if (r.response !== null)
            io.out(
              `${count(r.response.answered)} answered of ${count(r.response.invited)} asked, ${count(r.response.declined)} declined, ${count(r.response.bounced)} came back.`,
            );
          io.out(
            ...table(
              r.by[options.by].groups.map((g) =>
                "withheld" in g
                  ? [g.key, "", `withheld: ${g.withheld}`]
                  : [
                      g.key,
                      count(g.estimate?.n ?? 0),
                      g.estimate === null ? "no answers" : figure(g.estimate),
                    ],
              ),
              { header: [options.by.toUpperCase(), "ANSWERS", r.metric.toUpperCase()], right: [1] },
            ),
          );
        }),
    );
}
