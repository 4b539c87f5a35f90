import Button from "antd/es/button";
import Skeleton from "antd/es/skeleton";
import Tabs from "antd/es/tabs";
import { lazy, type ReactNode, Suspense } from "react";
import { useWords } from "../../i18n.ts";
import { useView } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { useSession } from "../../session.ts";
import { LevelsTab } from "./levels-tab.tsx";
import { MembersTab } from "./members-tab.tsx";
import { ReviewsTab } from "./reviews-tab.tsx";
import { LOYALTY } from "./words.ts";

/** Each is loaded when somebody looks at it. */
const RulesTab = lazy(async () => ({ default: (await import("./rules-tab.tsx")).RulesTab }));
const ModelTab = lazy(async () => ({ default: (await import("./model-tab.tsx")).ModelTab }));
const KpiTab = lazy(async () => ({ default: (await import("./kpi-tab.tsx")).KpiTab }));

const loading = (tab: ReactNode) => <Suspense fallback={<Skeleton active />}>{tab}</Suspense>;

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
          { key: "rules", label: t.rules, children: loading(<RulesTab />) },
          { key: "model", label: t.model, children: loading(<ModelTab />) },
          { key: "kpis", label: t.kpis, children: loading(<KpiTab />) },
        ]}
      />
    </PageBody>
  );
}
