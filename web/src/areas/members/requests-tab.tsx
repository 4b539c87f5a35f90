import Tag from "antd/es/tag";
import { useNavigate } from "react-router";
import { useRegimes } from "../../codes/regimes.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { ServerList } from "../../parts/list.tsx";
import { Due, type Shown } from "../requests/due.tsx";
import { REQUESTS } from "../requests/words.ts";
import { MEMBERS } from "./words.ts";

/** What this member has asked about their own data. */
export function RequestsTab({ id }: { readonly id: string }) {
  const t = useWords(MEMBERS);
  const asked = useWords(REQUESTS);
  const stateOf = useCodes(STATES);
  const { nameOf: regimeOf } = useRegimes();
  const { date } = useFormats();
  const navigate = useNavigate();
  return (
    <ServerList<Shown>
      label={t.requests}
      path="/v1/dsr"
      query={{ member: id }}
      rowKey={(row) => row.id}
      empty={t.noRequests}
      onOpen={(row) => void navigate(`/console/requests/${row.id}`)}
      columns={[
        { title: asked.left, key: "left", render: (_, row) => <Due request={row} /> },
        { title: asked.kind, dataIndex: "kind", render: (kind: Shown["kind"]) => asked[kind] },
        { title: asked.law, dataIndex: "regime", render: regimeOf },
        { title: asked.state, dataIndex: "state", render: (state: string) => <Tag>{stateOf(state)}</Tag> },
        { title: asked.received, dataIndex: "receivedAt", render: date },
      ]}
    />
  );
}
