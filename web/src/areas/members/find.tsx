import Card from "antd/es/card";
import { useNavigate } from "react-router";
import { address } from "../../api.ts";
import { useWords } from "../../i18n.ts";
import { PageBody } from "../../parts/page.tsx";
import { FindForm } from "./find-form.tsx";
import { MEMBERS } from "./words.ts";

/** Finding a member by an identifier. */
export function FindMemberPage() {
  const t = useWords(MEMBERS);
  const navigate = useNavigate();
  return (
    <PageBody title={t.title} lead={t.lead}>
      <Card style={{ maxWidth: 620 }}>
        <FindForm
          onFound={(memberId, purpose) => void navigate(address(`/console/members/${memberId}`, { purpose }))}
        />
      </Card>
    </PageBody>
  );
}
