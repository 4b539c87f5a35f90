import { Command, InvalidArgumentError, Option } from "commander";
import type { CampaignKind, SendingChannel, Simulation } from "../../../surveys/index.ts";
import type { Context } from "../context.ts";
import { readTextOf } from "../documents.ts";
import { usageError } from "../exit.ts";
import { count, plural, printable, table } from "../text.ts";
import { collect, everyOf, id, positiveNumber, wholeNumber } from "./arguments.ts";

const CHANNELS = everyOf<SendingChannel>({ email: true, sms: true, line: true, wechat: true });

interface CampaignView {
  readonly id: string;
  readonly name: string;
  readonly surveyId: string;
  readonly kind: CampaignKind;
  readonly channel: SendingChannel;
  readonly state: string;
}
interface CampaignFigures extends CampaignView {
  readonly members: readonly { readonly state: string; readonly reason: string | null; readonly n: number }[];
  readonly messages: readonly { readonly kind: string; readonly state: string; readonly n: number }[];
}

interface AddOptions {
  readonly name: string;
  readonly channel: SendingChannel;
  readonly segment?: string;
  readonly members?: string;
  readonly everybody?: true;
  readonly sample?: number;
  readonly everyDays?: number;
  readonly afterPurchase?: number;
  readonly store?: readonly string[];
  readonly reminders: boolean;
}

/** Purchases are asked about for four days after they fell due, unless they were taken back. */
const ASKABLE_FOR_HOURS = 96;

function share(text: string): number {
  const n = Number(text);
  if (!(n > 0 && n <= 1))
    throw new InvalidArgumentError("a share above 0 and up to 1 is needed, such as 0.2");
  return n;
}

/** What the options say of whom to ask and when, as the server takes it. */
async function settingsOf(options: AddOptions, context: Context) {
  const stated = [options.segment, options.members, options.everybody, options.afterPurchase];
  if (stated.filter((s) => s !== undefined).length !== 1)
    throw usageError("Say whom to ask: one of --segment, --members, --everybody and --after-purchase.");
  const audience =
    options.segment !== undefined
      ? { kind: "segment", segmentId: options.segment }
      : options.members !== undefined
        ? {
            kind: "list",
            memberIds: (await readTextOf(options.members, context.io)).split(/\s+/).filter((m) => m !== ""),
          }
        : { kind: "everybody" };
  const { afterPurchase, store, sample, everyDays } = options;
  return {
    kind: afterPurchase !== undefined ? "event" : everyDays !== undefined ? "recurring" : "once",
    settings: {
      audience,
      reminders: options.reminders,
      ...(sample === undefined ? {} : { sample }),
      ...(everyDays === undefined ? {} : { everyDays }),
      ...(afterPurchase === undefined
        ? {}
        : {
            trigger: {
              event: "order.completed",
              ...(store === undefined ? {} : { stores: store }),
              afterHours: afterPurchase,
              unlessReturned: true,
              latestHours: afterPurchase + ASKABLE_FOR_HOURS,
            },
          }),
    },
  };
}

/** Numbers by state and reason, under one heading. */
function counted(rows: readonly (readonly [string, string, number])[], header: readonly string[]): string[] {
  return rows.length === 0
    ? []
    : table(
        rows.map(([state, why, n]) => [state, why, count(n)]),
        { header, right: [2] },
      );
}

