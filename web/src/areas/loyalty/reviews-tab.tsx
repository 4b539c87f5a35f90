import { useNavigate } from "react-router";
import type { Static } from "typebox";
import type { ReviewsSchema } from "../../../../src/loyalty/answers.schema.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { ServerList } from "../../parts/list.tsx";
import { LOYALTY } from "./words.ts";

type Row = Static<typeof ReviewsSchema>["items"][number];

/** Members who asked that a person look at their level, and wait; each leads to where that is decided. */
export function ReviewsTab() {
  const t = useWords(LOYALTY);
  const { time } = useFormats();
  const navigate = useNavigate();
  return (
    <ServerList<Row>
      label={t.reviews}
      path="/v1/loyalty/reviews"
      cursor="after"
      rowKey={(row) => row.id}
      empty={t.noReviews}
      csv="loyalty-reviews"
      onOpen={(row) => void navigate(`/console/members/${row.memberId}?purpose=profiling&tab=loyalty`)}
      columns={[
        { title: t.askedAt, dataIndex: "at", render: time },
        {
          title: t.member,
          dataIndex: "memberId",
          render: (id: string) => <span className="mono">…{id.slice(-12)}</span>,
        },
      ]}
    />
  );
}
