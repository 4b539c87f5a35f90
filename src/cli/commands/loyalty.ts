import { Command, Option } from "commander";
import type { Context } from "../context.ts";
import { readTextOf } from "../documents.ts";
import { usageError } from "../exit.ts";
import { count, plural, printable, table } from "../text.ts";
import { id, positiveNumber } from "./arguments.ts";

interface FitAnswer {
  readonly id: string;
  readonly kind: string;
  readonly members: number;
  readonly fits: readonly {
    readonly cohort: string;
    readonly members: number;
    readonly purchases: Fitted;
    readonly spend: Fitted;
  }[];
}
type Fitted =
  | {
      readonly kind: "fitted";
      readonly parameters: Readonly<Record<string, number>>;
      readonly standardErrors: Readonly<Record<string, number>>;
      readonly logLikelihood: number;
    }
  | { readonly kind: "refused"; readonly because: string };

interface LevelAnswer {
  readonly state: string;
  readonly explanation: {
    readonly sentences: readonly string[];
    readonly parts: readonly { readonly text: string; readonly points: string }[];
    readonly total: string | null;
  };
  readonly history: readonly {
    readonly at: string;
    readonly of: string;
    readonly before: string | null;
    readonly after: string | null;
    readonly reason: string;
  }[];
}

interface BacktestAnswer {
  readonly report: {
    readonly fittedUntil: string;
    readonly weeks: number;
    readonly members: number;
    readonly brier: number;
    readonly brierOfShare: number;
    readonly expectedPurchases: number;
    readonly observedPurchases: number;
    readonly topTenthLift: number | null;
    readonly calibration: readonly {
      readonly from: number;
      readonly to: number;
      readonly members: number;
      readonly foretold: number | null;
      readonly observed: number | null;
      readonly interval: readonly [number, number] | null;
    }[];
  };
}

interface PreviewAnswer {
  readonly members: number;
  readonly moves: readonly {
    readonly structure: string;
    readonly from: string;
    readonly to: string;
    readonly up: boolean;
    readonly members: number;
  }[];
  readonly conditions: readonly { readonly from: string; readonly to: string; readonly members: number }[];
  readonly cost: { readonly currency: string; readonly before: number; readonly after: number };
  readonly examples: readonly {
    readonly memberId: string;
    readonly structure: string;
    readonly from: string;
    readonly to: string;
  }[];
}

function describeFit(fit: Fitted): string {
  if (fit.kind === "refused") return `refused: ${fit.because} Published figures stand in.`;
  const numbers = Object.entries(fit.parameters).map(
    ([name, v]) => `${name} ${v.toFixed(3)} ± ${(fit.standardErrors[name] ?? Number.NaN).toFixed(3)}`,
  );
  return `${numbers.join(", ")}; log-likelihood ${fit.logLikelihood.toFixed(1)}`;
}

const percent = (v: number | null): string => (v === null ? "" : `${(100 * v).toFixed(1)} %`);