/** `candor survey campaign …`: who is asked what, when and how. */
export function campaignCommand(context: Context): Command {
  const { io } = context;
  const campaign = new Command("campaign").description("Campaigns: who is asked what, when and how.");
  const path = (campaignId: string) => `/v1/survey-campaigns/${campaignId}`;

  campaign
    .command("list")
    .description("List the campaigns, newest first.")
    .action((_options: object, command: Command) =>
      context.withServer(command, async (server) => {
        const { items } = await server.json<{ items: readonly CampaignView[] }>(
          "GET",
          "/v1/survey-campaigns",
        );
        io.out(
          ...table(
            items.map((c) => [c.id, c.name, c.surveyId, c.kind, c.channel, c.state]),
            { header: ["ID", "NAME", "SURVEY", "KIND", "CHANNEL", "STATE"] },
          ),
        );
      }),
    );

  campaign
    .command("add")
    .description("Say who is to be asked; nothing is sent before `start`.")
    .argument("<survey>", "a published survey's id")
    .requiredOption("--name <name>", "what the campaign is called")
    .addOption(new Option("--channel <channel>", "how they are reached").choices(CHANNELS).default("email"))
    .option("--segment <segment>", "ask the members of a segment", id)
    .option("--members <file>", "ask the members whose ids stand in a file; - reads standard input")
    .option("--everybody", "ask every member")
    .option("--after-purchase <hours>", "ask so long after each purchase that is not returned", wholeNumber)
    .option("--store <store>", "with --after-purchase: of this store; repeatable", collect)
    .option("--sample <share>", "ask a share, such as 0.2, by a draw that stays", share)
    .option("--every-days <days>", "ask again every so many days", positiveNumber)
    .option("--no-reminders", "one message each")
    .action((survey: string, options: AddOptions, command: Command) =>
      context.withServer(command, async (server) => {
        const made = await server.json<CampaignView>("POST", "/v1/survey-campaigns", {
          body: {
            name: options.name,
            surveyId: survey,
            channel: options.channel,
            ...(await settingsOf(options, context)),
          },
        });
        io.out(made.id);
        io.note(
          `Nothing is sent yet. Who would be asked: candor survey campaign simulate ${made.id}; to send: candor survey campaign start ${made.id}`,
        );
      }),
    );

  campaign
    .command("simulate")
    .description("Say who would be asked now, who not, and why; writes nothing.")
    .argument("<campaign>", "its id", id)
    .action((campaignId: string, _options: object, command: Command) =>
      context.withServer(command, async (server) => {
        const s = await server.json<Simulation>("POST", `${path(campaignId)}/simulate`);
        io.out(
          `Of ${plural(s.members, "member")} ${count(s.asked)} would be asked now, ${count(s.later)} later, ${count(s.notAsked)} not.`,
        );
        io.out(
          ...counted(
            s.reasons.map((r) => [r.decision, r.reason ?? "", r.members]),
            ["DECISION", "REASON", "MEMBERS"],
          ),
        );
      }),
    );

  for (const [verb, description] of [
    ["start", "Start a campaign, or go on with one that was paused."],
    ["pause", "Pause it: nothing more is decided or sent until it is started again."],
    ["end", "End it for good: who waits is not asked, and no reminder follows."],
  ] as const) {
    campaign
      .command(verb)
      .description(description)
      .argument("<campaign>", "its id", id)
      .action((campaignId: string, _options: object, command: Command) =>
        context.withServer(command, async (server) => {
          const moved = await server.json<CampaignView>("POST", `${path(campaignId)}/${verb}`);
          io.out(`${printable(moved.name)} is ${moved.state}.`);
        }),
      );
  }

  campaign
    .command("show")
    .description("How many members it asked, left out and why, and what became of the messages.")
    .argument("<campaign>", "its id", id)
    .action((campaignId: string, _options: object, command: Command) =>
      context.withServer(command, async (server) => {
        const c = await server.json<CampaignFigures>("GET", path(campaignId));
        io.out(`${printable(c.name)}: ${c.surveyId} by ${c.channel}, ${c.kind}, ${c.state}`);
        io.out(
          ...counted(
            c.members.map((m) => [m.state, m.reason ?? "", m.n]),
            ["MEMBERS", "REASON", "COUNT"],
          ),
        );
        io.out(
          ...counted(
            c.messages.map((m) => [m.kind, m.state, m.n]),
            ["MESSAGES", "STATE", "COUNT"],
          ),
        );
      }),
    );

  return campaign;
}
