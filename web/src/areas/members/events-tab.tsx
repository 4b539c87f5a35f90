import type { Static } from "typebox";
import type { EventsSchema } from "../../../../src/members/profile.schema.ts";
import { EVENT_CHANNELS, EVENT_TYPES } from "../../codes/facts.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { ServerList } from "../../parts/list.tsx";
import { MEMBERS } from "./words.ts";

type Event = Static<typeof EventsSchema>["events"][number];

/** Ids are for programs; whoever needs them reads the audit log or the API. */
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** A member's events, newest first, as far as the purpose reaches. */
export function EventsTab({ id, purpose }: { readonly id: string; readonly purpose: string }) {
  const t = useWords(MEMBERS);
  const { time } = useFormats();
  const whatOf = useCodes(EVENT_TYPES);
  const channelOf = useCodes(EVENT_CHANNELS);
  const where = (row: Event) => [channelOf(row.channel), row.storeId].filter((x) => x != null).join(" · ");
  const what = (row: Event) => row.name ?? whatOf(row.type);
  return (
    <ServerList<Event>
      label={t.events}
      path={`/v1/members/${id}/events`}
      query={{ purpose }}
      cursor="before"
      field="events"
      limit={50}
      rowKey={(row) => row.eventId}
      empty={t.noEvents}
      csv="events"
      columns={[
        { title: t.when, dataIndex: "occurredAt", render: time },
        { title: t.type, key: "type", render: (_, row) => what(row), csv: what },
        { title: t.where, key: "where", render: (_, row) => where(row), csv: where },
        {
          title: t.details,
          key: "details",
          render: (_, row) => <div className="words wide quiet">{details(row)}</div>,
          csv: details,
        },
      ]}
    />
  );
}

/** The properties of an event as pairs, whatever their nesting. */
function details(event: Event): string {
  const pairs: [string, string][] = [];
  const walk = (value: unknown, path: string): void => {
    if (pairs.length >= 8 || value === null || value === undefined) return;
    if (typeof value === "object")
      for (const [key, inner] of Object.entries(value)) walk(inner, key === "properties" ? path : key);
    else if (!ID.test(String(value))) pairs.push([path, String(value)]);
  };
  walk(event.plain, "");
  for (const part of Object.values(event.sealed)) walk(part, "");
  return pairs.map(([name, value]) => (name === "" ? value : `${name}: ${value}`)).join(" · ");
}
