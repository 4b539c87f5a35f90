import Button from "antd/es/button";
import Tabs from "antd/es/tabs";
import { useWords } from "../../i18n.ts";
import { useView } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { useSession } from "../../session.ts";
import { KpiTab } from "./kpi-tab.tsx";
import { LevelsTab } from "./levels-tab.tsx";
import { MembersTab } from "./members-tab.tsx";
import { ModelTab } from "./model-tab.tsx";
import { ReviewsTab } from "./reviews-tab.tsx";
import { RulesTab } from "./rules-tab.tsx";
import { LOYALTY } from "./words.ts";

/** The programme: levels, rules with their preview, model with its back-test, figures. */
export function LoyaltyPage() {
  const t = useWords(LOYALTY);
  const [read, write] = useView();
  const { account } = useSession();
  const is = (...roles: readonly string[]) => roles.includes(account.role);
  return (
    <PageBody
      title={t.title}
      lead={t.lead}
      actions={
        <Button href="/loyalty/rules" target="_blank">
          {t.rulebook}
        </Button>
      }
    >
      <Tabs
        activeKey={read("tab") ?? "levels"}
        onChange={(tab) => write("tab", tab)}
        destroyOnHidden
        items={[
          { key: "levels", label: t.levels, children: <LevelsTab /> },
          ...(is("admin", "compliance", "cx")
            ? [{ key: "members", label: t.levelMembers, children: <MembersTab /> }]
            : []),
          ...(is("admin", "compliance")
            ? [{ key: "reviews", label: t.reviews, children: <ReviewsTab /> }]
            : []),
          { key: "rules", label: t.rules, children: <RulesTab /> },
          { key: "model", label: t.model, children: <ModelTab /> },
          { key: "kpis", label: t.kpis, children: <KpiTab /> },
        ]}
      />
    </PageBody>
  );
}
