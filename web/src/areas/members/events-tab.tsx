import { useInfiniteQuery } from "@tanstack/react-query";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Table from "antd/es/table";
import type { Static } from "typebox";
import type { EventsSchema } from "../../../../src/members/profile.schema.ts";
import { get } from "../../api.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { ProblemNote } from "../../parts/problem.tsx";
import { PARTS } from "../../parts/words.ts";
import { MEMBERS } from "./words.ts";

type Events = Static<typeof EventsSchema>;

/** A member's events, newest first, as far as the purpose reaches. */
export function EventsTab({ id, purpose }: { readonly id: string; readonly purpose: string }) {
  const t = useWords(MEMBERS);
  const parts = useWords(PARTS);
  const { time } = useFormats();
  const list = useInfiniteQuery({
    queryKey: ["member-events", id, purpose],
    queryFn: ({ pageParam }) =>
      get<Events>(`/v1/members/${id}/events`, { purpose, limit: 50, before: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const rows = list.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <Card styles={{ body: { padding: 16 } }}>
      <ProblemNote error={list.error} />
      <Table
        rowKey="eventId"
        size="small"
        loading={list.isPending}
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={rows}
        locale={{ emptyText: <Empty description={parts.nothing} /> }}
        columns={[
          { title: t.when, key: "when", render: (_, row) => time(row.occurredAt) },
          { title: t.type, key: "type", render: (_, row) => row.name ?? row.type },
          {
            title: t.where,
            key: "where",
            render: (_, row) => [row.channel, row.storeId].filter((x) => x != null).join(" · "),
          },
          {
            title: t.details,
            key: "details",
            render: (_, row) => <Details event={row} />,
          },
        ]}
      />
      {list.hasNextPage && (
        <Button
          onClick={() => void list.fetchNextPage()}
          loading={list.isFetchingNextPage}
          style={{ display: "block", margin: "16px auto 0" }}
        >
          {parts.more}
        </Button>
      )}
    </Card>
  );
}

/** The properties of an event as pairs, whatever their nesting. */
function Details({ event }: { readonly event: Events["events"][number] }) {
  const pairs: [string, string][] = [];
  const walk = (value: unknown, path: string): void => {
    if (pairs.length >= 8 || value === null || value === undefined) return;
    if (typeof value === "object")
      for (const [key, inner] of Object.entries(value)) walk(inner, key === "properties" ? path : key);
    else pairs.push([path, String(value)]);
  };
  walk(event.plain, "");
  for (const part of Object.values(event.sealed)) walk(part, "");
  return (
    <span className="quiet">
      {pairs.map(([name, value]) => (name === "" ? value : `${name}: ${value}`)).join(" · ")}
    </span>
  );
}