/** `candor loyalty …`: fit, score, explain, back-test, preview. */
export function loyaltyCommand(context: Context): Command {
  const { io } = context;
  const model = () =>
    new Option("--model <model>", "the model of buying").choices(["mbg-nbd", "bg-nbd", "pareto-nbd"]);
  const loyalty = new Command("loyalty").description("Loyalty: models, scores, tiers and their rules.");
  loyalty
    .command("fit")
    .description("Fit the models to what members bought, and score with them from now on.")
    .addOption(model())
    .option("--look", "fit and show, but keep scoring with the model there is")
    .option("--json", "print the fit as JSON")
    .action((options: { model?: string; look?: true; json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const fit = await server.json<FitAnswer>("POST", "/v1/loyalty/models", {
          body: { model: options.model, ...(options.look === true ? { keep: true } : {}) },
        });
        if (options.json === true) return io.out(JSON.stringify(fit));
        io.out(`${fit.kind} fitted to ${plural(fit.members, "member")} (version ${fit.id}).`);
        for (const { cohort, members, purchases, spend } of fit.fits)
          io.out(
            `${printable(cohort)}: ${plural(members, "member")}`,
            `  purchases  ${describeFit(purchases)}`,
            `  spend      ${describeFit(spend)}`,
          );
      }),
    );
  loyalty
    .command("score")
    .description("Score everybody now rather than at the next daily round.")
    .action((_options: object, command: Command) =>
      context.withServer(command, async (server) => {
        const { moved } = await server.json<{ moved: number }>("POST", "/v1/loyalty/scores", {});
        io.out(`Everybody is scored; ${plural(moved, "member")} changed level.`);
        const { items } = await server.json<{
          items: { of: string; structure: string | null; name: string; members: number | null }[];
        }>("GET", "/v1/loyalty/levels");
        io.out(
          ...table(
            items.map((i) => [
              i.structure ?? i.of,
              i.name,
              i.members === null ? "fewer than 5" : count(i.members),
            ]),
            { header: ["OF", "LEVEL", "MEMBERS"], right: [2] },
          ),
        );
      }),
    );
  loyalty
    .command("explain")
    .description("Say in words why a member has its level, with a sum that adds up.")
    .argument("<member>", "the member's id", id)
    .option("--purpose <purpose>", "what the read is for", "profiling")
    .addOption(
      new Option("--lang <language>", "language of the sentences")
        .choices(["en", "zh-CN", "zh-TW"])
        .default("en"),
    )
    .option("--history", "also when the level changed, and why")
    .option("--json", "print everything as JSON")
    .action(
      (
        member: string,
        options: { purpose: string; lang: string; history?: true; json?: true },
        command: Command,
      ) =>
        context.withServer(command, async (server) => {
          const level = await server.json<LevelAnswer>("GET", `/v1/members/${member}/loyalty`, {
            query: { purpose: options.purpose, locale: options.lang },
          });
          if (options.json === true) return io.out(JSON.stringify(level));
          const { sentences, parts, total } = level.explanation;
          io.out(...sentences.map(printable));
          if (parts.length > 0)
            io.out(
              "",
              ...table([...parts.map((p) => [p.points, p.text]), ...(total === null ? [] : [[total, "="]])], {
                right: [0],
              }),
            );
          if (options.history === true && level.history.length > 0)
            io.out(
              "",
              ...table(
                level.history.map((h) => [
                  h.at.slice(0, 10),
                  h.of,
                  `${h.before ?? "–"} → ${h.after ?? "–"}`,
                  h.reason,
                ]),
                { header: ["DAY", "OF", "CHANGE", "REASON"] },
              ),
            );
        }),
    );
  loyalty
    .command("backtest")
    .description("Fit up to some weeks ago, foretell those weeks, and compare with what came.")
    .addOption(model())
    .option("--weeks <n>", "how many weeks", positiveNumber, 13)
    .option("--json", "print the report as JSON, with its plot data")
    .action((options: { model?: string; weeks: number; json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const answer = await server.json<BacktestAnswer>("POST", "/v1/loyalty/backtests", {
          body: { weeks: options.weeks, model: options.model },
        });
        if (options.json === true) return io.out(JSON.stringify(answer));
        const r = answer.report;
        io.out(
          `Fitted up to ${r.fittedUntil}, held against the ${r.weeks} weeks after it: ${plural(r.members, "member")}.`,
          `Purchase days expected ${r.expectedPurchases.toFixed(1)}, observed ${r.observedPurchases}.`,
          `Brier score ${r.brier.toFixed(4)} (the overall share alone: ${r.brierOfShare.toFixed(4)}).`,
          `Lift of the top tenth: ${r.topTenthLift === null ? "–" : r.topTenthLift.toFixed(2)}.`,
          "",
          ...table(
            r.calibration
              .filter((c) => c.foretold !== null)
              .map((c) => [
                `${c.from.toFixed(1)}–${c.to.toFixed(1)}`,
                count(c.members),
                percent(c.foretold),
                percent(c.observed),
                c.interval === null ? "" : `${percent(c.interval[0])} to ${percent(c.interval[1])}`,
              ]),
            { header: ["PROBABILITY", "MEMBERS", "FORETOLD", "OBSERVED", "INTERVAL"], right: [1, 2, 3] },
          ),
        );
      }),
    );
  loyalty
    .command("rules")
    .description("Print the rules in force as JSON, in the form that preview and publish take.")
    .action((_options: object, command: Command) =>
      context.withServer(command, async (server) => {
        const { rules } = await server.json<{ rules: unknown }>("GET", "/v1/loyalty/rules");
        io.out(JSON.stringify(rules, null, 2));
      }),
    );
  loyalty
    .command("preview")
    .description("Show who would move under changed rules and what it would cost; with --yes publish them.")
    .argument("<file>", "the rules as JSON; - reads standard input")
    .option("--yes", "publish the rules; without it nothing changes")
    .option("--json", "print the preview as JSON")
    .action((file: string, options: { yes?: true; json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const rules = parsed(await readTextOf(file, io));
        const p = await server.json<PreviewAnswer>("POST", "/v1/loyalty/rules/preview", { body: { rules } });
        if (options.json === true) io.out(JSON.stringify(p));
        else
          io.out(
            `${plural(p.members, "member")} looked at; moves once holds and grace have ended:`,
            ...(p.moves.length === 0 ? ["  nobody moves"] : []),
            ...table(
              p.moves.map((m) => [
                m.structure,
                `${m.from} → ${m.to}`,
                m.up ? "up" : "down",
                count(m.members),
              ]),
              { right: [3], indent: "  " },
            ),
            ...p.conditions.map((c) => `  condition ${c.from} → ${c.to}: ${count(c.members)}`),
            `Benefits a year: ${p.cost.before} → ${p.cost.after} ${p.cost.currency}.`,
            ...(p.examples.length === 0 ? [] : ["Some of those who would move (all that are told: --json):"]),
            ...table(
              firstOfEach(p.examples).map((e) => [e.memberId, e.structure, `${e.from} → ${e.to}`]),
              { indent: "  " },
            ),
          );
        if (options.yes !== true) return io.note("Nothing has been changed. To publish it: --yes");
        const { version } = await server.json<{ version: number }>("POST", "/v1/loyalty/rules", {
          body: { rules },
        });
        io.note(`Published as version ${version}; everybody is scored again at the next round.`);
      }),
    );
  return loyalty;
}

/** Up to three of each move. */
function firstOfEach(examples: PreviewAnswer["examples"]): PreviewAnswer["examples"] {
  const shown = new Map<string, number>();
  return examples.filter((e) => {
    const key = `${e.structure} ${e.from} ${e.to}`;
    shown.set(key, (shown.get(key) ?? 0) + 1);
    return (shown.get(key) ?? 0) <= 3;
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw usageError("The file is not JSON.");
  }
}
