import { useQuery } from "@tanstack/react-query";
import Drawer from "antd/es/drawer";
import { useNavigate } from "react-router";
import type { Static } from "typebox";
import type { SegmentMembersSchema } from "../../../../src/segments/answers.schema.ts";
import { get } from "../../api.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { ServerList } from "../../parts/list.tsx";
import { Loaded } from "../../parts/page.tsx";
import type { Segment } from "./segments.tsx";
import { SEGMENTS } from "./words.ts";

type Row = Static<typeof SegmentMembersSchema>["items"][number];

/** Who is in a segment, page by page, under its own purpose. */
export function SegmentMembers({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const t = useWords(SEGMENTS);
  const { time } = useFormats();
  const navigate = useNavigate();
  const found = useQuery({ queryKey: ["segment", id], queryFn: () => get<Segment>(`/v1/segments/${id}`) });
  return (
    <Drawer
      open
      onClose={onClose}
      size="large"
      title={found.data === undefined ? t.members : `${t.members} · ${found.data.name}`}
    >
      <Loaded query={found}>
        {(segment) => (
          <ServerList<Row>
            bare
            label={t.members}
            path={`/v1/segments/${segment.id}/members`}
            query={{ purpose: segment.purpose }}
            cursor="after"
            limit={50}
            sortName="members"
            rowKey={(row) => row.memberId}
            empty={t.nobody}
            csv={`segment-${segment.name}`}
            onOpen={(row) => void navigate(`/console/members/${row.memberId}?purpose=${segment.purpose}`)}
            columns={[
              {
                title: t.member,
                dataIndex: "memberId",
                render: (id: string) => <span className="mono">…{id.slice(-12)}</span>,
              },
              { title: t.since, dataIndex: "since", render: time },
            ]}
          />
        )}
      </Loaded>
    </Drawer>
  );
}
