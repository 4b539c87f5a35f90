import { CHANNELS, EVENT_TYPES, isPlainCode } from "../../src/events/index.ts";
import { uuidFromBytes } from "../../src/kernel/ids.ts";
import { rejection } from "../../src/kernel/verdicts.ts";
import { openAnchors } from "../../src/members/index.ts";
import type { ParsedItem, SourceSettings } from "../adapter.ts";
import type { Outcome } from "../ingest/entry.ts";
import { entryOf } from "../ingest/read-item.ts";
import { findSource, insertSourceOnce, type SourceRow } from "../registry/sources.store.ts";
import { settingsOf } from "../registry/sources.ts";
import { readAnswer } from "../sources/survey/index.ts";
import type { DoorDeps } from "./deps.ts";

/** What Candor's own surveys have to tell of somebody, as the composition hands it over. */
export interface OwnSurveyEvent {
  readonly subjectId: string;
  readonly messageId: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly surveyId: string;
  readonly storeId: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Candor's own surveys are a source like others: it has an id of its own in every installation, and no write key. */
async function ownSource(deps: DoorDeps): Promise<SourceSettings> {
  const id = uuidFromBytes(deps.vault.mac("own-source", "surveys"));
  const known = await findSource(deps.db, id);
  if (known !== undefined) return settingsOf(known);
  const now = deps.clock.now();
  const row: SourceRow = {
    id,
    name: "Candor surveys",
    kind: "survey",
    platform: null,
    // Somebody who answers wants to be heard, which belongs to the membership; being asked is a purpose of its own.
    purposes: ["service", "survey-contact"],
    locale: null,
    region: null,
    timeZone: "UTC",
    currency: null,
    identifiers: {},
    blockedValues: [],
    orderNamespace: null,
    mapping: null,
    keyId: null,
    secrets: null,
    state: "active",
    createdAt: now,
    updatedAt: now,
  };
  await deps.db.tx((tx) => insertSourceOnce(tx, row));
  return settingsOf(row);
}

function parsedOf(event: OwnSurveyEvent, identifiers: Parameters<typeof withAnswer>[2]): ParsedItem {
  const type = EVENT_TYPES.find((t) => t === event.type);
  if (type === undefined || !type.startsWith("survey."))
    return { kind: "rejected", messageId: event.messageId, rejection: rejection("unknown-type") };
  return withAnswer(event, type, identifiers);
}

function withAnswer(
  event: OwnSurveyEvent,
  type: (typeof EVENT_TYPES)[number],
  identifiers: Extract<ParsedItem, { kind: "event" }>["event"]["identifiers"],
): ParsedItem {
  const { kind, score, scale_min, scale_max, comment, survey_channel, ...rest } = event.properties;
  let answered = {};
  if (type === "survey.answered") {
    // The same reading as that of answers given elsewhere: one meaning of a score, whoever asked.
    const read = readAnswer({ kind, score, scaleMin: scale_min, scaleMax: scale_max, comment });
    if (read.kind === "rejected")
      return { kind: "rejected", messageId: event.messageId, rejection: read.rejection };
    const { questionKind, scaleMin, scaleMax, ...values } = read.answer;
    answered = {
      question_kind: questionKind,
      scale_min: scaleMin,
      scale_max: scaleMax,
      score: values.score,
      comment: values.comment,
    };
  }
  const properties = Object.fromEntries(
    Object.entries({ ...rest, survey_id: event.surveyId, ...answered }).filter(([, v]) => v != null),
  );
  return {
    kind: "event",
    event: {
      messageId: event.messageId,
      type,
      name: null,
      occurredAt: event.occurredAt,
      channel: CHANNELS.find((c) => c === survey_channel) ?? "survey",
      storeId: event.storeId !== null && isPlainCode(event.storeId) ? event.storeId : null,
      identifiers,
      traits: {},
      unset: [],
      properties,
      context: {},
      order: null,
    },
  };
}

/** Whether nothing more will come of sending it again. */
function isSettled(outcome: Outcome | undefined): boolean {
  return outcome !== undefined;
}

/**
 * Takes what Candor's own surveys tell, each event for the person whose anchor the subject is. Sending one again changes
 * nothing. Answers for each, in order, whether it is settled; people who are gone have nothing to be told of.
 */
export async function takeSurveyEvents(
  deps: DoorDeps,
  events: readonly OwnSurveyEvent[],
): Promise<boolean[]> {
  if (events.length === 0) return [];
  const source = await ownSource(deps);
  const anchors = await openAnchors(
    deps.db,
    deps.vault,
    events.map((e) => e.subjectId),
  );
  const receivedAt = deps.clock.now();
  const known = events.flatMap((event, i) => {
    const anchor = anchors.get(event.subjectId);
    return anchor === undefined ? [] : [{ event, i, anchor }];
  });
  const outcomes = await deps.queue.submitWhenRoom(
    known.map(({ event, anchor }) =>
      entryOf(deps.vault, source, parsedOf(event, [anchor]), {
        door: "http",
        place: null,
        raw: { ...event.properties, messageId: event.messageId, type: event.type },
        arrival: { receivedAt, sentAt: null },
      }),
    ),
  );
  const settled = events.map((e) => !anchors.has(e.subjectId));
  known.forEach(({ i }, n) => {
    settled[i] = isSettled(outcomes[n]);
  });
  return settled;
}
